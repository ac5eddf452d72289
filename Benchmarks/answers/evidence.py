"""What tells a question the course answers from one it does not: the signals of `gepeto search`, and a threshold.

    python Benchmarks/answers/evidence.py PATH-TO-gepeto --sets FOLDER [--sample 40]

FOLDER holds evaluation sets in BEIR form (faquad, squad, squad-pt, scifact). Questions of the sample course are asked of
the sample course, and so are questions of the sets, which it cannot answer; questions of faquad and squad are also asked
of their own corpus, which can. Prints the area under the ROC curve for several weights of the cosine, then for several
thresholds the share of each group that would be refused. The sample is drawn with a fixed seed.
"""

import argparse
import bisect
import json
import pathlib
import random
import subprocess
import tempfile
from collections import defaultdict

ROOT = pathlib.Path(__file__).resolve().parents[2]


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--sample", type=int, default=40)
    arguments = parser.parse_args()
    chance = random.Random(5)
    groups = defaultdict(list)

    def run(*words):
        return subprocess.run([arguments.program, *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    def ask(group, question, course, data):
        groups[group].append(json.loads(run("search", question, "--course", course, "--data", data, "--json"))["evidence"])

    with tempfile.TemporaryDirectory() as data:
        run("ingest", "corpus", "--course", "algoritmos", "--data", data)
        for item in lines(ROOT / "corpus/questions.jsonl"):
            if item["kind"] != "follow-up":
                ask("course, " + item["kind"], item["question"], "algoritmos", data)
        for name in ("faquad", "squad", "squad-pt", "scifact"):
            for item in chance.sample(lines(arguments.sets / name / "queries.jsonl"), arguments.sample):
                ask(f"course, off topic ({name})", item["text"], "algoritmos", data)
    for name in ("faquad", "squad"):
        folder = arguments.sets / name
        judged = {line.split("\t")[0] for line in (folder / "qrels.tsv").read_text().splitlines()[1:]}
        queries = [item for item in lines(folder / "queries.jsonl") if item["_id"] in judged]
        with tempfile.TemporaryDirectory() as data:
            run("eval", "--corpus", str(folder / "corpus.jsonl"), "--queries", str(folder / "queries.jsonl"),
                "--qrels", str(folder / "qrels.tsv"), "--mode", "lexical", "--data", data)
            for item in chance.sample(queries, arguments.sample):
                ask(f"{name}, answerable", item["text"], "evaluation", data)

    good = [e for group, found in groups.items() if group.endswith("answerable") and "un" not in group for e in found]
    bad = [e for group, found in groups.items() if "off topic" in group for e in found]

    def strength(evidence, weight):
        return weight * max(0, evidence["topSimilarity"]) + (1 - weight) * evidence["coverage"]

    for weight in (0, 0.25, 0.5, 0.75, 1):
        low = sorted(strength(e, weight) for e in bad)
        wins = sum((bisect.bisect_left(low, s) + bisect.bisect_right(low, s)) / 2
                   for s in (strength(e, weight) for e in good))
        print(f"weight of the cosine {weight}: area under the curve {wins / len(good) / len(low):.3f}")
    for threshold in (0.40, 0.42, 0.44, 0.46, 0.48, 0.50):
        refused = {group: round(sum(strength(e, 0.5) < threshold for e in found) / len(found), 2)
                   for group, found in groups.items()}
        print(f"threshold {threshold}: refused {json.dumps(refused)}")


if __name__ == "__main__":
    main()
