"""nDCG@10 and recall of `gepeto eval` on a folder of evaluation sets in BEIR form, as one table.

    python Benchmarks/retrieval/measure.py PATH-TO-gepeto --sets FOLDER [--only SET] [--whole]

FOLDER holds a folder a set, each with corpus.jsonl, queries.jsonl and qrels.tsv; corpus_pt.jsonl with queries_pt.jsonl
is a set of its own. Documents are cut into chunks as ingestion cuts them; --whole makes one vector a document instead.
`hybrid` is what a search does; `fused` is hybrid without the closer look at the best (docs/decisions/0017-rerank.md).

Weights are chosen on tuning parts alone: scifact's training claims (qrels_train.tsv), and of squad and squad-pt the
questions on articles whose name has an even hash: the last byte of the SHA-256 of what stands before `#` in the passage's
id. Those parts are rows of their own, `tuning`; `rest` is the other articles; a row without either is the whole set.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile


def is_tuning(passage):
    return hashlib.sha256(passage.split("#")[0].encode()).digest()[-1] % 2 == 0


def parts(folder, temporary):
    """The judgements of a set: (name of the part, file)."""
    whole = folder / "qrels.tsv"
    yield "", whole
    if (folder / "qrels_train.tsv").exists():
        yield " (tuning)", folder / "qrels_train.tsv"
    head, *lines = whole.read_text().splitlines(keepends=True)
    if all("#" in line.split("\t")[1] for line in lines):
        for name, wanted in ((" (tuning)", True), (" (rest)", False)):
            file = temporary / f"{folder.name}-{wanted}.tsv"
            file.write_text(head + "".join(line for line in lines if is_tuning(line.split("\t")[1]) == wanted))
            yield name, file


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--only", help="the name of one set")
    parser.add_argument("--whole", action="store_true")
    arguments = parser.parse_args()
    print(f"{'set':28}{'documents':>10}{'chunks':>8}{'queries':>8}  {'mode':9}{'nDCG@10':>8}{'R@5':>7}{'R@10':>7}{'R@100':>7}"
          f"{'MRR@10':>8}{'p50 ms':>8}")
    for folder in sorted(path for path in arguments.sets.iterdir() if (path / "qrels.tsv").exists()):
        if arguments.only and folder.name != arguments.only:
            continue
        for tail in ("", "_pt"):
            corpus, queries = folder / f"corpus{tail}.jsonl", folder / f"queries{tail}.jsonl"
            if corpus.exists() and queries.exists():
                measure(arguments, folder, tail, corpus, queries)


def measure(arguments, folder, tail, corpus, queries):
    with tempfile.TemporaryDirectory() as temporary:
        for part, judgements in parts(folder, pathlib.Path(temporary)):
            # One index for all parts.
            command = [arguments.program, "eval", "--corpus", corpus, "--queries", queries, "--qrels", judgements,
                       "--all-modes", "--data", temporary] + (["--whole"] if arguments.whole else [])
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"{folder.name}{tail}{part}: {done.stderr.strip()}")
            for line in done.stdout.splitlines():
                r = json.loads(line)
                mode = "fused" if r["mode"] == "hybrid" and not r["reranked"] else r["mode"]
                print(f"{folder.name + tail + part:28}{r['documents']:>10}{r['chunks']:>8}{r['queries']:>8}  {mode:9}"
                      f"{r['ndcg@10']:>8.4f}{r['recall@5']:>7.3f}{r['recall@10']:>7.3f}{r['recall@100']:>7.3f}"
                      f"{r['mrr@10']:>8.3f}{r['latencyMsP50']:>8.1f}", flush=True)


if __name__ == "__main__":
    main()
