"""Writes bm25.json: texts, questions and the scores that bm25s gives (Lucene's form of BM25, k1 0.9, b 0.4).

    python Tests/CourseStoreTests/Fixtures/make_bm25.py

The words are numbers with a letter before them, by Zipf's law: no stemmer changes them, so both sides see the same terms.
Made with bm25s 0.3.16 and numpy 2.4.6.
"""

import json
import pathlib

import bm25s
import numpy

TEXTS, WORDS, QUESTIONS, BEST = 1_200, 3_000, 60, 20


def main():
    random = numpy.random.default_rng(8)

    def words(count):
        return [f"w{word}" for word in numpy.minimum(random.zipf(1.3, count), WORDS)]

    texts = [words(random.integers(1, 60)) for _ in range(TEXTS)]
    vocabulary = {word: number for number, word in enumerate(sorted({word for text in texts for word in text}))}
    ids = [[vocabulary[word] for word in text] for text in texts]
    index = bm25s.BM25(method="lucene", k1=0.9, b=0.4, dtype="float64")
    index.index((ids, vocabulary), show_progress=False)
    questions = []
    while len(questions) < QUESTIONS:
        question = sorted({word for word in words(random.integers(1, 9)) if word in vocabulary})
        if not question:
            continue
        scores = index.get_scores(question)
        best = [int(number) for number in numpy.argsort(-scores, kind="stable")[:BEST] if scores[number] > 0]
        questions.append({"text": " ".join(question), "texts": best, "scores": [round(float(scores[n]), 6) for n in best]})
    pathlib.Path(__file__).with_name("bm25.json").write_text(
        json.dumps({"texts": [" ".join(text) for text in texts], "questions": questions}) + "\n")


if __name__ == "__main__":
    main()
