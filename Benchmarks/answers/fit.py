"""Learns the weights of `QuoteScorer` (Sources/LLM/Extractive) from questions with known answers.

    pip install numpy
    swift build -c release --package-path Benchmarks/answers
    python Benchmarks/answers/fit.py PATH-TO-gepeto --harness Benchmarks/answers/.build/release/QuoteHarness
        --model models/all-MiniLM-L6-v2 --sets FOLDER --keep FOLDER

Learns on the tuning halves of squad and squad-pt (Benchmarks/retrieval/measure.py says which) and on faquad, each set weighing the
same; says how many questions have their answer in the three best sentences on the tuning halves, on the other halves, and on faquad
by cross-validation (five folds by document). Listwise softmax loss (Cao and others, "Learning to Rank", ICML 2007), where the right
sentences are those of the right passage that hold a known answer, with a penalty on squared weights. Prints both sets of weights in Swift.

`--keep` keeps the passages of each question and the signals, which take a while, for the next run.
"""

import argparse
import json
import os
import pathlib
import subprocess

import numpy

from extractive import holds, is_tuning, lines, normal

SETS = ("squad", "squad-pt", "faquad")
# The most sentences that an answer has.
CHOSEN = 3
# The sets have hardly a heading, or a question with its answer below: these two were not learned.
GIVEN = {"above": 1.5, "asks": -3.0}
WITH_VECTORS = ("similarity", "similarityPortuguese", "passageSimilarity", "neighbourSimilarity")


def passages(arguments, name):
    """Each question with its six passages."""
    kept = arguments.keep / f"{name}.jsonl"
    if not kept.exists():
        folder = arguments.sets / name
        known = {item["_id"]: item for item in lines(folder / "answers.jsonl")}
        data = arguments.keep / name
        data.mkdir(exist_ok=True)

        def run(*words):
            return subprocess.run([arguments.program, *words, "--data", data], capture_output=True, text=True, check=True).stdout

        run("eval", "--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl", "--qrels", folder / "qrels.tsv",
            "--mode", "lexical")
        rows = []
        for item in lines(folder / "queries.jsonl"):
            found = json.loads(run("search", item["text"], "--course", "evaluation", "-k", "6", "--json"))
            rows.append(item | known[item["_id"]] | {"passages": found["passages"]})
        kept.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return lines(kept)


def signals(arguments, name, rows):
    """The names of the signals, and what the harness says of each question."""
    kept = arguments.keep / f"{name}.sig"
    if not kept.exists():
        asked = "".join(json.dumps({
            "question": row["text"], "language": "en" if name == "squad" else "pt",
            "passages": [{"text": p["text"], "score": p["score"]} for p in row["passages"]]}) + "\n" for row in rows)
        done = subprocess.run([arguments.harness, arguments.model, "signals"], input=asked, capture_output=True, text=True, check=True)
        kept.write_text(done.stdout)
    head, *told = kept.read_text().splitlines()
    return head.split(), [json.loads(line) for line in told]


def target(row, told):
    """1 for the sentences that answer."""
    words = [set(normal(answer).split()) for answer in row["answers"]]
    own = [row["passages"][c["passage"]]["path"] == row["doc"] for c in told["candidates"]]
    exact = [mine and holds(c["text"], row["answers"]) for mine, c in zip(own, told["candidates"])]
    if any(exact):
        return exact
    # An answer that goes on over several sentences: those with half of its words.
    return [mine and any(w and len(w & set(normal(c["text"]).split())) * 2 >= len(w) for w in words)
            for mine, c in zip(own, told["candidates"])]


class Questions:
    """Signals (questions, sentences, signals), which sentences there are and which answer; without those nobody can answer."""

    def __init__(self, rows, told):
        pairs = [(r, t, target(r, t)) for r, t in zip(rows, told)]
        pairs = [p for p in pairs if any(p[2])]
        width, depth = max(len(p[2]) for p in pairs), len(pairs[0][1]["candidates"][0]["signals"])
        self.x = numpy.zeros((len(pairs), width, depth))
        self.there = numpy.zeros((len(pairs), width), bool)
        self.right = numpy.zeros((len(pairs), width), bool)
        for index, (_, told_one, right) in enumerate(pairs):
            for slot, candidate in enumerate(told_one["candidates"]):
                self.x[index, slot] = candidate["signals"]
            self.there[index, :len(right)] = True
            self.right[index, :len(right)] = right


def fit(parts, names, without=(), penalty=2e-4, steps=600):
    """Weights by Adam on the whole of the parts."""
    depth = parts[0].x.shape[2]
    free = numpy.array([name not in without and name not in GIVEN for name in names])
    given = numpy.array([GIVEN.get(name, 0.0) for name in names])
    everything = numpy.concatenate([p.x[p.there] for p in parts])
    scale = everything.std(axis=0) + 1e-9
    # A signal that is seldom there would get a huge weight.
    scale = numpy.maximum(scale, 0.05)
    weights, first, second = (numpy.zeros(depth) for _ in range(3))
    for step in range(1, steps + 1):
        gradient = penalty * weights
        for part in parts:
            z = numpy.where(part.there, part.x @ (weights / scale + given), -1e9)
            chance = numpy.exp(z - z.max(axis=1, keepdims=True))
            chance /= chance.sum(axis=1, keepdims=True)
            good = chance * part.right
            good /= good.sum(axis=1, keepdims=True) + 1e-12
            gradient += numpy.einsum("qs,qsd->d", chance - good, part.x) / scale / len(part.x) / len(parts)
        gradient *= free
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient ** 2
        weights -= 0.03 * (first / (1 - 0.9 ** step)) / (numpy.sqrt(second / (1 - 0.999 ** step)) + 1e-9)
    return weights / scale * free + given


def reached(rows, told, weights, chosen=CHOSEN):
    """The share of all questions whose known answer is in the best sentences put together in reading order."""
    good = 0
    for row, one in zip(rows, told):
        scores = [float(numpy.dot(weights, c["signals"])) for c in one["candidates"]]
        best = sorted(range(len(scores)), key=lambda index: -scores[index])[:chosen]
        good += holds(" ".join(one["candidates"][index]["text"] for index in sorted(best)), row["answers"])
    return good / max(1, len(rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--harness", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--keep", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    os.environ["GEPETO_MODEL_DIR"] = arguments.model
    arguments.keep.mkdir(exist_ok=True)
    data = {}
    for name in SETS:
        rows = passages(arguments, name)
        names, told = signals(arguments, name, rows)
        data[name] = list(zip(rows, told))

    def part(name, wanted):
        return [p for p in data[name] if wanted(p[0]["doc"])]

    tuning = {name: part(name, is_tuning) for name in ("squad", "squad-pt")} | {"faquad": data["faquad"]}
    titles = sorted({p[0]["doc"]: document(arguments, p[0]["doc"]) for p in data["faquad"]}.items())
    fold = {doc: sorted({title for _, title in titles}).index(title) % 5 for doc, title in titles}
    for label, without in (("standard", ()), ("wordsOnly", WITH_VECTORS)):
        weights = fit([Questions(*zip(*tuning[name])) for name in SETS], names, without)
        print(f"\n{label}: the share of questions answered by the best 1, 2, 3 sentences")
        for name in ("squad", "squad-pt"):
            for half, wanted in (("tuning", is_tuning), ("rest", lambda doc: not is_tuning(doc))):
                some = part(name, wanted)
                print(f"  {name} ({half}), {len(some)}:", *(f"{reached(*zip(*some), weights, n):.3f}" for n in (1, 2, 3)))
        hits = numpy.zeros(3)
        for number in range(5):
            others = [p for p in data["faquad"] if fold[p[0]["doc"]] != number]
            own = [p for p in data["faquad"] if fold[p[0]["doc"]] == number]
            there = fit([Questions(*zip(*tuning["squad"])), Questions(*zip(*tuning["squad-pt"])), Questions(*zip(*others))], names, without)
            hits += [reached(*zip(*own), there, n) * len(own) for n in (1, 2, 3)]
        print("  faquad (cross-validated):", *(f"{hit / len(data['faquad']):.3f}" for hit in hits))
        print(f"    static let {label} = QuoteScorer([")
        for name, weight in zip(names, weights):
            if abs(weight) >= 0.005:
                print(f"        .{name}: {weight:.2f},")
        print("    ])")


def document(arguments, passage):
    """The document a passage of faquad is from."""
    if not TITLES:
        TITLES.update((item["_id"], item["title"]) for item in lines(arguments.sets / "faquad" / "corpus.jsonl"))
    return TITLES[passage]


TITLES = {}

if __name__ == "__main__":
    main()
