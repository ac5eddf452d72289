"""A book as one course: ingest time and memory, and how well its own learning objectives find their sections.

    python Benchmarks/ingest/openstax.py PATH-TO-gepeto FOLDER [--data DIR]

FOLDER holds `chapters/*.md`, `corpus.jsonl` (a section a line), `queries.jsonl` (the learning objectives) and
`qrels.tsv`. The chapters are ingested as staff would upload them; each objective is then asked of `/api/courses/…/search`
and a section is ranked by its best passage, told by the heading the passage stands under. The last line is `gepeto eval`
on corpus.jsonl, where each section is a document: the figure that BM25 on whole sections (0.839) is compared with.
"""

import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests/EndToEnd"))
from harness import Server, call, clean_environment

COURSE = "openstax"


def ingest(program, folder, data):
    """Ingests the chapters; returns the report, wall seconds, CPU seconds and the process's peak of memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen([program, "ingest", folder / "chapters", "--course", COURSE, "--json", "--data", data],
                               env=clean_environment(), stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"gepeto ingest ended with status {status}")
    # wait4 adds up the times of the process and its extractors; its peak is the larger of the two.
    return json.loads(output), time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def judgements(path):
    relevant = {}
    for line in path.read_text().splitlines():
        query, document, score = line.split("\t")[:3] if "\t" in line else line.split()[:3]
        if score.lstrip("-").isdigit() and int(score) > 0:
            relevant.setdefault(query, set()).add(document)
    return relevant


def ndcg(ranked, relevant, depth=10):
    gain = sum(1 / math.log2(place + 2) for place, section in enumerate(ranked[:depth]) if section in relevant)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(depth, len(relevant))))


def ask(server, folder):
    """nDCG@10, recall@5, hit@1 and the median milliseconds of a search."""
    sections = {}
    for section in lines(folder / "corpus.jsonl"):
        sections.setdefault(section["title"].strip(), section["_id"])
    relevant = judgements(folder / "qrels.tsv")
    gains, recalls, hits, times = [], [], [], []
    for query in lines(folder / "queries.jsonl"):
        if query["_id"] not in relevant:
            continue
        start = time.monotonic()
        address = f"{server.url}/api/courses/{COURSE}/search?k=50&q={urllib.parse.quote(query['text'])}"
        _, found, _ = call(address)
        times.append(time.monotonic() - start)
        ranked = []
        for passage in found["passages"]:
            # A section is called "Chapter — Section"; the path of a passage begins with these two headings.
            headings = passage.get("section", "").split(" › ")
            section = sections.get(" — ".join(headings[:2]))
            if section and section not in ranked:
                ranked.append(section)
        wanted = relevant[query["_id"]]
        gains.append(ndcg(ranked, wanted))
        recalls.append(len(wanted & set(ranked[:5])) / len(wanted))
        hits.append(bool(ranked) and ranked[0] in wanted)
    count = len(gains)
    return sum(gains) / count, sum(recalls) / count, sum(hits) / count, sorted(times)[count // 2] * 1000, count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    with tempfile.TemporaryDirectory() as data:
        report, wall, cpu, memory = ingest(program, arguments.folder, data)
        files = [file["document"] for file in report["files"]]
        size = sum(path.stat().st_size for path in (arguments.folder / "chapters").iterdir())
        chunks = sum(file["chunks"] for file in files)
        print(f"ingest: {len(files)} chapters, {size / 1e6:.2f} MB, {chunks} chunks in {wall:.1f} s "
              f"({cpu:.1f} s of processor time, {chunks / wall:.0f} chunks/s)")
        print(f"memory: at most {memory:.0f} MB in one process; extractors "
              f"{max(file['peakMemory'] for file in files) / 1e6:.0f} MB; "
              f"sentences found again {sum(f['selfCheck']['found'] for f in files)}/"
              f"{sum(f['selfCheck']['sentences'] for f in files)}")
        server = Server(program, data, clean_environment(), f"{data}/log")
        try:
            quality, recall, hit, median, count = ask(server, arguments.folder)
            print(f"chapters, {count} objectives: nDCG@10 {quality:.3f}, recall@5 {recall:.3f}, hit@1 {hit:.3f}; "
                  f"a search takes {median:.1f} ms (median, with HTTP)")
        finally:
            server.stop()
    done = subprocess.run(
        [program, "eval", "--corpus", arguments.folder / "corpus.jsonl", "--queries", arguments.folder / "queries.jsonl",
         "--qrels", arguments.folder / "qrels.tsv", "--all-modes"],
        env=clean_environment(), capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        result = json.loads(line)
        mode = "fused" if result["mode"] == "hybrid" and not result["reranked"] else result["mode"]
        print(f"sections as documents, {mode}: nDCG@10 {result['ndcg@10']:.3f}, "
              f"recall@5 {result['recall@5']:.3f}")


if __name__ == "__main__":
    main()
