#!/usr/bin/env python3
"""Makes xlm/, e5/ and bge/: tiny models with random weights, and what `transformers` and `tokenizers` make of texts.

    python3 -m venv /tmp/reference
    /tmp/reference/bin/pip install transformers==5.23.0 torch==2.15.0 tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    /tmp/reference/bin/python Tests/Fixtures/embedding/make_models.py

xlm/  XLM-RoBERTa: Unigram tokenizer with sentencepiece's nmt_nfkc normaliser, positions from 2, one token type, prompts
e5/   BERT with the same tokenizer (taken from xlm/ by the test), as multilingual-e5-small is
bge/  BERT with WordPiece, the first token's row for a vector, GELU by tanh

Each has texts.jsonl (a JSON string a line) and vectors.f32 (little-endian float32, unit length; xlm: of each text as a
passage, then of each as a query).

unigram.hashes  for each variant of the tokenizer in VARIANTS and each of 5,000 texts: FNV-1a 64 (UInt64, little-endian)
                over the ids, one a step. The texts are the n of ../../EmbeddingTests/Fixtures/tokens.jsonl, then for
                each i of these text i followed by text (7 i + 3) mod n.
"""
import json
import pathlib
import struct
import tempfile

import sentencepiece
import torch
from safetensors.torch import save_file
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, BertWordPieceTokenizer, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]
torch.manual_seed(20261121)
HIDDEN = 24


def pieces():
    """A sentencepiece model trained on the sample course, with the pieces in the order of XLM-RoBERTa."""
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder) / "text.txt"
        lines = [line for path in sorted((root / "corpus").rglob("*.md")) for line in path.read_text().splitlines()]
        lines += ["日本語の文章をトークンに分割する。", "机器学习是人工智能的一个分支。", "안녕하세요, 세계!", "Съешь же ещё этих булок"] * 40
        text.write_text("\n".join(line for line in lines if line.strip()))
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=f"{folder}/sp", vocab_size=2000, model_type="unigram", byte_fallback=True,
            normalization_rule_name="nmt_nfkc", character_coverage=0.9995, num_threads=1, minloglevel=2)
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString((pathlib.Path(folder) / "sp.model").read_bytes())
    kinds = sentencepiece_model_pb2.ModelProto.SentencePiece
    found = [(p.piece, p.score) for p in model.pieces if p.type in (kinds.NORMAL, kinds.BYTE)]
    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *found, ("<mask>", 0.0)]
    return vocabulary, model.normalizer_spec.precompiled_charsmap


def unigram(vocabulary, charsmap):
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Precompiled(charsmap)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(
        ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, normalized=False)])
    return tokenizer


# What the test changes in tokenizer.json, as strings, for each line of unigram.hashes.
VARIANTS = {
    "as it is": [],
    "collapsed spaces": [
        ('"pretokenizers":[{"type":"WhitespaceSplit"},', '"pretokenizers":['),
        ('"normalizer":{', '"normalizer":{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"Regex":" {2,}"},'
                           '"content":" "},{"type":"Strip","strip_left":true,"strip_right":true}]},"was":{')],
    "bytes, no split": [
        ('"byte_fallback":false', '"byte_fallback":true'), ('"prepend_scheme":"always"', '"prepend_scheme":"first"'),
        ('"split":true', '"split":false'), ('"pretokenizers":[{"type":"WhitespaceSplit"},', '"pretokenizers":[')],
}


def fnv(ids):
    value = 0xCBF29CE484222325
    for number in ids:
        value = ((value ^ number) * 0x100000001B3) % (1 << 64)
    return value


def randomize(model):
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if name.endswith("bias") or "LayerNorm" in name:
                tensor.add_(torch.randn_like(tensor) * 0.3)
    return model.eval()


def write(folder, config, kind, model, prefix, pooling, texts, rows, prompts=None, longest=40):
    names = ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act",
             "max_position_embeddings", "type_vocab_size", "layer_norm_eps", "pad_token_id"]
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(
        json.dumps({"model_type": kind, **{name: getattr(config, name) for name in names}}, indent=1) + "\n")
    (folder / "modules.json").write_text(json.dumps(
        [{"idx": n, "name": str(n), "type": f"sentence_transformers.models.{name}"}
         for n, name in enumerate(["Transformer", "Pooling", "Normalize"])]) + "\n")
    (folder / "1_Pooling/config.json").write_text(json.dumps(
        {"word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": pooling == "cls",
         "pooling_mode_mean_tokens": pooling == "mean"}) + "\n")
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": longest}) + "\n")
    if prompts:
        (folder / "config_sentence_transformers.json").write_text(
            json.dumps({"prompts": prompts, "default_prompt_name": None}) + "\n")
    save_file({prefix + name: tensor.contiguous() for name, tensor in model.state_dict().items()
               if tensor.dtype == torch.float32}, folder / "model.safetensors")
    (folder / "texts.jsonl").write_text("".join(json.dumps(text) + "\n" for text in texts))
    torch.stack(rows).numpy().astype("<f4").tofile(folder / "vectors.f32")


def vector(model, ids, pooling):
    with torch.no_grad():
        hidden = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
    return torch.nn.functional.normalize(hidden[0] if pooling == "cls" else hidden.mean(0), dim=0)


vocabulary, charsmap = pieces()
tokenizer = unigram(vocabulary, charsmap)
for name in ("xlm", "e5", "bge"):
    (here / name).mkdir(exist_ok=True)
path = here / "xlm/tokenizer.json"
path.write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":")))

lines = [json.loads(line) for line in (root / "Tests/EmbeddingTests/Fixtures/tokens.jsonl").read_text().splitlines()]
lines += [line + lines[(7 * i + 3) % len(lines)] for i, line in enumerate(lines)]
with open(here / "unigram.hashes", "wb") as file:
    for changes in VARIANTS.values():
        text = path.read_text()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        changed = json.loads(text)
        changed.pop("was", None)
        variant = Tokenizer.from_str(json.dumps(changed))
        for line in lines:
            file.write(struct.pack("<Q", fnv(variant.encode(line, add_special_tokens=False).ids)))

texts = ["", "What is recursion?", "A recursão precisa de um caso-base.", "  ½ ﬁm\tＡＢＣ  ", "機械学習 日本語 안녕",
         "a stack, a heap and a queue " * 9, "x <mask> y </s> z"]
config = XLMRobertaConfig(
    vocab_size=len(vocabulary), hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=2, intermediate_size=40,
    max_position_embeddings=46, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1, initializer_range=0.3)
model = randomize(XLMRobertaModel(config, add_pooling_layer=False))
prompts = {"query": "query: ", "passage": "passage: "}


def ids(text, room):
    return [0, *tokenizer.encode(text, add_special_tokens=False).ids[:room], 2]


rows = [vector(model, ids(prompts[kind] + text, 38), "mean") for kind in ("passage", "query") for text in texts]
write(here / "xlm", config, "xlm-roberta", model, "roberta.", "mean", texts, rows, prompts)

config = BertConfig(
    vocab_size=len(vocabulary) + 5, hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
    max_position_embeddings=40, type_vocab_size=2, layer_norm_eps=1e-12, pad_token_id=0, initializer_range=0.3)
model = randomize(BertModel(config, add_pooling_layer=False))
write(here / "e5", config, "bert", model, "", "mean", texts, [vector(model, ids(text, 38), "mean") for text in texts])

words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz?,.", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
         "the", "stack", "heap", "what", "is", "recursion"]
(here / "bge/vocab.txt").write_text("".join(f"{word}\n" for word in words))
config = BertConfig(
    vocab_size=len(words), hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=2, intermediate_size=56,
    max_position_embeddings=40, type_vocab_size=2, layer_norm_eps=1e-12, hidden_act="gelu_new", pad_token_id=0,
    initializer_range=0.3)
model = randomize(BertModel(config, add_pooling_layer=False))
wordpiece = BertWordPieceTokenizer(str(here / "bge/vocab.txt"), lowercase=True)
texts = ["", "What is recursion?", "the stack, the heap.", "zyx unknown 漢字 " * 9]
write(here / "bge", config, "bert", model, "", "cls", texts,
      [vector(model, [2, *wordpiece.encode(text, add_special_tokens=False).ids[:38], 3], "cls") for text in texts])
