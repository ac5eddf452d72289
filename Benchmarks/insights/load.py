"""What insights cost over many questions: the route, the way not taken, and what a question's commit pays.

    python Benchmarks/insights/load.py PATH-TO-gepeto [--questions 100000] [--keep DIR]

Fills a store with questions of one course over 90 days (a tenth refused, of the newest 2,000 of those topics are made; answers of
4 kB), in Portuguese and English from a seeded list of phrases, then asks
  - `GET /api/courses/algoritmos/insights`, the first time (all vectors to be reckoned), again, and after one more refused question;
  - the same figures derived from the messages' JSON, which is what `course_day` saves;
  - `GET /api/conversations?q=` over an owner's 1,000 conversations of 20 messages;
  - how long the statements take that a question's commit pays for insights.
Needs GEPETO_MODEL_DIR. Times are of one machine; medians of what is asked again.
"""

import argparse
import json
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))
from harness import Server, clean_environment  # noqa: E402

COURSE = "algoritmos"
DAY = 86_400_000
SUBJECTS = ["recursão", "pilhas", "filas", "árvores AVL", "quicksort", "hash tables", "heaps", "Dijkstra", "big O", "grafos",
            "the exam", "a prova final", "o trabalho 2", "pointers", "matrizes", "strings", "greedy algorithms", "backtracking"]
FORMS = ["O que é {}?", "Como funciona {}?", "What is {}?", "How does {} work?", "Quando devo usar {}?", "Why do we need {}?",
         "Qual o custo de {}?", "Pode dar um exemplo de {}?", "When is {} due?", "Explain {} step by step"]


def slot(milliseconds):
    spare = max(0, milliseconds.bit_length() - 5)
    return milliseconds >> spare << spare


def fill(path, count):
    generator = random.Random(27)
    base = {"citations": [{"quote": "x" * 1200, "passage": "y" * 2400, "marker": 1}], "claims": []}
    now = int(time.time() * 1000)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA synchronous = OFF")
        for number in range(count):
            asked = now - 90 * DAY + number * (90 * DAY - 60_000) // count
            took = int(generator.lognormvariate(8, 0.7))
            refused = number % 10 == 0
            outcome = "refused" if refused else generator.choice(["answered"] * 8 + ["ungrounded", "degraded"])
            metadata = {"model": "none" if refused else "m", "provider": "none" if refused else "p", "costUsd": 0.002,
                        "degraded": outcome == "degraded"}
            answer = json.dumps(base | {"grounded": outcome == "answered", "metadata": metadata})
            conversation, user = f"{number // 10:032x}", f"student{number // 10 % 500}"
            if number % 10 == 0:
                file.execute("INSERT INTO conversation VALUES (?, ?, ?, 'title', ?, ?)", (conversation, user, COURSE, asked, asked))
            text = generator.choice(FORMS).format(generator.choice(SUBJECTS)) + f" ({generator.choice(SUBJECTS)})"
            file.execute("INSERT INTO message (id, conversation_id, role, content, job_id, trace_id, created_at) "
                         "VALUES (?, ?, 'user', ?, ?, 't', ?)", (f"q{number}", conversation, text, f"j{number}", asked))
            file.execute("INSERT INTO message (id, conversation_id, role, content, answer, job_id, trace_id, created_at) "
                         "VALUES (?, ?, 'assistant', ?, ?, ?, 't', ?)",
                         (f"a{number}", conversation, "answer " * 60, answer, f"j{number}", asked + took))
            count_question(file, asked, outcome, took)
            if refused:
                file.execute("INSERT INTO gap VALUES (?, ?, ?, ?, 1, NULL)", (f"a{number}", f"q{number}", COURSE, asked))
            if number % 25 == 0:
                file.execute("INSERT INTO feedback VALUES (?, ?, ?, ?, NULL, ?)", (f"a{number}", COURSE, asked, 1 if number % 3 else -1, asked))
        for conversation in range(1000):
            identity = f"f{conversation:031x}"
            file.execute("INSERT INTO conversation VALUES (?, 'local', ?, 'título', ?, ?)", (identity, COURSE, now, now + conversation))
            for message in range(20):
                file.execute("INSERT INTO message (id, conversation_id, role, content, job_id, trace_id, created_at) "
                             "VALUES (?, ?, 'user', ?, 'j', 't', ?)",
                             (f"s{conversation}-{message}", identity, "A árvore é percorrida em ordem. " * 30, now))
    file.close()


def count_question(file, asked, outcome, took):
    file.execute("INSERT INTO course_day VALUES (?, ?, ?, ?, 1, ?) "
                 "ON CONFLICT DO UPDATE SET questions = questions + 1, cost = cost + excluded.cost",
                 (COURSE, asked // DAY, outcome, slot(took), 0.002))


def timed(action):
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def get(url):
    with urllib.request.urlopen(url, timeout=120) as answer:
        return json.loads(answer.read())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    environment = clean_environment(GEPETO_LLM="extractive", GEPETO_LOG_LEVEL="warning")
    with tempfile.TemporaryDirectory() as temporary:
        data = pathlib.Path(arguments.keep or temporary)
        store = data / "gepeto.sqlite"
        if not store.exists():
            data.mkdir(exist_ok=True)
            note = data / "note.md"
            note.write_text("# Ordenação\n\nOrdenar é pôr em ordem: árvores, pilhas e filas.\n")
            subprocess.run([program, "ingest", note, "--course", COURSE, "--data", data], env=environment, check=True, capture_output=True)
            Server(program, str(data), environment, data / "log").stop()
            fill(store, arguments.questions)
        print(f"{arguments.questions} questions, store of {store.stat().st_size >> 20} MiB")

        with sqlite3.connect(store) as file:
            since = int(time.time() * 1000) - 30 * DAY
            times = [timed(lambda: file.execute("""
                SELECT question.created_at / 86400000, json_extract(reply.answer, '$.metadata.provider'),
                    json_extract(reply.answer, '$.grounded'), json_extract(reply.answer, '$.metadata.degraded'),
                    reply.created_at - question.created_at, json_extract(reply.answer, '$.metadata.costUsd')
                FROM message AS reply JOIN conversation ON conversation.id = reply.conversation_id
                JOIN message AS question ON question.conversation_id = reply.conversation_id AND question.job_id = reply.job_id
                    AND question.role = 'user'
                WHERE reply.role = 'assistant' AND conversation.course = ? AND reply.created_at >= ?""", (COURSE, since)).fetchall())
                for _ in range(3)]
            print(f"derived from the messages' JSON, 30 days: {statistics.median(times):.0f} ms")
            file.execute("BEGIN")
            generator = random.Random(1)
            took = timed(lambda: [count_question(file, since + 1000 * n, "answered", int(generator.lognormvariate(8, 0.7)))
                                  for n in range(20_000)])
            file.rollback()
            print(f"counting a question within its transaction: {1000 * took / 20_000:.1f} µs")

        server = Server(program, str(data), environment, data / "log")
        try:
            url = f"{server.url}/api/courses/{COURSE}/insights"
            print(f"insights, first time: {timed(lambda: get(url)):.0f} ms")
            for days in (30, 90, 366):
                report = get(f"{url}?days={days}")
                again = statistics.median(timed(lambda: get(f"{url}?days={days}")) for _ in range(20))
                print(f"insights of {days} days again: {again:.0f} ms ({report['questions']} questions, {len(report['topics'])} topics)")
            with sqlite3.connect(store) as file:
                now = int(time.time() * 1000)
                file.execute("INSERT OR REPLACE INTO gap VALUES ('a1', 'q1', ?, ?, 1, NULL)", (COURSE, now))
            print(f"insights after one more refused question: {timed(lambda: get(url)):.0f} ms")
            for phrase in ("nowhere", "arvore ordem"):
                again = statistics.median(timed(lambda: get(f"{server.url}/api/conversations?q={phrase.replace(' ', '%20')}&limit=20"))
                                          for _ in range(10))
                print(f"search of 1,000 conversations of 20 messages for '{phrase}': {again:.0f} ms")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
