"""Ingest of text, end to end, beside the embedder alone and beside LangChain with Chroma and the same model.

    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install langchain-chroma langchain-huggingface langchain-text-splitters sentence-transformers
    /tmp/peers/bin/python Benchmarks/ingest/peers.py PATH-TO-gepeto MODEL-FOLDER FILES... [--rounds 3]

FILES are text or Markdown. Each round runs, one after the other and each in a process of its own: `gepeto ingest`; `gepeto
embed` of the very texts that became vectors (the headings above them and the chunk, longest first in the order of the
course); LangChain's RecursiveCharacterTextSplitter (as many characters as a chunk of ours has in the mean), its
HuggingFaceEmbeddings in batches of 32 and a Chroma collection on disk. All on as many threads as they like. The start of
each process (loading the model, importing) is measured by one file of one line and taken off. Prints medians: seconds,
processor seconds, chunks and kilobytes a second; and the ratios by round.
"""

import argparse
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

PEER = """
import pathlib, sys
from langchain_chroma import Chroma
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
model, folder, size, *files = sys.argv[1:]
splitter = RecursiveCharacterTextSplitter(chunk_size=int(size), chunk_overlap=0)
embedder = HuggingFaceEmbeddings(model_name=model, encode_kwargs={"batch_size": 32, "normalize_embeddings": True})
store = Chroma(collection_name="course", embedding_function=embedder, persist_directory=folder)
chunks = 0
for file in files:
    pieces = splitter.create_documents([pathlib.Path(file).read_text()], [{"source": file}])
    store.add_documents(pieces)
    chunks += len(pieces)
print(chunks)
"""


def peer_model(folder, temporary):
    """The model as sentence-transformers wants it, with its pooling: mean, unit length."""
    code = """
import sys
from sentence_transformers import SentenceTransformer, models
word = models.Transformer(sys.argv[1], max_seq_length=256)
SentenceTransformer(modules=[word, models.Pooling(word.get_word_embedding_dimension()), models.Normalize()]).save(sys.argv[2])
"""
    subprocess.run([sys.executable, "-c", code, folder, temporary], check=True, capture_output=True)
    return temporary


def run(command, **options):
    """Seconds, processor seconds and what was printed."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env=os.environ | {
            "HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "GEPETO_LOG_LEVEL": "error"}, **options)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        if status:
            sys.exit(f"{command[0]} ended with status {status}")
        output.seek(0)
        return wall, usage.ru_utime + usage.ru_stime, output.read()


def embedded_texts(course):
    """What became vectors: the headings above a chunk, then its text (`ContextPrefix`), a line each."""
    with sqlite3.connect(f"file:{course}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT title, section, text FROM chunk JOIN document ON key = document_key ORDER BY chunk.id")
        return [" ".join(f"{title} {' '.join(section.split(chr(31)))} {text}".split()) for title, section, text in rows]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    size = sum(pathlib.Path(file).stat().st_size for file in arguments.files)
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        model = peer_model(arguments.model, str(temporary / "model"))
        (temporary / "one.md").write_text("One line.\n")

        def ingest(files, number):
            return run([arguments.program, "ingest", *files, "--course", "c", "--data", temporary / f"data{number}"])

        def embed(lines):
            (temporary / "lines").write_text("\n".join(lines) + "\n")
            with open(temporary / "lines") as source:
                return run([arguments.program, "embed"], stdin=source)

        def chroma(files, number, characters):
            return run([sys.executable, "-c", PEER, model, temporary / f"chroma{number}", str(characters), *files])

        ingest(arguments.files, "first")
        texts = embedded_texts(temporary / "datafirst/courses/c.sqlite")
        characters = size // len(texts)
        print(f"{len(arguments.files)} files, {size / 1e6:.2f} MB, {len(texts)} chunks of {characters} bytes")
        nothing = str(temporary / "one.md")
        starts = [ingest([nothing], "start"), embed(["One line."]), chroma([nothing], "start", characters)]
        rounds = []
        for number in range(arguments.rounds):
            runs = [ingest(arguments.files, number), embed(texts), chroma(arguments.files, number, characters)]
            rounds.append([(max(wall - start[0], 1e-3), max(cpu - start[1], 1e-3), output)
                           for (wall, cpu, output), start in zip(runs, starts)])
        peer_chunks = int(rounds[0][2][2])
        for index, (name, chunks) in enumerate((("gepeto ingest", len(texts)), ("gepeto embed", len(texts)),
                                                ("LangChain + Chroma", peer_chunks))):
            wall = statistics.median(row[index][0] for row in rounds)
            cpu = statistics.median(row[index][1] for row in rounds)
            print(f"{name:20} {wall:7.2f} s {cpu:7.2f} CPU s {chunks:6} chunks {chunks / wall:7.1f} chunks/s "
                  f"{size / 1e3 / wall:8.1f} KB/s (start {starts[index][0]:.2f} s)")
        for index, name in ((1, "the embedder's throughput kept"), (2, "times as fast as LangChain + Chroma")):
            walls = statistics.median(row[index][0] / row[0][0] for row in rounds)
            cpus = statistics.median(row[index][1] / row[0][1] for row in rounds)
            print(f"{name}: {walls:.2f} by the clock, {cpus:.2f} by CPU")


if __name__ == "__main__":
    main()
