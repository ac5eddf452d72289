"""What a whole question costs, step by step, within the process: one thread, one question at a time.

    python Benchmarks/retrieval/query.py PATH-TO-gepeto MODEL-FOLDER --sets FOLDER [--chunks 20000] [--questions 300]
        [--data DIR]

The course holds the passages of all sets in FOLDER (BEIR form), cut as ingestion cuts them; where they are not enough,
again with their sentences in another order. Questions are those of the sets by turns. Prints the median and the 95th
percentile of each step in milliseconds, the first twenty questions left out: tokenize (word pieces alone), embed,
searches (nearest 100, best 100 by words, both scores for all), familiarity, fuse, texts (of the best 50, and the words'
frequencies), rerank, passages (joining, evidence: the whole search less its ranking), and
`search`, the whole of it. DIR keeps the course for another run.
"""

import argparse
import json
import pathlib
import random
import re
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Documents of the sets by the chunks they become, in the mean.
CHUNKS_A_DOCUMENT = 2.0


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def corpus(folders, chunks):
    chance = random.Random(3)
    documents = []
    for folder in folders:
        for tail in ("", "_pt"):
            if (folder / f"corpus{tail}.jsonl").exists():
                documents += [item | {"_id": f"{folder.name}{tail}/{item['_id']}"}
                              for item in lines(folder / f"corpus{tail}.jsonl")]
    chance.shuffle(documents)
    wanted, number = int(chunks / CHUNKS_A_DOCUMENT), 0
    while len(documents) < wanted:
        item, number = documents[number], number + 1
        sentences = re.split(r"(?<=[.!?])\s+", item["text"])
        chance.shuffle(sentences)
        documents.append({"_id": f"{number}/{item['_id']}", "title": item["title"], "text": " ".join(sentences)})
    return documents[:wanted]


def questions(folders, count):
    sets = [[item["text"] for item in lines(folder / "queries.jsonl")] for folder in folders]
    for texts in sets:
        random.Random(4).shuffle(texts)
    return [" ".join(text.split()) for row in zip(*sets) for text in row][:count]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--data")
    arguments = parser.parse_args()
    folders = sorted(path for path in arguments.sets.iterdir() if (path / "qrels.tsv").exists())
    subprocess.run(["swift", "build", "-c", "release", "--product", "QueryHarness"], cwd=HERE, check=True)
    with tempfile.TemporaryDirectory() as temporary:
        data = arguments.data or temporary
        temporary = pathlib.Path(temporary)
        documents = corpus(folders, arguments.chunks)
        (temporary / "corpus.jsonl").write_text("".join(json.dumps(item) + "\n" for item in documents))
        (temporary / "queries.jsonl").write_text(json.dumps({"_id": "1", "text": documents[0]["text"][:80]}) + "\n")
        (temporary / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n1\t{documents[0]['_id']}\t1\n")
        subprocess.run([arguments.program, "eval", "--corpus", temporary / "corpus.jsonl", "--queries",
                        temporary / "queries.jsonl", "--qrels", temporary / "qrels.tsv", "--mode", "lexical", "--data", data],
                       check=True, capture_output=True)
        done = subprocess.run(
            [HERE / ".build/release/QueryHarness", f"{data}/courses/evaluation.sqlite", arguments.model], check=True,
            input="\n".join(questions(folders, arguments.questions)) + "\n", capture_output=True, text=True)
    head, *rows = done.stdout.splitlines()
    chunks, *steps = head.split()
    print(f"{chunks}, {len(rows) - 20} questions, milliseconds")
    for step, values in zip(steps, zip(*([int(value) / 1000 for value in row.split()] for row in rows[20:]))):
        print(f"{step:12}  p50 {statistics.median(values):6.2f}  p95 {statistics.quantiles(values, n=20)[18]:6.2f}")


if __name__ == "__main__":
    main()
