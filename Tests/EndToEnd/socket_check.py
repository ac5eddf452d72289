"""A student's question from POST to the last event, with an independent client: urllib and `websockets`.

    python Tests/EndToEnd/socket_check.py PATH-TO-gepeto [--questions N]

Starts the real program on a free port with a data folder of its own, loads corpus/, asks questions of
corpus/questions.jsonl and holds every event against the contract: seq without gap or repeat, deltas that add up to the
answer, exactly one terminal event, quotes that stand verbatim in their passage; then replays the log on a second
connection, reads the history, and ends the server with SIGTERM while answers are under way. Prints one line a step.
"""

import argparse
import asyncio
import json
import pathlib
import tempfile
import time

import websockets

from harness import (COURSE, TERMINAL, Server, call, check, clean_environment, corpus_questions, end_with,
                     events_until_over, ingest_corpus, text_of)


async def ask_all(server, questions):
    """Asks each question over HTTP and follows it on the socket; returns counts for the report."""
    status, first, _ = call(server.url + "/api/courses")
    check(status == 200 and [c["id"] for c in first["courses"]] == [COURSE], f"courses: {first}")
    seen, answered, refused, citations = [], 0, 0, 0
    async with websockets.connect(server.socket, subprotocols=["gepeto.v1"]) as socket:
        hello = json.loads(await socket.recv())
        check(hello["event"] == "connected" and hello["status"] == "connected", f"first frame: {hello}")
        session, epoch = hello["sessionId"], hello["epoch"]
        for question in questions:
            status, receipt, headers = call(
                server.url + "/api/chat", {"message": question["question"], "sessionId": session})
            check(status == 202, f"{status} {receipt}")
            check(receipt["status"] == "queued" and receipt["sessionId"] == session, f"receipt {receipt}")
            own = await events_until_over(socket, receipt["jobId"], seen)
            last = own[-1]
            check(last["event"] == "message_completed", f"{question['id']}: {last}")
            check(last["content"] == text_of(own), f"{question['id']}: the deltas do not add up to the answer")
            check([e["event"] in TERMINAL for e in own].count(True) == 1, "more than one terminal event")
            for citation in last["citations"]:
                citations += 1
                check(citation["quote"] in citation["passage"], f"{question['id']}: quote not verbatim")
                check(f"[{citation['marker']}]" in last["content"], "a citation without its marker")
            answered += bool(last["citations"])
            refused += not last["grounded"] and not last["citations"]
            status, job, _ = call(f"{server.url}/api/jobs/{receipt['jobId']}")
            check(status == 200 and job["answer"]["content"] == last["content"], f"job: {job}")
    numbered = [event["seq"] for event in seen if "seq" in event]
    check(numbered == list(range(numbered[0], numbered[0] + len(numbered))), f"seq has gaps or repeats: {numbered[:50]}")

    middle = numbered[len(numbered) // 2]
    async with websockets.connect(f"{server.socket}?sessionId={session}&after={middle}") as socket:
        again = json.loads(await socket.recv())
        check(again["epoch"] == epoch and again["resumedFrom"] == middle, f"resume: {again}")
        replay = [json.loads(await asyncio.wait_for(socket.recv(), 10)) for _ in range(numbered[-1] - middle)]
        check(replay == [event for event in seen if event.get("seq", 0) > middle], "the replay differs from what was sent")
    return answered, refused, citations, session


def ask_badly(server):
    """Bad input gets its status and a problem document; returns how many cases were tried."""
    cases = [
        ({"message": "  "}, 400), ({"message": ""}, 400), ({}, 400), ({"message": 5}, 400), ([], 400), (b"{", 400),
        (b"\xff\xfe", 400), ({"message": "x" * 8_001}, 400), ({"message": "x", "course": "../etc"}, 400),
        ({"message": "x", "course": "nothing"}, 404), ({"message": "x", "sessionId": "0" * 32}, 404),
        ({"message": "x", "conversationId": "0" * 32}, 404), ({"message": "x", "mode": "shout"}, 400),
        ({"message": "x" * (1 << 20)}, 413),
    ]
    for body, expected in cases:
        status, problem, headers = call(server.url + "/api/chat", body)
        check(status == expected, f"{str(body)[:60]}: {status}, not {expected}: {problem}")
        check(headers["Content-Type"].startswith("application/problem+json"), f"{str(body)[:60]}: {headers['Content-Type']}")
        check(problem["status"] == expected and problem["title"] and problem["detail"], f"problem: {problem}")
    for path, expected in [("/api/nothing", 404), ("/api/jobs/" + "0" * 32, 404), ("/api/courses/algoritmos/search", 400)]:
        status, problem, _ = call(server.url + path)
        check(status == expected and problem["status"] == expected, f"{path}: {status} {problem}")
    status, _, headers = call(server.url + "/api/chat", method="PUT", body={})
    check(status == 405 and "POST" in headers["Allow"], f"PUT: {status}")
    status, _, _ = call(server.url + "/api/health", headers={"Host": "evil.example"})
    check(status in (400, 403, 421), f"a foreign Host: {status}")
    return len(cases) + 5


async def drain(server, session):
    """Ends the server while answers are under way: exit code 0, sockets told 1001."""
    async with websockets.connect(f"{server.socket}?sessionId={session}") as socket:
        for _ in range(4):
            call(server.url + "/api/chat", {"message": "O que é recursão e quando ela termina?", "sessionId": session})
        server.terminate()
        try:
            async with asyncio.timeout(40):
                while True:
                    await socket.recv()
        except websockets.ConnectionClosed as closed:
            check(closed.rcvd is not None and closed.rcvd.code == 1001, f"closed with {closed.rcvd}")
    code = server.process.wait(timeout=40)
    check(code == 0, f"exit code {code} after SIGTERM: {server.log()[-2000:]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--questions", type=int, default=12)
    arguments = parser.parse_args()
    questions = corpus_questions()
    answerable = [q for q in questions if q["kind"] == "answerable"][: arguments.questions]
    unanswerable = [q for q in questions if q["kind"] == "unanswerable"][:3]
    environment = clean_environment(GEPETO_LOG_LEVEL="warning")
    with tempfile.TemporaryDirectory() as folder:
        data, log = str(pathlib.Path(folder, "data")), pathlib.Path(folder, "log")
        start = time.monotonic()
        ingest_corpus(arguments.program, data, environment)
        print(f"ingested corpus/ in {time.monotonic() - start:.1f} s")
        server = Server(arguments.program, data, environment, log)
        try:
            answered, refused, citations, session = asyncio.run(ask_all(server, answerable + unanswerable))
            print(f"{len(answerable) + len(unanswerable)} questions over HTTP and WebSocket: {answered} with citations "
                  f"({citations} verbatim quotes), {refused} refused; seq, deltas, replay and job route agree")
            check(answered >= len(answerable) * 0.8, f"only {answered} of {len(answerable)} were answered")
            print(f"{ask_badly(server)} bad requests: each with its status and a problem document")
            asyncio.run(drain(server, session))
            print("SIGTERM with answers under way: sockets told 1001, exit code 0")
            server = Server(arguments.program, data, environment, log)
            deadline = time.monotonic() + 60
            while True:
                _, history, _ = call(server.url + "/api/conversations")
                messages = [call(f"{server.url}/api/conversations/{c['id']}/messages?limit=100")[1]["messages"]
                            for c in history["conversations"]]
                if all(m and m[-1]["role"] == "assistant" for m in messages):
                    break
                check(time.monotonic() < deadline, "a question accepted before SIGTERM has no answer after the restart")
                time.sleep(0.1)
            print(f"after a restart all {len(messages)} newest conversations end in an answer")
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
