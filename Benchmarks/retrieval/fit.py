"""Learns the weights of the closer look (`Reranker.standard`) from the tuning parts alone (docs/decisions/0017-rerank.md).

    python Benchmarks/retrieval/fit.py PATH-TO-gepeto --sets FOLDER [--shrink 0.667]

Tuning parts: scifact's training claims, and of squad and squad-pt the questions on articles whose name has an even hash
(`measure.py`). `gepeto eval --signals` tells what the closer look sees of each question's best fifty; listwise softmax
loss with an L2 penalty, each set weighing the same; BM25 weighs 1. Prints the weights as they were learned, the extras
shrunk (they are half noise: scifact's claims lose by the whole of them), and nDCG@10 of the tuning parts by each and by the
shipped weights. Needs numpy and scipy.
"""

import argparse
import json
import math
import pathlib
import subprocess
import tempfile

import numpy
import scipy.optimize

from measure import parts

NAMES = ["lexical", "knownSimilarity", "strangeSimilarity", "wide", "narrow", "pairs", "coverage",
         "strangeExact", "akin"]
SHIPPED = numpy.array([1, 1.5, 0.9, 0.4, 0.3, 0.2, 0.2, 0.6, 1.2])
TUNING = ("scifact", "squad", "squad-pt")
PENALTY = 5e-5


def features(look):
    known = look["familiarity"]
    return [look["lexical"], known * look["similarity"], (1 - known) * look["similarity"], look["wide"], look["narrow"],
            look["pairs"], look["coverage"], (1 - known) * look["exact"], look["akin"]]


def signals(program, folder):
    """Of each tuning question: (features, a row a chunk; relevance; documents; the relevances of all judged)."""
    with tempfile.TemporaryDirectory() as temporary:
        (judgements,) = [file for name, file in parts(folder, pathlib.Path(temporary)) if "tuning" in name]
        judged = {}
        for line in judgements.read_text().splitlines()[1:]:
            query, _, grade = line.split("\t")
            judged.setdefault(query, []).append(int(grade))
        done = subprocess.run(
            [program, "eval", "--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl", "--qrels",
             judgements, "--signals", "--data", temporary], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        query = json.loads(line)
        yield (numpy.array([features(look) for look in query["looks"]]),
               numpy.array([look["relevance"] for look in query["looks"]]),
               [look["document"] for look in query["looks"]], sorted(judged[query["query"]], reverse=True))


def quality(questions, weights):
    """nDCG@10 (linear gain) over documents, each at the place of its best chunk, as `gepeto eval` reckons it."""
    total = 0
    for rows, relevance, documents, ideal in questions:
        seen, gain = [], 0
        for index in numpy.argsort(-(rows @ weights), kind="stable"):
            if documents[index] not in seen:
                seen.append(documents[index])
                gain += relevance[index] / math.log2(len(seen) + 1)
            if len(seen) == 10:
                break
        total += gain / sum(grade / math.log2(place + 2) for place, grade in enumerate(ideal[:10]))
    return total / len(questions)


def learn(sets):
    def loss(weights):
        value, slope = PENALTY * weights @ weights, 2 * PENALTY * weights
        for questions in sets.values():
            for rows, relevance, _, _ in questions:
                good = relevance > 0
                if good.any() and not good.all():
                    scores = rows @ weights
                    chance = numpy.exp(scores - scores.max())
                    chance, wanted = chance / chance.sum(), chance * good / (chance * good).sum()
                    value -= math.log(chance[good].sum()) / len(questions) / len(sets)
                    slope = slope + (chance - wanted) @ rows / len(questions) / len(sets)
        return value, slope

    found = scipy.optimize.minimize(loss, numpy.full(len(NAMES), 0.1), jac=True, method="L-BFGS-B").x
    return found / found[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--shrink", type=float, default=2 / 3)
    arguments = parser.parse_args()
    sets = {name: list(signals(arguments.program, arguments.sets / name)) for name in TUNING}
    learned = learn(sets)
    shrunk = learned * numpy.array([1, 1, 1] + [arguments.shrink] * 6)
    plain = numpy.array([1, 0.45 / 0.55, 0.35 / 0.65] + [0] * 6)
    for label, weights in (("learned", learned), ("shrunk", shrunk), ("shipped", SHIPPED), ("fused only", plain)):
        print(f"{label:11}", *(f"{name} {weight:.2f}" for name, weight in zip(NAMES, weights)))
        print(f"{'':11}", *(f"{name} {quality(questions, weights):.4f}" for name, questions in sets.items()))


if __name__ == "__main__":
    main()
