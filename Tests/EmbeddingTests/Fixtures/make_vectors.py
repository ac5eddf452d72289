#!/usr/bin/env python3
"""Makes vectors.jsonl and vectors.f32: what sentence-transformers makes of texts.

    python3 -m venv /tmp/reference
    /tmp/reference/bin/pip install sentence-transformers==6.2.0 torch==2.15.0 numpy==2.4.6 tokenizers==0.23.3
    /tmp/reference/bin/python Tests/EmbeddingTests/Fixtures/make_vectors.py models/all-MiniLM-L6-v2

vectors.jsonl  one JSON string a line: the texts
vectors.f32    their vectors, 384 little-endian float32 each

The model is all-MiniLM-L6-v2 in float32 on the CPU: mean pooling, unit length, window of 256 word pieces. The script
computes every vector a second time from the word pieces of `tokenizers`, and stops when the two do not agree.
"""
import json
import pathlib
import sys

import numpy
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Normalize, Pooling, Transformer
from tokenizers import Tokenizer

here = pathlib.Path(__file__).parent
folder = sys.argv[1]
torch.set_num_threads(2)
transformer = Transformer(folder, max_seq_length=256)
model = SentenceTransformer(
    modules=[transformer, Pooling(transformer.get_embedding_dimension(), pooling_mode="mean"), Normalize()],
    device="cpu")

paragraph_en = (
    "A function is recursive when it calls itself. Every recursive function needs a base case, which it answers "
    "without calling itself, and a step that brings the argument nearer to the base case. Each call has a frame on "
    "the stack of its own; when the base case is never reached, the stack grows until the program is stopped. ")
paragraph_pt = (
    "Uma função é recursiva quando se chama a si própria. Toda a função recursiva precisa de um caso-base, ao qual "
    "responde sem se chamar, e de um passo que aproxime o argumento desse caso. Cada chamada tem o seu próprio quadro "
    "na pilha; se o caso-base nunca é alcançado, a pilha cresce até o programa ser interrompido. ")
subjects = ["binary search", "a hash table", "merge sort", "a linked list", "dynamic programming", "a binary heap",
            "breadth-first search", "the call stack", "a greedy algorithm", "a regular expression"]
assuntos = ["a pesquisa binária", "uma tabela de dispersão", "a ordenação por fusão", "uma lista ligada",
            "a programação dinâmica", "um monte binário", "a pesquisa em largura", "a pilha de chamadas",
            "um algoritmo guloso", "uma expressão regular"]
texts = ["", " ", ".", "a", "?", "\u200b", "[SEP]", "ok", "42", "É."]
texts += [f"How does {s} work?" for s in subjects] + [f"Como funciona {a}?" for a in assuntos]
texts += [f"What is the worst case of {s}, and when should something else be chosen instead? Give one example."
          for s in subjects]
texts += [f"Qual é o pior caso para {a}, e quando se deve escolher outra coisa? Dê um exemplo." for a in assuntos]
texts += [f"Section {n}. {paragraph_en}It matters most for {s}." for n, s in enumerate(subjects, 1)]
texts += [f"Secção {n}. {paragraph_pt}É o que mais importa para {a}." for n, a in enumerate(assuntos, 1)]
texts += [(paragraph_en * 8)[:length] for length in (500, 900, 1100, 1180, 1200, 1220, 1300, 2000, 2400)]
texts += [(paragraph_pt * 8)[:length] for length in (400, 600, 640, 680, 700, 800, 1000, 1600, 2400)]
texts += ["递归是指函数在定义中调用自身的方法。", "再帰とは、関数が自分自身を呼び出すことである。", "재귀란 함수가 자기 자신을 호출하는 것이다.",
          "漢" * 300, "Рекурсия — это вызов функции самой себя.", "الاستدعاء الذاتي هو أن تستدعي الدالة نفسها.",
          "רקורסיה היא פונקציה הקוראת לעצמה.", "ฟังก์ชันเรียกตัวเอง", "पुनरावर्तन क्या है?", "Η αναδρομή είναι χρήσιμη."]
texts += ["🙂", "🚀🚀🚀 to the moon", "👩‍👩‍👧‍👦 family 🇵🇹", "I ❤️ recursion", "1️⃣2️⃣3️⃣", "👍🏽" * 150]
texts += ["def f(n): return 1 if n < 2 else n * f(n - 1)", "SELECT name FROM course WHERE id = ?;",
          "for (int i = 0; i < n; i++) { sum += a[i]; }", "$x^2 + y^2 = z^2$", "∀x∈ℝ: x² ≥ 0", "O(n log n) vs. O(n²)",
          "x" * 5000, "supercalifragilisticexpialidocious antidisestablishmentarianism", "a b c d e f g h i j k l m " * 40,
          "[CLS] literal [MASK] tokens [SEP] in a text", "cafe\u0301 CAFÉ cafe", "\x00\x01 control\x7f characters",
          "e a segunda?", "and the second one?", "explica melhor", "yes", "no", "Thank you!", "Olá! O que é recursão?"]

vectors = model.encode(texts, batch_size=16, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)

tokenizer = Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
tokenizer.no_padding()
tokenizer.no_truncation()
inner = transformer.auto_model.eval()
lengths, worst = [], 1.0
for text, vector in zip(texts, vectors):
    pieces = tokenizer.encode(text, add_special_tokens=False).ids[:254]
    ids = torch.tensor([[101, *pieces, 102]])
    lengths.append(ids.shape[1])
    with torch.no_grad():
        hidden = inner(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0].double().mean(0).numpy()
    worst = min(worst, float(hidden @ vector / numpy.linalg.norm(hidden)))
assert worst > 0.999999, worst

(here / "vectors.jsonl").write_text("".join(json.dumps(text) + "\n" for text in texts))
vectors.astype("<f4").tofile(here / "vectors.f32")
print(f"{len(texts)} texts of {min(lengths)} to {max(lengths)} pieces, second computation agrees to {1 - worst:.1e}")
