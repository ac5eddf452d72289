#!/usr/bin/env python3
"""Makes tokens.jsonl, tokens.ids and codepoints.hashes: what the reference tokenizer makes of texts.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install tokenizers==0.23.3
    /tmp/reference/bin/python Tests/EmbeddingTests/Fixtures/make_tokens.py models/all-MiniLM-L6-v2

The reference is Hugging Face `tokenizers` with the model's own tokenizer.json, its padding and truncation switched off
and no special tokens added around the text. The same seed makes the same files.

tokens.jsonl       one JSON string a line: the texts
tokens.ids         for each text: the number of its ids (UInt32), then the ids (UInt16), all little-endian
codepoints.hashes  for each 1,024 code points: FNV-1a 64 (UInt64, little-endian), an id a step, over the
                   texts "a<c>b <c>" of every code point c of them but the surrogates; after each text 0xFFFFFFFF
"""
import json
import pathlib
import random
import struct
import sys

from tokenizers import Tokenizer

here = pathlib.Path(__file__).parent
reference = Tokenizer.from_file(str(pathlib.Path(sys.argv[1]) / "tokenizer.json"))
reference.no_padding()
reference.no_truncation()
rng = random.Random(20261121)

SENTENCES = """
What is recursion, and why does it need a base case?
O que é recursão? Explique com um exemplo em português.
A função chama a si própria até chegar ao caso-base; senão, estoura a pilha.
Binary search halves the interval: O(log n) comparisons for n = 1,000,000.
Não há evidência de que o algoritmo seja estável; veja a secção 3.2 (págs. 14–17).
L'élève naïf a mangé des crêpes à Noël, près de l'hôtel où Zoë séjourna.
Die Größe der Maßeinheit überschreitet fünf Fußlängen; STRASSE und Straße.
El niño preguntó: «¿cuántos años tiene el señor Núñez?» ¡Increíble!
Příliš žluťoučký kůň úpěl ďábelské ódy. Zażółć gęślą jaźń.
Съешь же ещё этих мягких французских булок, да выпей чаю.
Ο καφές είναι ΖΕΣΤΟΣ, ΟΔΟΣ και Οδυσσεύς· Άλφα, ΐ, ΰ.
İstanbul'da IĞDIR ve ışık; Diyarbakır'ın güzel çocukları.
日本語の文章をトークンに分割する。東京タワーは高いです。ガギグゲゴ パピプペポ
机器学习是人工智能的一个分支。漢字 and kanji mixed 混合文本 2026年。
안녕하세요, 세계! 한국어 문장을 나누어 봅시다. 가각힣 값없다.
مرحبا بالعالم، كيف حالك؟ الْعَرَبِيَّةُ لُغَةٌ جَمِيلَةٌ ١٢٣
שלום עולם! בְּרֵאשִׁית בָּרָא אֱלֹהִים
नमस्ते दुनिया, यह एक परीक्षण है। क्षत्रिय ज़िन्दगी
สวัสดีชาวโลก ภาษาไทยไม่มีช่องว่าง น้ำใจ
Xin chào thế giới, tiếng Việt có rất nhiều dấu: ặ ế ộ ữ.
🙂🚀👩‍👩‍👧‍👦 emoji 👍🏽 flags 🇵🇹🇧🇷 keycap 1️⃣ heart ❤️ zwj‍end
def f(x): return x if x < 2 else f(x-1) + f(x-2)  # fib(10) == 55
https://example.org/a/b?c=d&e=%20f#g user.name+tag@mail.example.co.uk
3.14159 -42 1e-9 0xFF 1/2 ½ ² ³ ⅷ № ™ © ® € £ ¥ ₿ §5 ¶ † ‡ … – — ― ‘q’ “q” „q‟ «q»
∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β = ¬(¬α ∨ β), ℕ ⊆ ℕ₀ ⊂ ℤ ⊂ ℚ, ∑ᵢ xᵢ² ≤ ∞, 𝒩(μ,σ²), 𝔸𝕓𝖈
The [MASK] of [CLS] and [SEP], [PAD] [UNK] [sep] [ SEP ] [[SEP]] x[SEP]y [SEP][SEP] [MASK [MASK]]
<script>alert("x")</script> &amp; &lt;b&gt; <b>bold</b> $x^2$ \\frac{1}{2} `code` **bold** _it_ #tag @user
ﬁnance oﬃce ﬀ ǅ ǆ Ǆ ŉ ſ ẞ ß ﬅ İ ı Å Å K Ω Ω Ⅷ ⓐ Ⓐ ㎏ ㍿ ﷺ ﷽
cafe\u0301 cafe\u0301\u0323 cafe\u0323\u0301 a\u0300\u0301\u0302\u0303 \u0301alone o\u0338\u0327 q\u0307\u0323
tab\tnew\nline\rreturn\x0bvt\x0cff\x85nel\u00a0nbsp\u2003em\u2028ls\u2029ps\u3000ideo\u200bzwsp\ufeffbom\u00adshy\u2060wj
\x00nul\x01\x02 bel\x07 esc\x1b[0m del\x7f c1\x80\x9f repl\ufffd private\ue000 \U000f0000 \U0010ffff non\ufffe\uffff
""".strip("\n").split("\n")
WORDS = sorted({word for sentence in SENTENCES for word in sentence.split()})
POOLS = [
    (0x20, 0x7E), (0x20, 0x7E), (0x00, 0x20), (0x7F, 0xFF), (0x100, 0x24F), (0x250, 0x2FF), (0x300, 0x36F),
    (0x370, 0x52F), (0x531, 0x6FF), (0x900, 0x97F), (0xE00, 0xEFF), (0x10A0, 0x11FF), (0x1E00, 0x1FFF),
    (0x2000, 0x206F), (0x2070, 0x2BFF), (0x2E80, 0x312F), (0x3130, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xA000, 0xABFF), (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0xF900, 0xFAFF), (0xFB00, 0xFFFF), (0x10000, 0x11FFF),
    (0x1D000, 0x1D7FF), (0x1F000, 0x1FAFF), (0x20000, 0x2FA1F), (0xE0000, 0xE01FF), (0, 0x10FFFF),
]
# Marks that stay letters and are put in canonical order, with what stands between them.
MARKS = "\U0001D165\U0001D16D\U00016FF0\u302E\u302F\u1B44\u1BAA\u1BF2\uA953\U000111C0\u0301\u0323\u0903\u093E\u0CBF\u200D a"


def character():
    first, last = rng.choice(POOLS)
    code = rng.randint(first, last)
    return "a" if 0xD800 <= code <= 0xDFFF else chr(code)


texts = ["", " ", "\n\t ", "\x00", "\u0301", "\u200b", "[SEP]", "a" * 100, "a" * 101, "á" * 100, "á" * 101, "한" * 34,
         "한" * 33, "東" * 300, "🙂" * 120, "x" * 5000, "." * 300, "'" * 3, "##ing", "# #ing", "un##able", "[CLS",
         "a" * 99 + "\u0301" + "b", "a" * 100 + "\u0301", "\u0301" * 200 + "a"]
texts += SENTENCES + [s.upper() for s in SENTENCES] + [s.swapcase().replace(" ", "") for s in SENTENCES]
while len(texts) < 700:
    texts.append("".join(rng.choice(WORDS) + rng.choice([" ", " ", " ", "", "-", "\n", "  ", "\u00a0", ", "])
                         for _ in range(rng.randint(1, 60))))
while len(texts) < 1000:  # words cut and joined, so that pieces of all lengths occur
    word = "".join(rng.choice(WORDS)[:rng.randint(1, 9)] for _ in range(rng.randint(1, 14)))
    texts.append(word + rng.choice(["", " " + word.title(), "\u0308" + word]))
while len(texts) < 1500:
    texts.append("".join(character() for _ in range(rng.randint(1, 40))))
while len(texts) < 2000:  # one script at a time
    first, last = rng.choice(POOLS[:-1])
    texts.append("".join(chr(rng.randint(first, last)) if rng.random() < 0.85 else rng.choice(" .,[\u0301aé")
                         for _ in range(rng.randint(1, 60))))
while len(texts) < 2200:
    texts.append("".join(rng.choice(MARKS) for _ in range(rng.randint(2, 12))))
while len(texts) < 2500:  # damaged sentences
    letters = list(rng.choice(SENTENCES))
    for _ in range(rng.randint(1, 8)):
        place = rng.randrange(len(letters) + 1)
        letters[place:place + rng.randint(0, 2)] = [character() for _ in range(rng.randint(0, 3))]
    texts.append("".join(letters))


def ids(text):
    return reference.encode(text, add_special_tokens=False).ids


with open(here / "tokens.jsonl", "w") as lines, open(here / "tokens.ids", "wb") as numbers:
    for text in texts:
        found = ids(text)
        lines.write(json.dumps(text) + "\n")
        numbers.write(struct.pack(f"<I{len(found)}H", len(found), *found))

hashes = []
for start in range(0, 0x110000, 1024):
    value = 0xCBF29CE484222325
    codes = [c for c in range(start, start + 1024) if not 0xD800 <= c <= 0xDFFF]
    for encoding in reference.encode_batch([f"a{chr(c)}b {chr(c)}" for c in codes], add_special_tokens=False):
        for number in [*encoding.ids, 0xFFFFFFFF]:
            value = (value ^ number) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    hashes.append(value)
(here / "codepoints.hashes").write_bytes(struct.pack(f"<{len(hashes)}Q", *hashes))
print(f"{len(texts)} texts, {sum(len(ids(t)) for t in texts)} ids, {len(hashes)} hashes")
