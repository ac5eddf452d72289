"""Lexical search against tantivy, bm25s and FTS5: p50 and p99 of one query at a time, the programs by turns.

    pip install tantivy bm25s PyStemmer numpy
    python Benchmarks/retrieval/lexical.py --sets FOLDER [--sizes 20000,100000,1000000] [--queries 200] [--limit 50]

FOLDER holds scifact and squad in BEIR form. Texts: passages of both, cut to 40-160 words; beyond as many as there are, a
text is made of two halves of passages drawn at random, a tenth of its words drawn by Zipf's law from all words, and a
word of its own or two (a seeded generator: all get the same). Real questions of 3 to 8 words that are no stop
words. tantivy: en_stem, as it merges by itself, query objects made beforehand. bm25s: token numbers made beforehand, the best by
argpartition; to 100,000 texts. FTS5: porter, words joined by OR, its own bm25; at most 20 queries, to 100,000 texts.

Ours in three ways. `first`: as a caller within the program sees it, analysis and change of threads included, the words
asked for the first time for the most part, so that their postings come from the file. `caller`: the same when they have
been asked for before. `search`: what tantivy does, so what the ratio is for: within the thread of the database, of a
question whose words are known. The last 2,000 texts come as documents of 20 chunks, so that recent postings are
searched too. With --keep, indexes of tantivy and ours stay in a folder and are taken from there.
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

import bm25s
import numpy
import Stemmer
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
    def __init__(self, program, file, path):
        is_there = file.exists()
        self.process = subprocess.Popen([program, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.seconds = 0
        if is_there:
            return
        lines = path.read_text().splitlines(keepends=True)
        for size, part in ((2_000, lines[:-2_000]), (20, lines[-2_000:])):
            piece = path.with_suffix(".part")
            piece.write_text("".join(part))
            self.seconds += float(self.ask(f"load {size} {piece}"))

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def query(self, text, limit, way="query"):
        return float(self.ask(f"{way} {limit} {text}").split()[0]) / 1000

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Tantivy:
    def __init__(self, folder, path):
        start = time.perf_counter()
        self.seconds = 0
        if folder.exists():
            self.index = tantivy.Index.open(str(folder))
            self.searcher = self.index.searcher()
            return
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


class BM25S:
    """Scores every text; its tokens are its own, about the same."""

    def __init__(self, path):
        start = time.perf_counter()
        self.stemmer = Stemmer.Stemmer("english")
        tokens = bm25s.tokenize(path.read_text().splitlines(), stopwords=[], stemmer=self.stemmer, show_progress=False)
        self.retriever = bm25s.BM25(method="lucene", k1=0.9, b=0.4)
        self.retriever.index(tokens, show_progress=False)
        self.words = tokens.vocab
        self.seconds = time.perf_counter() - start

    def prepare(self, words):
        stems = dict.fromkeys(self.stemmer.stemWords(words))
        return [self.words[stem] for stem in stems if stem in self.words]

    def query(self, tokens, limit):
        start = time.perf_counter()
        scores = self.retriever.get_scores_from_ids(tokens)
        best = numpy.argpartition(-scores, limit)[:limit]
        best[numpy.argsort(-scores[best])]
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


def row(name, times, reference, builder, size):
    times.sort()
    p50, p99 = statistics.median(times), times[len(times) * 99 // 100]
    built = f"{builder.seconds:9.1f}{size / 1e6:9.0f}" if builder and builder.seconds else ""
    print(f"  {name:10}{p50:>9.3f}{p99:>9.3f}{p50 / reference:>9.2f}{built}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--sizes", default="20000,100000,1000000")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--only-tantivy", action="store_true", help="leaves bm25s and FTS5 out, which take long to build")
    arguments = parser.parse_args()
    program = HERE / ".build/release/LexicalHarness"
    asked = questions(arguments.sets, arguments.queries)
    for size in map(int, arguments.sizes.split(",")):
        folder = arguments.keep / str(size) if arguments.keep else pathlib.Path(tempfile.mkdtemp(prefix="lexical-"))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "texts.txt"
        if not path.exists():
            with open(path, "w") as file:
                file.writelines(text.replace("\n", " ") + "\n" for text in texts(arguments.sets, size))
        peer = Tantivy(folder / "tantivy", path)
        ours = Ours(program, folder / "course.sqlite", path)
        others = size <= 100_000 and not arguments.only_tantivy
        scorer = BM25S(path) if others else None
        (folder / "fts5.sqlite").unlink(missing_ok=True)
        full_text = FTS5(folder / "fts5.sqlite", path) if others else None
        queries = [peer.index.parse_query(" ".join(content(text)), ["text"]) for text in asked]
        times = {name: [] for name in ("first", "caller", "search", "tantivy", "bm25s", "fts5")}
        for way in ("first", "caller", "search"):
            for number, text in enumerate(asked):
                times[way].append(ours.query(text, arguments.limit, "search" if way == "search" else "query"))
                times["tantivy"].append(peer.query(queries[number], arguments.limit))
                if scorer:
                    times["bm25s"].append(scorer.query(scorer.prepare(content(text)), arguments.limit))
                if full_text and way == "first" and number < 20:
                    times["fts5"].append(full_text.query(content(text), arguments.limit))
        reference = statistics.median(times["tantivy"])
        print(f"{size:,} texts, best {arguments.limit}, {len(asked)} questions three times\n"
              f"  {'':10}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>9}{'build s':>9}{'MB':>9}")
        bytes_of = {"search": (folder / "course.sqlite").stat().st_size,
                    "tantivy": sum(file.stat().st_size for file in (folder / "tantivy").iterdir()),
                    "fts5": (folder / "fts5.sqlite").stat().st_size if full_text else 0}
        builders = {"search": ours, "tantivy": peer, "bm25s": scorer, "fts5": full_text}
        for name, found in times.items():
            if found:
                row(name, found, reference, builders.get(name), bytes_of.get(name, 0))
        ours.close()
        if not arguments.keep:
            shutil.rmtree(folder)
    print("peak resident MB of the children:", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)


if __name__ == "__main__":
    main()
