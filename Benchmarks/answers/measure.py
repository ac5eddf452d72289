"""How well the whole path answers the sample course's own questions.

    python Benchmarks/answers/measure.py PATH-TO-gepeto [--verbose]

Serves corpus/ on a free port and asks all of corpus/questions.jsonl over HTTP, follow-ups after the questions of their
history in the same conversation. Prints, by kind: how many were answered, how many cite a document that holds the
answer, how much of the expected passage's words the answer holds (mean), and how many were refused. Uses whatever
language model the environment configures; without a key, the extractive answerer.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unicodedata
import urllib.request
from collections import defaultdict

ROOT = pathlib.Path(__file__).resolve().parents[2]


def call(url, body=None):
    request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def words(text):
    plain = unicodedata.normalize("NFKD", text.lower())
    return set(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def ask(url, message, conversation=None):
    body = {"message": message} | ({"conversationId": conversation} if conversation else {})
    receipt = call(url + "/api/chat", body)
    end = time.monotonic() + 120
    while True:
        job = call(f"{url}/api/jobs/{receipt['jobId']}")
        if job["status"] in ("completed", "failed", "cancelled"):
            return job, receipt["conversationId"]
        if time.monotonic() > end:
            raise TimeoutError(message)
        time.sleep(0.01)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    questions = [json.loads(line) for line in (ROOT / "corpus/questions.jsonl").read_text().splitlines()]
    environment = os.environ | {"GEPETO_LOG_LEVEL": "error", "GEPETO_RATE_PER_MINUTE": "1000000", "GEPETO_RATE_BURST": "1000"}
    rows = defaultdict(list)
    with tempfile.TemporaryDirectory() as data:
        subprocess.run([arguments.program, "ingest", "corpus", "--course", "algoritmos", "--data", data], cwd=ROOT,
                       env=environment, capture_output=True, check=True)
        server = subprocess.Popen([arguments.program, "serve", "--port", "0", "--data", data], cwd=ROOT, env=environment,
                                  stdout=subprocess.PIPE, text=True)
        try:
            url = re.search(r"http://\S+", server.stdout.readline()).group()
            for question in questions:
                conversation = None
                for turn in question["history"]:
                    if turn["role"] == "user":
                        _, conversation = ask(url, turn["content"], conversation)
                job, _ = ask(url, question["question"], conversation)
                answer = job["answer"]
                expected = words(question.get("quote") or "")
                held = len(expected & words(answer["content"])) / len(expected) if expected else 0
                passages = words(" ".join(c["passage"] for c in answer["citations"]))
                reached = len(expected & passages) / len(expected) >= 0.9 if expected else False
                refused = not answer["citations"]
                rows[question["kind"]].append((not refused, reached, held))
                if arguments.verbose:
                    print(question["id"], "refused" if refused else f"{held:.2f}", reached, question["question"])
        finally:
            server.terminate()
            server.wait()
    for kind, results in rows.items():
        count = len(results)
        print(json.dumps({"kind": kind, "questions": count, "answered": sum(r[0] for r in results),
                          "expectedPassageCited": sum(r[1] for r in results),
                          "expectedWordsInAnswer": round(sum(r[2] for r in results) / count, 3),
                          "refused": sum(not r[0] for r in results)}))


if __name__ == "__main__":
    main()
