"""kill -9 at random moments of an ingest: each document is then wholly in its old or wholly in its new version.

    python Tests/EndToEnd/kill_check.py PATH-TO-gepeto [--kills N] [--seed N]

A small folder goes back and forth between two versions (texts change, files are renamed, copied, exchanged, added and
removed). Each time `gepeto ingest` is started on it and its process group is killed with SIGKILL after a random time.
After each kill: the course file is sound (SQLite's own checks, and the index of words read byte by byte), every document has
the chunks, vectors and indexed words that a clean run of one of the versions made of its content, its report and its original
are there, nothing else is indexed, and no process is left behind. At the end a run that nobody kills must give what a clean run gives. Prints one line.
"""

import argparse
import array
import ctypes
import hashlib
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

from harness import ROOT, check, clean_environment, end_with
from postings import indexed

COURSE = "killed"
# Texts that are read within milliseconds and two PDFs, which a further program reads.
TEXTS = ["03-recursao.md", "06-searching-and-hashing.md", "08-trees.md", "09-grafos.md", "13-glossario.md",
         "11-python-lab-guide.txt", "14-exam-guide.html"]
PDFS = ["17-trabalho-final.pdf", "05-ordenacao.pdf"]
PR_SET_CHILD_SUBREAPER = 36
LEFT_BEHIND_SECONDS = 5


def write_versions(folder):
    """Two folders of documents, `old` and `new`."""
    corpus = {name: (ROOT / "corpus" / name).read_bytes() for name in TEXTS + PDFS}
    old = {"slides.pdf": corpus[PDFS[0]], "renamed-before.md": corpus[TEXTS[0]], "removed.md": corpus[TEXTS[1]],
           "changed.md": corpus[TEXTS[2]], "left.md": corpus[TEXTS[3]], "right.md": corpus[TEXTS[4]],
           "same.html": corpus[TEXTS[6]]}
    changed = old["changed.md"].replace(b"tree", b"rooted tree") + b"\n\nA last paragraph about leaves and their parents.\n"
    new = {"slides.pdf": corpus[PDFS[1]], "deep/renamed-after.md": old["renamed-before.md"], "changed.md": changed,
           "left.md": old["right.md"], "right.md": old["left.md"], "same.html": old["same.html"],
           "same2.html": old["same.html"], "added.txt": corpus[TEXTS[5]]}
    for version, files in (("old", old), ("new", new)):
        for name, content in files.items():
            path = folder / version / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def show(folder, version, documents):
    """Makes the ingested folder hold this version."""
    shutil.rmtree(documents, ignore_errors=True)
    shutil.copytree(folder / version, documents)


def start(program, documents, data):
    return subprocess.Popen(
        [program, "ingest", documents, "--course", COURSE, "--remove-vanished", "--data", data],
        env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def run(program, documents, data):
    process = start(program, documents, data)
    _, errors = process.communicate(timeout=120)
    check(process.returncode == 0, f"an ingest that nobody killed: {errors.decode()}")


def wait_for_orphans():
    """Waits until no descendant of a killed ingest is left; returns how long that took.

    This process is the reaper of all its descendants' orphans, so none can hide.
    """
    start_time = time.monotonic()
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return time.monotonic() - start_time
        if pid == 0:
            check(time.monotonic() - start_time < LEFT_BEHIND_SECONDS, "a process is left behind after a kill")
            time.sleep(0.002)


def contents(data):
    """What the course holds: path to (title, hash), and hash to (chunk rows with their words, vectors); checks the file."""
    connection = sqlite3.connect(f"{data}/courses/{COURSE}.sqlite")
    try:
        check(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "integrity_check")
        check(not connection.execute("PRAGMA foreign_key_check").fetchall(), "foreign_key_check")
        index = indexed(connection)
        paths, parts, all_chunks = {}, {}, 0
        rows = connection.execute(
            "SELECT key, path, title, content_hash, chunk_count, report FROM document").fetchall()
        for key, path, title, content_hash, count, report in rows:
            chunks = connection.execute(
                'SELECT ordinal, text, section, first_page, last_page, start, "end", place, recognised, embedding, chunk.id '
                "FROM chunk JOIN vector ON vector.chunk_id = chunk.id WHERE document_key = ? ORDER BY ordinal",
                [key]).fetchall()
            check(len(chunks) == count and [row[0] for row in chunks] == list(range(count)),
                  f"{path}: {len(chunks)} chunks with vectors, {count} promised")
            check(report, f"{path} has no report")
            original = pathlib.Path(f"{data}/originals/{content_hash}")
            check(original.exists() and hashlib.sha256(original.read_bytes()).hexdigest() == content_hash,
                  f"{path}: its original is missing or not whole")
            paths[path] = (title, content_hash)
            all_chunks += count
            words = [index.pop(row[-1], (0, {})) for row in chunks]
            parts[content_hash] = ([(*row[:-2], *said) for row, said in zip(chunks, words)], [row[-2] for row in chunks])
        check(not index, f"{len(index)} chunks are indexed that are not there")
        for table in ("chunk", "vector"):
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            check(found == all_chunks, f"{found} rows in {table}, {all_chunks} of documents")
        return paths, parts
    finally:
        connection.close()


def is_near(left, right):
    """Equal but for the last bits: which texts share a pass may change the order of sums."""
    left, right = array.array("f", left), array.array("f", right)
    return len(left) == len(right) and all(abs(a - b) < 1e-4 for a, b in zip(left, right))


def compare(paths, parts, clean):
    """Every document is one that a clean run made. Returns the versions that are found."""
    versions = set()
    for path, (title, content_hash) in paths.items():
        of = [version for version, (paths, _) in clean.items() if paths.get(path) == (title, content_hash)]
        # Of a file that was renamed, the document may be met under the name of either version.
        check(of or any(content_hash in parts for _, parts in clean.values()), f"{path} is of no version")
        versions.update(of if len(of) == 1 else [])
        rows, vectors = parts[content_hash]
        expected_rows, expected_vectors = next(p[content_hash] for _, p in clean.values() if content_hash in p)
        check(rows == expected_rows, f"{path}: its chunks are not those of a clean run")
        check(all(a == b or is_near(a, b) for a, b in zip(vectors, expected_vectors)), f"{path}: other vectors")
    return versions


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    numbers = random.Random(arguments.seed)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        documents, data = f"{scratch}/documents", f"{scratch}/data"
        write_versions(folder)
        clean = {}
        for version in ("new", "old"):
            show(folder, version, documents)
            run(program, documents, f"{scratch}/{version}-data")
            clean[version] = contents(f"{scratch}/{version}-data")
        show(folder, "old", documents)
        run(program, documents, data)
        show(folder, "new", documents)
        before = time.monotonic()
        run(program, documents, data)
        whole = time.monotonic() - before

        mixed, kills, late, longest = 0, 0, 0, 0.0
        while kills < arguments.kills:
            check(late <= 4 * arguments.kills, "the ingest is nearly always over before it is killed")
            show(folder, ("old", "new")[(kills + late) % 2], documents)
            process = start(program, documents, data)
            time.sleep(numbers.random() * whole)
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            if process.wait() == 0:
                # It was over before: the next kill shall come sooner.
                late, whole = late + 1, whole * 0.9
            else:
                kills += 1
            process.stderr.close()
            longest = max(longest, wait_for_orphans())
            paths, parts = contents(data)
            mixed += len(compare(paths, parts, clean)) > 1
        for version in ("old", "new"):
            show(folder, version, documents)
            run(program, documents, data)
            paths, parts = contents(data)
            check(paths == clean[version][0], f"the final run of the {version} version is not a clean one: {paths}")
            compare(paths, parts, {version: clean[version]})
    print(f"kill_check: {kills} kills ({late} more came too late), {mixed} times documents of both versions; "
          f"no process left after {longest:.2f} s; the course was whole each time, and at the end as after a clean run")
    return 0


if __name__ == "__main__":
    end_with(main)
