"""Asks courses questions that they answer and questions that they do not, and writes down the signals of evidence.

    python Benchmarks/answers/evidence.py PATH-TO-gepeto --sets FOLDER --data FOLDER [--rest FILE] [--model FOLDER]

--sets holds evaluation sets in BEIR form: faquad, openstax-philosophy, pira (both languages), scifact, squad, squad-pt; each
becomes a course in --data, which may be kept for another run, and so does the sample course of `corpus/`. Writes
Benchmarks/answers/evidence.csv, from which fit_evidence.py learns, and with --rest the same of the questions that are held
back. A line is a question asked of a course:

    course, set   where it was asked, and whose question it is
    group         on: the course answers it; cross: it does, in the other language; unans: written to look as if one of its
                  passages did; off: a question of another course; near: on the sample course's matter, but not in it;
                  ctl+ and ctl-: squad's answerable and unanswerable questions, asked where nothing answers either
    then the signals of `gepeto search --json`.

Dev, from which everything is learned: scifact's training claims, and of the other sets the questions on documents whose
name has an even hash (`is_tuning` of ../retrieval/measure.py: of squad the article, of faquad the title, else the id). An
unasked half of the sets stays for the report. Nothing of the sample course's own questions is dev but those of other sets
asked there. The draw has a fixed seed. Left out: pira's questions that make sense beside their passage only, scifact's claims
that the corpus does not settle, squad's on computational complexity in the sample course.
"""

import argparse
import csv
import json
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks/retrieval"))
from measure import is_tuning  # noqa: E402

COURSES = ("squad", "squad-pt", "scifact", "faquad", "pira", "pira_pt", "openstax-philosophy")
# The same passages in two languages.
TWINS = {"squad": "squad-pt", "squad-pt": "squad", "pira": "pira_pt", "pira_pt": "pira"}
SIGNALS = ("topSimilarity", "lexical", "agreement", "sentences", "coverage", "namesMissing", "familiarity", "isForeign")
SAMPLE = "sample"
MOST = {"on": 700, "cross": 300, "off": 40, "ctl": 300}


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]


def answered_by(path):
    """The first relevant passage of each question."""
    found = {}
    for line in path.read_text().splitlines()[1:]:
        question, passage, relevance = line.split("\t")
        if int(relevance) > 0:
            found.setdefault(question, passage)
    return found


class Questions:
    """Of one set: (text, whether it is dev) for what its corpus answers, and for what only looks so."""

    def __init__(self, sets, name):
        folder, tail = sets / name.removesuffix("_pt"), "_pt" if name.endswith("_pt") else ""
        self.files = [str(folder / f"{kind}{tail}.jsonl") for kind in ("corpus", "queries")] + [str(folder / "qrels.tsv")]
        passages = answered_by(folder / "qrels.tsv")
        training = answered_by(folder / "qrels_train.tsv") if (folder / "qrels_train.tsv").exists() else {}
        titles = {item["_id"]: item["title"] for item in lines(self.files[0])} if name == "faquad" else {}
        skipped = set()
        if name.startswith("pira"):
            skipped = {item["_id"] for item in lines(folder / "answers.jsonl") if item["generic"]}
        if name == "scifact":
            skipped = {item["_id"] for item in lines(folder / "evidence.jsonl") if not item["evidence"]}
        self.answered, self.complexity = [], set()
        for item in lines(self.files[1]):
            passage = passages.get(item["_id"]) or training.get(item["_id"])
            if passage is None or item["_id"] in skipped:
                continue
            dev = item["_id"] in training if training else is_tuning(titles.get(passage, passage))
            self.answered.append((item["text"], dev))
            if "complexity" in passage:
                self.complexity.add(item["text"])
        tricks = folder / "unanswerable.jsonl"
        self.unanswered = [(item["text"], is_tuning(item["doc"])) for item in lines(tricks)] if tricks.exists() else []


def plan(course, sets, chance):
    """What to ask of a course: (group, set, text, dev)."""
    def some(group, name, questions, kind=None):
        for dev in (True, False):
            half = [each for each in questions if each[1] == dev]
            for text, _ in chance.sample(half, min(len(half), MOST.get(kind or group, len(half)))):
                yield group, name, text, dev

    if course == SAMPLE:
        for item in lines(ROOT / "corpus/questions.jsonl"):
            if item["kind"] != "follow-up":
                yield "on" if item["kind"] == "answerable" else "near", SAMPLE, item["question"], False
    else:
        yield from some("on", course, sets[course].answered)
        yield from some("unans", course, sets[course].unanswered)
        if course in TWINS:
            yield from some("cross", TWINS[course], sets[TWINS[course]].answered)
    for name, questions in sets.items():
        if name != course and TWINS.get(name) != course:
            near = questions.complexity if course == SAMPLE else ()
            yield from some("off", name, [each for each in questions.answered if each[0] not in near])
    if course in ("scifact", "faquad"):
        yield from some("ctl+", "squad", sets["squad"].answered, "ctl")
        yield from some("ctl-", "squad", sets["squad"].unanswered, "ctl")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--rest", type=pathlib.Path, help="where to write the signals of the questions held back")
    arguments = parser.parse_args()

    def run(*words, text=None):
        done = subprocess.run([arguments.program, *words], cwd=ROOT, input=text, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    sets = {name: Questions(arguments.sets, name) for name in COURSES}
    chance = random.Random(20)
    rows = {True: [], False: []}
    for course in (*COURSES, SAMPLE):
        data, name = str(arguments.data / course), "algoritmos" if course == SAMPLE else "evaluation"
        if course == SAMPLE:
            run("ingest", "corpus", "--course", name, "--data", data)
        elif not (arguments.data / course / "courses").exists():
            corpus, queries, judgements = sets[course].files
            run("eval", "--corpus", corpus, "--queries", queries, "--qrels", judgements, "--mode", "lexical", "--data", data)
        asked = list(plan(course, sets, chance))
        answers = run("search", "-", "--course", name, "--data", data, "--json",
                      text="".join(" ".join(text.split()) + "\n" for _, _, text, _ in asked)).splitlines()
        assert len(answers) == len(asked), f"{course}: {len(answers)} answers to {len(asked)} questions"
        for (group, of, _, dev), answer in zip(asked, answers):
            signals = json.loads(answer)["evidence"]["signals"]
            rows[dev].append([course, of, group] + [f"{float(signals[each]):.4g}" for each in SIGNALS])
        print(f"{course}: {len(asked)} questions", file=sys.stderr, flush=True)
    for dev, path in ((True, ROOT / "Benchmarks/answers/evidence.csv"), (False, arguments.rest)):
        if path:
            with open(path, "w", newline="") as file:
                out = csv.writer(file, lineterminator="\n")
                out.writerow(["course", "set", "group", *SIGNALS])
                out.writerows(rows[dev])


if __name__ == "__main__":
    main()
