"""Recall@5 of follow-ups, searched with their conversation and without, against the same questions asked in full.

    python Benchmarks/answers/followups.py PATH-TO-gepeto --sets FOLDER [--data DIR] [--jobs 2]

Conversations: Tests/Fixtures/answers/followups.jsonl (made by make_followups.py from the sets in FOLDER) and the follow-ups
of corpus/questions.jsonl, whose documents count instead of a passage and which have no full form. No language model takes
part: `conversation` is the local rule (docs/decisions/0022-follow-ups.md), as `gepeto search --history` uses it.
`shift` are questions that stand alone after another topic: what the conversation does there is damage. `refused` is the
share whose evidence is below the shipped threshold. DIR keeps the courses for another run.

Weights were chosen on squad's and squad-pt's tuning parts; their rest and faquad had no say.
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import tempfile
from collections import defaultdict

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = ["pronoun", "chain", "aspect", "dropped", "bare", "swap"]
# Of docs/decisions/0010-evidence-threshold.md.
THRESHOLD = 0.46


def search(arguments, data, course, question, history, folder):
    command = [arguments.program, "search", question, "--course", course, "--data", data, "--limit", "5", "--json"]
    if history:
        file = folder / f"{abs(hash((question, str(history))))}.json"
        file.write_text(json.dumps(history))
        command += ["--history", file]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    evidence = found["evidence"]
    strength = 0.5 * max(0, min(1, evidence["topSimilarity"])) + 0.5 * evidence["coverage"]
    return [passage["path"].split("/")[-1] for passage in found["passages"]], strength >= THRESHOLD


def table(name, rows):
    def mean(values):
        values = list(values)
        return f"{sum(values) / len(values):.3f}" if values else "    -"

    followups = [row for row in rows if row["kind"] != "shift"]
    full = mean(row["full"][0] for row in followups)
    for way in ("full", "alone", "conversation"):
        hits = mean(row[way][0] for row in followups)
        cells = [mean(row[way][0] for row in rows if row["kind"] == kind) for kind in KINDS + ["shift"]]
        ratio = f"{float(hits) / float(full):.3f}" if full.strip() != "-" and float(full) else "    -"
        print(f"{name:18}{len(followups):>4} {way:13}{hits:>7}{ratio:>7}  " + " ".join(f"{c:>8}" for c in cells)
              + f"{mean(not row[way][1] for row in followups):>9}{mean(not row[way][1] for row in rows if row['kind'] == 'shift'):>8}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--data")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    arguments.program = str(pathlib.Path(arguments.program).resolve())
    rows = [json.loads(line) for line in (ROOT / "Tests/Fixtures/answers/followups.jsonl").read_text().splitlines()]
    own = [json.loads(line) for line in (ROOT / "corpus/questions.jsonl").read_text().splitlines()]
    own = [question for question in own if question["history"]]
    with tempfile.TemporaryDirectory() as temporary, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        temporary = pathlib.Path(temporary)
        data = pathlib.Path(arguments.data or temporary / "data")
        for name in ("squad", "squad-pt", "faquad"):
            folder = arguments.sets / name
            subprocess.run([arguments.program, "eval", "--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl",
                            "--qrels", folder / "qrels.tsv", "--mode", "lexical", "--data", data / name], cwd=ROOT, check=True,
                           capture_output=True)
        subprocess.run([arguments.program, "ingest", "corpus", "--course", "algoritmos", "--data", data / "corpus"], cwd=ROOT,
                       check=True, capture_output=True)

        def measure(row):
            def hit(question, history):
                found, enough = search(arguments, data / row["set"], "evaluation", question, history, temporary)
                return row["passage"].split("/")[-1] in found, enough
            return row | {"full": hit(row["full"], []), "alone": hit(row["question"], []),
                          "conversation": hit(row["question"], row["history"])}

        print(f"{'set':18}{'':>4} {'way':13}{'all':>7}{'ratio':>7}  " + " ".join(f"{kind:>8}" for kind in KINDS + ["shift"])
              + f"{'refused':>9}{'shift':>8}")
        groups = defaultdict(list)
        for row in pool.map(measure, rows):
            groups[row["set"], row["part"]].append(row)
        for name in ("squad", "squad-pt", "faquad"):
            parts = [part for group, part in groups if group == name]
            for part in sorted(parts, reverse=True):
                table(f"{name} {part}".strip(), groups[name, part])
            if len(parts) > 1:
                table(f"{name} all", [row for part in parts for row in groups[name, part]])
        for way in ("alone", "conversation"):
            hits = [any(path in question["documents"] for path in
                        search(arguments, data / "corpus", "algoritmos", question["question"],
                               question["history"] if way == "conversation" else [], temporary)[0]) for question in own]
            print(f"{'corpus':18}{len(own):>4} {way:13}{sum(hits) / len(hits):>7.3f}")


if __name__ == "__main__":
    main()
