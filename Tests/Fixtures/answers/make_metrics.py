"""Makes metrics.json: reference values for the figures of `gepeto eval answers` by programs that are not ours.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn==1.5.2 numpy==1.26.4 transformers==4.46.3
    /tmp/venv/bin/python Tests/Fixtures/answers/make_metrics.py

Words, F1 and containment by transformers' copy of SQuAD's evaluation script, the area under the curve by scikit-learn,
quantiles and the percentiles of the bootstrap by numpy. The bootstrap's draws come from SplitMix64, reckoned here in numpy.
"""

import json
import os
import random

import numpy as np
from sklearn.metrics import roc_auc_score
from transformers.data.metrics.squad_metrics import compute_f1, normalize_answer

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 7

TEXTS = [
    ("The Normans gave their name to Normandy, a region in France.", ["France"]),
    ("In the 10th and 11th centuries [they came].", ["10th and 11th centuries", "in the 10th and 11th centuries"]),
    ("A cat; an apple -- THE end!", ["cat apple end", "a the an"]),
    ("", ["anything"]),
    ("The a an.", ["the"]),
    ("“The” quick brown – fox's den", ["foxs den", "quick brown fox"]),
    ("Recursão é quando uma função chama a si mesma.", ["função chama si mesma", "Recursao"]),
    ("O valor é 3,14 ou R$ 2.500,00 (aprox.)", ["3,14", "2.500,00", "2 500"]),
    ("snake_case and e-mail, U.S.A. it's", ["snakecase", "email", "usa its"]),
    ("one one two three", ["one two two three", "one one one"]),
    ("ISTANBUL STRAẞE ÇA", ["straße ça"]),
    ("x\u00a0y\tz\n\nthe\u2003w", ["x y z w"]),
    ("theatre another than a", ["theatre another than"]),
    ("H₂O and x² of 1½ the½", ["H₂O", "x² of"]),
    ("日本 the 語", ["日本 語"]),
    ("an answer that is far away from the gold", ["completely different words"]),
]


def splitmix(state):
    mask = (1 << 64) - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        yield mixed ^ (mixed >> 31)


def run(rng, shift):
    """One run over 60 questions, 40 of them answerable."""
    return [
        {"isAnswerable": i < 40, "evidence": round(rng.gauss(0.6 if i < 40 else 0.4, 0.15) + shift / 2, 2),
         "contains": rng.random() < 0.6 + shift if i < 40 else None, "f1": round(min(1, rng.random() + shift), 3) if i < 40 else None}
        for i in range(60)]


def figures(run):
    answerable = [q for q in run if q["isAnswerable"]]
    if not answerable or len(answerable) == len(run):
        auc = None
    else:
        auc = float(roc_auc_score([q["isAnswerable"] for q in run], [q["evidence"] for q in run]))
    return [float(np.mean([q["contains"] for q in answerable])), float(np.mean([q["f1"] for q in answerable])), auc]


def main():
    rng = random.Random(SEED)
    texts = [{
        "answer": answer, "gold": gold, "words": normalize_answer(answer).split(),
        "f1": max(float(compute_f1(g, answer)) for g in gold),
        "contains": any(f" {normalize_answer(g)} " in f" {normalize_answer(answer)} " for g in gold if normalize_answer(g)),
    } for answer, gold in TEXTS]
    curves = []
    for count in (2, 5, 40, 300):
        labels = [True, False] + [rng.random() < 0.7 for _ in range(count - 2)]
        scores = [round(rng.gauss(0.5 + 0.2 * label, 0.2), 1 if count == 40 else 4) for label in labels]
        curves.append({"labels": labels, "scores": scores, "auc": float(roc_auc_score(labels, scores))})
    quantiles = []
    for count in (1, 2, 19, 20, 21, 200):
        values = [round(rng.expovariate(0.01)) for _ in range(count)]
        quantiles.append({
            "values": values, "p50": float(np.percentile(values, 50, method="inverted_cdf")),
            "p95": float(np.percentile(values, 95, method="inverted_cdf"))})
    first, second = run(rng, 0.0), run(rng, 0.15)
    draws = splitmix(1)
    differences = []
    for _ in range(500):
        drawn = [next(draws) % len(first) for _ in first]
        a, b = figures([first[i] for i in drawn]), figures([second[i] for i in drawn])
        differences.append([y - x for x, y in zip(a, b)])
    columns = np.array(differences, dtype=float).T
    bootstrap = {
        "first": first, "second": second, "resamples": 500, "seed": 1,
        "values": [figures(first), figures(second)],
        "intervals": [[float(np.percentile(column, 2.5)), float(np.percentile(column, 97.5))] for column in columns]}
    with open(os.path.join(HERE, "metrics.json"), "w", encoding="utf-8") as file:
        json.dump({"texts": texts, "curves": curves, "quantiles": quantiles, "bootstrap": bootstrap}, file, ensure_ascii=False,
                  indent=1)
        file.write("\n")


main()
