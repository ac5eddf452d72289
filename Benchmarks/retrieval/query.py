"""What a whole question costs, step by step, within the process: one thread, one question at a time, by size of course.

    python Benchmarks/retrieval/query.py PATH-TO-gepeto MODEL-FOLDER --sets FOLDER [--sizes 1000,20000,1000000]
        [--questions 300] [--folder DIR] [--plot FILE.png]

The chunks are those of all sets in FOLDER (BEIR form), cut and embedded as ingestion does, in random order; beyond their
number the same with their sentences in another order and a vector near by (`CourseGrowth`). Questions are those of the
sets by turns. Prints the median and the 95th percentile of each step in milliseconds, the first twenty questions left
out: tokenize (word pieces alone), embed, searches (nearest 100, best 100 by words, both scores for all), familiarity,
fuse, texts (of the best 50, and the words' frequencies), rerank, passages (joining, evidence: the whole search less its
ranking), and `search`, the whole of it, once a large course has its lists. Also the first question of all. DIR keeps the courses for another run;
--plot needs matplotlib. BENCHMARK_AS_BUILT=1 takes the harness as it was built last.
"""

import argparse
import base64
import json
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HARNESS = HERE / ".build/release/QueryHarness"


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def pieces(program, folders, keep):
    """The sets' chunks as the harness reads them."""
    found = []
    for folder in folders:
        data = keep / f"set-{folder.name}"
        if not data.exists():
            subprocess.run([program, "eval", "--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl",
                            "--qrels", folder / "qrels.tsv", "--mode", "lexical", "--data", data], check=True,
                           capture_output=True)
        with sqlite3.connect(data / "courses/evaluation.sqlite") as course:
            rows = course.execute("SELECT token_count, section, embedding, text FROM chunk JOIN vector ON chunk_id = id")
            found += ["\t".join((str(tokens), section, base64.b64encode(vector).decode(), " ".join(text.split())))
                      for tokens, section, vector, text in rows]
    random.Random(3).shuffle(found)
    return found


def questions(folders, count):
    sets = [[item["text"] for item in lines(folder / "queries.jsonl")] for folder in folders]
    for texts in sets:
        random.Random(4).shuffle(texts)
    return [" ".join(text.split()) for row in zip(*sets) for text in row][:count]


def measure(course, model, asked):
    """Milliseconds by step: a list a step, in the order of the questions."""
    done = subprocess.run([HARNESS, course, model], check=True, input="\n".join(asked) + "\n", capture_output=True,
                          text=True)
    head, *rows = done.stdout.splitlines()
    return dict(zip(head.split()[1:], zip(*([int(value) / 1000 for value in row.split()] for row in rows))))


def plot(path, medians):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(7, 4.5))
    for step in next(iter(medians.values())):
        axes.plot(list(medians), [row[step] for row in medians.values()], marker="o", label=step,
                  linewidth=2.5 if step == "search" else 1)
    axes.set(xscale="log", yscale="log", xlabel="chunks", ylabel="ms, median", title="What a question costs, one thread")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--sizes", default="20000")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--plot")
    arguments = parser.parse_args()
    folders = sorted(path for path in arguments.sets.iterdir() if (path / "qrels.tsv").exists())
    if not os.environ.get("BENCHMARK_AS_BUILT"):
        subprocess.run(["swift", "build", "-c", "release", "--product", "QueryHarness"], cwd=HERE, check=True)
    medians = {}
    with tempfile.TemporaryDirectory() as temporary:
        keep = arguments.folder or pathlib.Path(temporary)
        keep.mkdir(parents=True, exist_ok=True)
        source = None
        for size in map(int, arguments.sizes.split(",")):
            course = keep / f"course-{size}.sqlite"
            if not course.exists():
                source = source or "\n".join(pieces(arguments.program, folders, keep)) + "\n"
                subprocess.run([HARNESS, course, arguments.model, "make", str(size)], input=source, text=True, check=True)
            asked = questions(folders, arguments.questions)
            steps = measure(course, arguments.model, asked)
            print(f"{size} chunks, {len(asked) - 20} questions, ms; the first of all {steps['search'][0]:.1f}")
            for step, values in steps.items():
                print(f"  {step:12} p50 {statistics.median(values[20:]):6.2f}  "
                      f"p95 {statistics.quantiles(values[20:], n=20)[18]:6.2f}", flush=True)
            medians[size] = {step: statistics.median(values[20:]) for step, values in steps.items()}
    if arguments.plot:
        plot(arguments.plot, medians)


if __name__ == "__main__":
    main()
