"""Lexical search against tantivy and FTS5: p50 and p99 of one query at a time, the programs by turns.

    pip install tantivy numpy
    python Benchmarks/retrieval/lexical.py --sets FOLDER [--sizes 20000,100000,1000000] [--queries 200] [--limit 50]

FOLDER holds scifact and squad in BEIR form. Texts: passages of both, cut to 40-160 words; beyond as many as there are, a
text is made of two halves of passages drawn at random, a tenth of its words drawn by Zipf's law from all words, and a
word of its own or two (a seeded generator: both sides get the same). Real questions of 3 to 8 words that are no stop
words. tantivy: en_stem, one segment (merged), query objects made beforehand. FTS5: porter, words joined by OR, its own
bm25; at most 20 queries. Ours: as a caller within the program sees it, analysis and thread change included; the last
2,000 texts come as documents of 20 chunks, so that recent postings are searched too.
"""

import argparse
import json
import pathlib
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time

import numpy
import tantivy

HERE = pathlib.Path(__file__).resolve().parent
STOP_WORDS = set(re.search(r"english = set\(\s*\"\"\"(.*?)\"\"\"", (
    HERE / "../../Sources/Support/Text/StopWords.swift").read_text(), re.S).group(1).split())


def passages(sets):
    for name in ("scifact", "squad"):
        for line in open(sets / name / "corpus.jsonl", encoding="utf-8"):
            words = json.loads(line)["text"].split()
            for start in range(0, len(words), 120):
                yield words[start:start + 120]


def questions(sets, count):
    found = []
    for name in ("scifact", "squad"):
        texts = [json.loads(line)["text"] for line in open(sets / name / "queries.jsonl", encoding="utf-8")]
        found.append([text for text in texts if 3 <= len(content(text)) <= 8])
    return [text for pair in zip(*found) for text in pair][:count]


def content(text):
    return list(dict.fromkeys(word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in STOP_WORDS))


def texts(sets, count):
    random = numpy.random.default_rng(3)
    real = [words for words in passages(sets) if len(words) >= 40]
    pool = numpy.array(sorted({word for words in real for word in words}))
    random.shuffle(pool)
    for number in range(count):
        if number < len(real):
            yield " ".join(real[number])
            continue
        first, second = (real[place] for place in random.integers(0, len(real), 2))
        words = first[:len(first) // 2] + second[len(second) // 2:]
        extra = pool[numpy.minimum(random.zipf(1.2, len(words) // 10), len(pool)) - 1]
        yield " ".join([*words, *extra, *(f"q{number}x{n}" for n in range(random.integers(1, 3)))])


class Ours:
    def __init__(self, program, file, path, count):
        self.process = subprocess.Popen([program, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        lines = path.read_text().splitlines(keepends=True)
        self.seconds = 0
        for size, part in ((2_000, lines[:-2_000]), (20, lines[-2_000:])):
            piece = path.with_suffix(".part")
            piece.write_text("".join(part))
            self.seconds += float(self.ask(f"load {size} {piece}"))

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def query(self, text, limit):
        answer = self.ask(f"query {limit} {text}").split()
        return float(answer[0]) / 1000

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Tantivy:
    def __init__(self, folder, path):
        start = time.perf_counter()
        folder.mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="en_stem")
        builder.add_integer_field("id", stored=True)
        self.index = tantivy.Index(builder.build(), path=str(folder))
        writer = self.index.writer(300_000_000, 1)
        for number, line in enumerate(open(path)):
            writer.add_document(tantivy.Document(text=line, id=number))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()
        self.seconds = time.perf_counter() - start

    def query(self, query, limit):
        start = time.perf_counter()
        self.searcher.search(query, limit)
        return (time.perf_counter() - start) * 1000


class FTS5:
    def __init__(self, file, path):
        start = time.perf_counter()
        self.connection = sqlite3.connect(file)
        self.connection.execute("CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2')")
        with self.connection:
            self.connection.executemany("INSERT INTO t VALUES (?)", ((line,) for line in open(path)))
        self.seconds = time.perf_counter() - start

    def query(self, words, limit):
        match = " OR ".join(f'"{word}"' for word in words)
        start = time.perf_counter()
        self.connection.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (match, limit)).fetchall()
        return (time.perf_counter() - start) * 1000


def row(name, times, reference, seconds, size):
    times.sort()
    p50, p99 = statistics.median(times), times[len(times) * 99 // 100]
    print(f"  {name:10}{p50:>9.3f}{p99:>9.3f}{p50 / reference:>9.2f}{seconds:>9.1f}{size / 1e6:>9.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--sizes", default="20000,100000,1000000")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--no-fts5", action="store_true")
    arguments = parser.parse_args()
    program = HERE / ".build/release/LexicalHarness"
    asked = questions(arguments.sets, arguments.queries)
    for size in map(int, arguments.sizes.split(",")):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lexical-"))
        path = folder / "texts.txt"
        with open(path, "w") as file:
            file.writelines(text.replace("\n", " ") + "\n" for text in texts(arguments.sets, size))
        peer = Tantivy(folder / "tantivy", path)
        ours = Ours(program, folder / "course.sqlite", path, size)
        full_text = None if arguments.no_fts5 else FTS5(folder / "fts5.sqlite", path)
        queries = [peer.index.parse_query(" ".join(content(text)), ["text"]) for text in asked]
        times = {"ours": [], "tantivy": [], "fts5": []}
        for number, text in enumerate(asked):
            times["ours"].append(ours.query(text, arguments.limit))
            times["tantivy"].append(peer.query(queries[number], arguments.limit))
            if full_text and number < 20:
                times["fts5"].append(full_text.query(content(text), arguments.limit))
        for number, text in enumerate(asked):
            times["tantivy"].append(peer.query(queries[number], arguments.limit))
            times["ours"].append(ours.query(text, arguments.limit))
        reference = statistics.median(times["tantivy"])
        print(f"{size:,} texts, best {arguments.limit}, {len(asked)} questions twice\n"
              f"  {'':10}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>9}{'build s':>9}{'MB':>9}")
        row("ours", times["ours"], reference, ours.seconds, (folder / "course.sqlite").stat().st_size)
        row("tantivy", times["tantivy"], reference, peer.seconds,
            sum(file.stat().st_size for file in (folder / "tantivy").iterdir()))
        if full_text:
            row("fts5", times["fts5"], reference, full_text.seconds, (folder / "fts5.sqlite").stat().st_size)
        ours.close()
        shutil.rmtree(folder)
    print("peak resident MB of the children:", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)


if __name__ == "__main__":
    main()
