"""nDCG@10 and recall of `gepeto eval` on a folder of evaluation sets in BEIR form, as one table.

    python Benchmarks/retrieval/measure.py PATH-TO-gepeto --sets FOLDER [--whole]

FOLDER holds a folder a set, each with corpus.jsonl, queries.jsonl and qrels.tsv; corpus_pt.jsonl with queries_pt.jsonl
is a set of its own. Documents are cut into chunks as ingestion cuts them; --whole makes one vector a document instead.
"""

import argparse
import json
import pathlib
import subprocess


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--whole", action="store_true")
    arguments = parser.parse_args()
    print(f"{'set':28}{'documents':>10}{'chunks':>8}{'queries':>8}  {'mode':9}{'nDCG@10':>8}{'R@5':>7}{'R@10':>7}{'R@100':>7}"
          f"{'MRR@10':>8}{'p50 ms':>8}")
    for folder in sorted(path for path in arguments.sets.iterdir() if (path / "qrels.tsv").exists()):
        for tail in ("", "_pt"):
            corpus, queries = folder / f"corpus{tail}.jsonl", folder / f"queries{tail}.jsonl"
            if not corpus.exists() or not queries.exists():
                continue
            command = [arguments.program, "eval", "--corpus", corpus, "--queries", queries, "--qrels", folder / "qrels.tsv",
                       "--all-modes"] + (["--whole"] if arguments.whole else [])
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            for line in done.stdout.splitlines():
                r = json.loads(line)
                print(f"{folder.name + tail:28}{r['documents']:>10}{r['chunks']:>8}{r['queries']:>8}  {r['mode']:9}"
                      f"{r['ndcg@10']:>8.3f}{r['recall@5']:>7.3f}{r['recall@10']:>7.3f}{r['recall@100']:>7.3f}"
                      f"{r['mrr@10']:>8.3f}{r['latencyMsP50']:>8.1f}", flush=True)


if __name__ == "__main__":
    main()
