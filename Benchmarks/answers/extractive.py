"""Whether extractive answers hold the known answers: the whole path, through the program.

    python Benchmarks/answers/extractive.py PATH-TO-gepeto --sets FOLDER [--only SET] [--sample N]

FOLDER holds squad, squad-pt and faquad: corpus.jsonl, queries.jsonl, qrels.tsv and answers.jsonl ({"_id", "doc", "answers"})
each. A set is indexed once by `gepeto eval --data`, served without a language model, and asked over HTTP: all questions,
or N of them drawn with a fixed seed. An answer counts when its quotes, put together, hold a known answer as whole words, after
case, accents, punctuation and articles are taken away; a refusal counts as wrong. Rows: of squad and squad-pt the tuning
part (articles whose name has an even hash, as in Benchmarks/retrieval/measure.py), the rest, and all.

`first 3` is containment within the first three quotes, `sentences` and `characters` are means over the answers given, `over 3`
the share of answers of more than three sentences, `in passages` the share of questions whose known answer stands in a passage that was
offered to the answerer, `verbatim` the share of quotes that stand word for word in the passage of their marker, white space aside.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import tempfile
import unicodedata
import urllib.parse

from measure import ask, call

ARTICLES = set("a an the o os as um uma uns umas".split())
# Sentences in hand at once.
CLIENTS = 4


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def is_tuning(passage):
    return hashlib.sha256(passage.split("#")[0].encode()).digest()[-1] % 2 == 0


def normal(text):
    plain = unicodedata.normalize("NFKD", text.lower())
    found = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(word for word in found if word not in ARTICLES)


def holds(text, answers):
    text = f" {normal(text)} "
    return any(normal(answer) and f" {normal(answer)} " in text for answer in answers)


def quotes(content):
    """(text, marker) of an extractive answer, whose first line is no quote."""
    parts = re.split(r"[ \n]\[(\d+)\](?=\s|$)", content.partition("\n\n")[2])
    return [(text.strip(), int(marker)) for text, marker in zip(parts[::2], parts[1::2])]


def plain(text):
    """What quoting may change: line breaks, marks of lists, brackets of the text's own markers, back-ticks."""
    return re.sub(r"[\s`()\[\]]+", "", text)


def look(url, item, passages):
    job, _ = ask(url, item["text"])
    answer = job["answer"]
    found = call(f"{url}/api/courses/evaluation/search?k={passages}&q={urllib.parse.quote(item['text'])}")
    offered = " \n ".join(passage["text"] for passage in found["passages"])
    given = quotes(answer["content"]) if answer["citations"] else []
    texts = [text for text, _ in given]
    sources = {citation["marker"]: plain(citation["passage"]) for citation in answer["citations"]}
    return {
        "doc": item["doc"], "held": holds(" ".join(texts), item["answers"]), "first": holds(" ".join(texts[:3]), item["answers"]),
        "offered": holds(offered, item["answers"]), "refused": not given, "sentences": len(given),
        "characters": sum(map(len, texts)), "verbatim": [plain(re.sub(r"^[-*+•] ", "", text)) in sources.get(marker, "")
                                                         for text, marker in given]}


def row(name, results):
    given = [r for r in results if not r["refused"]]
    true = [v for r in given for v in r["verbatim"]]

    def share(key):
        return sum(r[key] for r in results) / len(results)

    print(f"{name:20}{len(results):>6}{share('held'):>8.3f}{share('first'):>8.3f}{share('offered'):>12.3f}{share('refused'):>9.3f}"
          f"{statistics.mean(r['sentences'] for r in given):>10.2f}{sum(r['sentences'] > 3 for r in given) / len(given):>8.3f}"
          f"{statistics.mean(r['characters'] for r in given):>11.0f}{sum(true) / len(true):>9.4f}", flush=True)


def measure(arguments, folder):
    known = {item["_id"]: item for item in lines(folder / "answers.jsonl")}
    items = [item | known[item["_id"]] for item in lines(folder / "queries.jsonl") if item["_id"] in known]
    if arguments.sample and arguments.sample < len(items):
        items = random.Random(7).sample(items, arguments.sample)
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")} | {
        "GEPETO_LOG_LEVEL": "error", "GEPETO_RATE_PER_MINUTE": "1000000", "GEPETO_RATE_BURST": "1000000",
        "GEPETO_JOBS_PER_USER": str(CLIENTS), "GEPETO_LLM": "extractive"}
    with tempfile.TemporaryDirectory() as data:
        subprocess.run(
            [arguments.program, "eval", "--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl",
             "--qrels", folder / "qrels.tsv", "--mode", "lexical", "--data", data],
            env=environment, capture_output=True, check=True)
        server = subprocess.Popen([arguments.program, "serve", "--port", "0", "--data", data], env=environment,
                                  stdout=subprocess.PIPE, text=True)
        try:
            url = re.search(r"http://\S+", server.stdout.readline()).group()
            with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
                results = list(pool.map(lambda item: look(url, item, arguments.passages), items))
        finally:
            server.terminate()
            server.wait()
    if folder.name.startswith("squad"):
        row(folder.name + " (tuning)", [r for r in results if is_tuning(r["doc"])])
        row(folder.name + " (rest)", [r for r in results if not is_tuning(r["doc"])])
    row(folder.name, results)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--only", help="the name of one set")
    parser.add_argument("--sample", type=int, help="so many questions of each set")
    parser.add_argument("--passages", type=int, default=6, help="that the answerer is offered")
    arguments = parser.parse_args()
    print(f"{'set':20}{'asked':>6}{'holds':>8}{'first 3':>8}{'in passages':>12}{'refused':>9}{'sentences':>10}{'over 3':>8}"
          f"{'characters':>11}{'verbatim':>9}")
    for folder in sorted(path for path in arguments.sets.iterdir() if (path / "answers.jsonl").exists()):
        if arguments.only in (None, folder.name) and "answers" in lines(folder / "answers.jsonl")[0]:
            measure(arguments, folder)


if __name__ == "__main__":
    main()
