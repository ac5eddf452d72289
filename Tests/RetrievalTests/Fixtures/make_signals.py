"""Makes signals.json: questions and texts with what `MatchSignals` says of them, by a plain second implementation.

    pip install PyStemmer==3.1.0 && python Tests/RetrievalTests/Fixtures/make_signals.py > Tests/RetrievalTests/Fixtures/signals.json

Every stretch of a text is tried, every pair looked for, every word compared with every other: nothing is remembered, sorted
or left out early. Terms are made as Sources/Support/Analysis says: folded, Portuguese endings restored, Snowball's stem.
"""
import json
import math
import pathlib
import random
import re
import unicodedata

import Stemmer

ROOT = pathlib.Path(__file__).resolve().parents[3]
PORTUGUESE_STOPS, ENGLISH_STOPS = (
    set(block.split())
    for block in re.findall(r'"""\n(.*?)"""', (ROOT / "Sources/Support/Text/StopWords.swift").read_text(), re.S))
ENDINGS = [
    ("encias", "ências"), ("avamos", "ávamos"), ("aramos", "áramos"), ("assemos", "ássemos"), ("essemos", "êssemos"),
    ("issemos", "íssemos"), ("encia", "ência"), ("ancias", "âncias"), ("ancia", "ância"), ("aveis", "áveis"),
    ("iveis", "íveis"), ("iamos", "íamos"), ("avel", "ável"), ("ivel", "ível"), ("coes", "ção"), ("cao", "ção"),
    ("oes", "ão"), ("aes", "ães"), ("ao", "ão"), ("ns", "m")]
english, portuguese = Stemmer.Stemmer("english"), Stemmer.Stemmer("portuguese")


def fold(text):
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def words(text):
    return re.findall(r"[^\W_]+", text)


def stems(word):
    word = fold(word)
    if not re.fullmatch("[a-z]+", word):
        return word, word
    restored = word
    if len(word) >= 4:
        ending = max((e for e in ENDINGS if word.endswith(e[0])), key=lambda e: len(e[0]), default=None)
        if ending:
            restored = word[:-len(ending[0])] + ending[1]
    return english.stemWord(word), fold(portuguese.stemWord(restored))


def stop_words(question):
    points = {"pt": 0, "en": 0}
    for word in map(fold, words(question)):
        if (word in PORTUGUESE_STOPS) != (word in ENGLISH_STOPS):
            points["pt" if word in PORTUGUESE_STOPS else "en"] += 2
    points["pt"] += sum(c in "ãõçáéíóúâêôàÃÕÇÁÉÍÓÚÂÊÔÀ" for c in question)
    if points["pt"] == points["en"]:
        return PORTUGUESE_STOPS | ENGLISH_STOPS
    return PORTUGUESE_STOPS if points["pt"] > points["en"] else ENGLISH_STOPS


def asked(question, frequencies, chunks):
    stops = stop_words(question)
    written = [w for w in words(question) if fold(w) not in stops] or words(question)
    found = []
    for word in written:
        if stems(word) not in [terms for terms, _, _ in found]:
            n = frequencies.get(word, 0)
            found.append((stems(word), math.log(1 + (max(chunks, n) - n + 0.5) / (n + 0.5)), fold(word)))
    return found


def akin(stem, term):
    shared = 0
    while shared < min(len(stem), len(term)) and stem[shared] == term[shared]:
        shared += 1
    share = shared / max(len(stem), len(term))
    return share if len(term) >= 5 and shared >= 4 and share >= 0.6 else 0


def language(text):
    """0 for English, 1 for Portuguese: what its first words and its letters with marks say."""
    heard = [fold(word) for word in words(text)[:60]]
    english_points = 2 * sum(w in ENGLISH_STOPS and w not in PORTUGUESE_STOPS for w in heard)
    portuguese_points = 2 * sum(w in PORTUGUESE_STOPS and w not in ENGLISH_STOPS for w in heard)
    portuguese_points += sum(fold(letter) != letter.lower() for letter in text)
    return int(portuguese_points > english_points)


def signals(question, headings, text):
    spoken = language(text)
    stem = lambda word: stems(word)[spoken]
    forms = [(form, weight) for _, weight, form in question]
    question = [(terms[spoken], weight) for terms, weight, _ in question]
    is_same = lambda word, term: stem(word) == term
    body, above = words(text), words(headings)
    total = sum(weight for _, weight in question)

    def densest(size):
        return max((sum(weight for term, weight in question if any(is_same(w, term) for w in body[i:i + size]))
                    for i in range(len(body))), default=0) / total

    content = [w for w in body if fold(w) not in PORTUGUESE_STOPS | ENGLISH_STOPS
               or any(is_same(w, term) for term, _ in question)]
    pairs = [(a[0], b[0], min(a[1], b[1])) for a, b in zip(question, question[1:])]
    together = sum(w for a, b, w in pairs if any(is_same(x, a) and is_same(y, b) for x, y in zip(content, content[1:])))
    covered = near = 0
    for term, weight in question:
        if any(is_same(word, term) for word in body + above):
            covered += weight
        else:
            near += weight * max((akin(stem(word), term) for word in body), default=0)
    written = {fold(word) for word in body + above}
    exact = sum(weight for form, weight in forms if form in written)
    return {"wide": densest(30), "narrow": densest(12), "pairs": together / sum(w for _, _, w in pairs) if pairs else 0,
            "coverage": covered / total, "exact": exact / total, "akin": near / total}


VOCABULARY = {
    "pt": """função funções funcional funcionamento recursão recursiva recursivamente algoritmo algoritmos árvore árvores
        binária binárias busca buscar pilha pilhas empilhar grafo grafos vértice vértices aresta universidade universitário
        educação educacional ensino ensinar professora professor alunos aluna 2013 1998 1ª três imagem imagens possível
        possibilidade existência média mediana computação computador o a de que em um para com não os as por mais""",
    "en": """function functions functional recursion recursive recursively algorithm algorithms tree trees binary search
        searching stack stacks graph graphs vertex edge edges university universal educate education colony colonial
        colonization teacher teaching students student 2013 1998 possible possibility existence median computing
        computer cell cells cellular the a of that in an for with not by more is was""",
}


def main():
    random.seed(2026)
    cases = []
    for number in range(240):
        language = "pt" if number % 2 else "en"
        vocabulary = VOCABULARY[language].split()
        question = " ".join(random.choices(vocabulary, k=random.randint(1, 9))) + "?"
        some = random.sample(words(question), random.randint(0, len(words(question))))
        pool = vocabulary + some * random.choice([0, 1, 4])
        text = "".join(random.choice([w, w.capitalize()]) + random.choice([" ", " ", " ", ", ", ". ", " — "])
                       for w in random.choices(pool, k=random.choice([0, 3, 20, 60, 200])))
        headings = " ".join(random.choices(pool, k=random.choice([0, 0, 3])))
        chunks = random.choice([1, 50, 20_000])
        frequencies = {word: random.randint(0, chunks) for word in words(question)}
        cases.append({
            "question": question, "chunks": chunks, "frequencies": frequencies, "headings": headings, "text": text,
            "expected": signals(asked(question, frequencies, chunks), headings, text)})
    print(json.dumps(cases, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
