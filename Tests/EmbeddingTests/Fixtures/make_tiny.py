#!/usr/bin/env python3
"""Makes tiny/: a BERT encoder of awkward shape with random weights, and what `transformers` makes of texts with it.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install transformers==5.23.0 torch==2.15.0
    /tmp/reference/bin/python Tests/EmbeddingTests/Fixtures/make_tiny.py

No width is a multiple of a vector, the head's size is 10, the window is 14, tensors carry the prefix `bert.`.

tiny/config.json, vocab.txt, model.safetensors, modules.json, 1_Pooling/config.json, sentence_bert_config.json
tiny/texts.jsonl   one JSON string a line
tiny/vectors.f32   their vectors, 30 little-endian float32 each: mean over all tokens, unit length
"""
import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel
from tokenizers import BertWordPieceTokenizer

torch.manual_seed(20261121)
folder = pathlib.Path(__file__).parent / "tiny"
(folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnop", *(f"##{c}" for c in "abcdefghijklm"),
              "the", "stack", "heap", "##ap", ".", "?"]
(folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in vocabulary))
config = BertConfig(
    vocab_size=len(vocabulary), hidden_size=30, num_hidden_layers=3, num_attention_heads=3, intermediate_size=50,
    max_position_embeddings=20, type_vocab_size=2, layer_norm_eps=1e-5, initializer_range=0.4)
model = BertModel(config, add_pooling_layer=False).eval()
with torch.no_grad():
    for name, tensor in model.named_parameters():
        if name.endswith("bias") or "LayerNorm" in name:
            tensor.add_(torch.randn_like(tensor) * 0.3)
names = ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
         "max_position_embeddings", "type_vocab_size", "layer_norm_eps", "hidden_act"]
(folder / "config.json").write_text(
    json.dumps({"model_type": "bert", **{name: getattr(config, name) for name in names}}, indent=1) + "\n")
(folder / "modules.json").write_text(json.dumps(
    [{"idx": n, "name": str(n), "type": f"sentence_transformers.models.{name}"}
     for n, name in enumerate(["Transformer", "Pooling"])]) + "\n")
(folder / "1_Pooling/config.json").write_text(json.dumps(
    {"word_embedding_dimension": 30, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}) + "\n")
(folder / "sentence_bert_config.json").write_text('{"max_seq_length": 16}\n')
save_file({f"bert.{name}": tensor.contiguous() for name, tensor in model.state_dict().items()
           if tensor.dtype == torch.float32}, folder / "model.safetensors")

tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
texts = ["", "the stack", "The heap?", "abcabcabc the. heap stack!", "a b c d e f g h i j k l m n o p a b c", "zzz"]
rows = []
for text in texts:
    ids = torch.tensor([[2, *tokenizer.encode(text, add_special_tokens=False).ids[:14], 3]])
    with torch.no_grad():
        hidden = model(input_ids=ids).last_hidden_state[0]
    rows.append(torch.nn.functional.normalize(hidden.mean(0), dim=0))
(folder / "texts.jsonl").write_text("".join(json.dumps(text) + "\n" for text in texts))
torch.stack(rows).numpy().astype("<f4").tofile(folder / "vectors.f32")
