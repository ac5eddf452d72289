"""Resident memory of `gepeto serve` with a large course, the model included.

    python Benchmarks/retrieval/memory.py PATH-TO-gepeto COURSE.sqlite --sets FOLDER [--questions 300]

COURSE.sqlite is a course of any size, such as `query.py --folder` leaves (course-20000.sqlite). Asks the sets' questions
by turns through `/api/courses/…/search` and every tenth through `/api/chat`, four at a time. Prints megabytes: just after
the start, after the questions, and the most at any moment.
"""

import argparse
import concurrent.futures
import pathlib
import shutil
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests/EndToEnd"))
from harness import Server, call, clean_environment

from query import questions


def megabytes(process, field):
    for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("course", type=pathlib.Path)
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--questions", type=int, default=300)
    arguments = parser.parse_args()
    folders = sorted(path for path in arguments.sets.iterdir() if (path / "qrels.tsv").exists())
    with tempfile.TemporaryDirectory() as data:
        (pathlib.Path(data) / "courses").mkdir()
        shutil.copy(arguments.course, f"{data}/courses/large.sqlite")
        environment = clean_environment() | {"GEPETO_RATE_PER_MINUTE": "1000000", "GEPETO_RATE_BURST": "1000000"}
        server = Server(str(pathlib.Path(arguments.program).resolve()), data, environment, f"{data}/log")
        try:
            started = megabytes(server.process.pid, "VmRSS")

            def ask(item):
                number, question = item
                call(f"{server.url}/api/courses/large/search?k=10&q={urllib.parse.quote(question)}")
                if number % 10 == 0:
                    _, job, _ = call(f"{server.url}/api/chat", {"message": question, "course": "large"})
                    end = time.monotonic() + 60
                    while call(f"{server.url}/api/jobs/{job['jobId']}")[1]["status"] not in ("completed", "failed"):
                        if time.monotonic() > end:
                            raise TimeoutError(question)
                        time.sleep(0.02)

            asked = questions(folders, arguments.questions)
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                list(pool.map(ask, enumerate(asked)))
            print(f"{len(asked)} questions, {arguments.course.stat().st_size / 2**20:.0f} MB of course: resident MB "
                  f"{started:.0f} at the start, {megabytes(server.process.pid, 'VmRSS'):.0f} after, "
                  f"{megabytes(server.process.pid, 'VmHWM'):.0f} at most")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
