"""How long a search takes while a book is being ingested into the same course.

    python Benchmarks/ingest/search_during_ingest.py PATH-TO-gepeto --book FOLDER --queries QUERIES.jsonl [--rounds N]

Serves a course that already holds the documents of FOLDER, and asks `/api/courses/…/search` one query after another,
with 20 ms between them, over one connection a query as a browser's first question: first with nothing else going on,
then while `gepeto ingest` (another process) takes FOLDER in again (`--again`: each document is replaced, so each commit
also takes vectors out), then while the server itself ingests uploads of it. The rounds are interleaved, for the machine
may be noisy; the table is over all rounds. Milliseconds, with HTTP.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests/EndToEnd"))
from harness import Server, call, clean_environment

COURSE = "book"
PAUSE = 0.02


def asked_until(server, queries, is_over):
    """Asks until `is_over()`; the seconds that each answer took."""
    times = []
    while not is_over():
        query = queries[len(times) % len(queries)]
        start = time.monotonic()
        status, found, _ = call(f"{server.url}/api/courses/{COURSE}/search?q={urllib.parse.quote(query)}")
        times.append(time.monotonic() - start)
        assert status == 200 and found["passages"], f"{status} {found}"
        time.sleep(PAUSE)
    return times


def with_nothing(server, queries, seconds):
    end = time.monotonic() + seconds
    return asked_until(server, queries, lambda: time.monotonic() > end)


def with_another_process(server, queries, program, book, data):
    process = subprocess.Popen([program, "ingest", book, "--course", COURSE, "--again", "--data", data],
                               env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return asked_until(server, queries, lambda: process.poll() is not None)


def upload(server, files, number):
    for file in files:
        # Another text each time, for the same content is not ingested twice.
        body = file.read_bytes() + f"\n\nRound {number}.\n".encode()
        request = urllib.request.Request(f"{server.url}/api/courses/{COURSE}/documents", data=body, method="POST")
        request.add_header("Content-Type", "application/octet-stream")
        request.add_header("Content-Disposition", f'attachment; filename="upload-{file.name}"')
        urllib.request.urlopen(request, timeout=60).read()


def with_uploads(server, queries, files, number):
    """Within the server's own process; None when it takes no uploads."""
    try:
        upload(server, files, number)
    except urllib.error.HTTPError as error:
        if error.code in (404, 405):
            return None
        raise
    over = threading.Event()

    def wait():
        while True:
            _, found, _ = call(f"{server.url}/api/courses/{COURSE}/documents?limit=1000")
            if all(document["state"] in ("ready", "failed") for document in found["documents"]):
                return over.set()
            time.sleep(0.5)

    threading.Thread(target=wait, daemon=True).start()
    return asked_until(server, queries, over.is_set)


def row(name, times):
    if not times:
        return f"{name:34}  (not possible with this server)"
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
    cells = [1000 * value for value in (cuts[49], cuts[94], cuts[98], max(times))]
    return f"{name:34}{len(times):8}" + "".join(f"{value:9.1f}" for value in cells)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--book", required=True, type=pathlib.Path)
    parser.add_argument("--queries", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    queries = [json.loads(line)["text"] for line in arguments.queries.read_text().splitlines()]
    files = sorted(path for path in arguments.book.iterdir() if path.is_file())
    with tempfile.TemporaryDirectory() as data:
        subprocess.run([program, "ingest", arguments.book, "--course", COURSE, "--data", data], check=True,
                       env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = Server(program, data, clean_environment(), f"{data}/log")
        alone, beside, within = [], [], []
        try:
            with_nothing(server, queries, 2)
            for number in range(arguments.rounds):
                alone += with_nothing(server, queries, 10)
                beside += with_another_process(server, queries, program, arguments.book, data)
                within += with_uploads(server, queries, files, number) or []
        finally:
            server.stop()
    print(f"{'search while':34}{'searches':>8}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}")
    print(row("nothing else goes on", alone))
    print(row("another process ingests the book", beside))
    print(row("the server ingests uploads of it", within))


if __name__ == "__main__":
    main()
