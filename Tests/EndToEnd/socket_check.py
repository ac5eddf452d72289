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
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import websockets

ROOT = pathlib.Path(__file__).resolve().parents[2]
TERMINAL = ("message_completed", "error")


class Failed(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Failed(what)


def call(url, body=None, method=None, headers=None):
    """Status, JSON body and headers of one request."""
    data = None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
    request = urllib.request.Request(url, data=data, method=method or ("GET" if data is None else "POST"))
    if data is not None:
        request.add_header("Content-Type", "application/json")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b"null"), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null"), error.headers


class Server:
    """The program, serving on a port of its own choice."""

    def __init__(self, program, data, environment):
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--data", data], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=ROOT, env=environment)
        line = self.process.stdout.readline()
        check("http://" in line, f"the server did not start: {line!r} {self.process.stderr.read() if not line else ''}")
        self.url = "http://" + line.split("http://")[1].split()[0].rstrip("/")
        self.socket = self.url.replace("http", "ws") + "/api/ws"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)


async def events_until_over(socket, job, seen):
    """Collects events of all jobs into `seen` until `job` is over; returns that job's events."""
    async with asyncio.timeout(60):
        while not any(e.get("jobId") == job and e["event"] in TERMINAL for e in seen):
            seen.append(json.loads(await socket.recv()))
    return [event for event in seen if event.get("jobId") == job]


def text_of(events):
    """The answer as a client shows it: deltas of the newest (attempt, stream), by index."""
    newest, pieces = (0, 0), {}
    for event in events:
        if event["event"] != "message_delta":
            continue
        place = (event["attempt"], event["stream"])
        if place > newest:
            newest, pieces = place, {}
        if place == newest:
            pieces[event["index"]] = event["content"]
    check(sorted(pieces) == list(range(len(pieces))) or sorted(pieces) == list(range(1, len(pieces) + 1)),
          f"delta indexes have gaps: {sorted(pieces)}")
    return "".join(pieces[index] for index in sorted(pieces))


async def ask_all(server, questions):
    """Asks each question over HTTP and follows it on the socket; returns counts for the report."""
    status, first, _ = call(server.url + "/api/courses")
    check(status == 200 and [c["id"] for c in first["courses"]] == ["algoritmos"], f"courses: {first}")
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
        server.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(40):
                while True:
                    await socket.recv()
        except websockets.ConnectionClosed as closed:
            check(closed.rcvd is not None and closed.rcvd.code == 1001, f"closed with {closed.rcvd}")
    code = server.process.wait(timeout=40)
    check(code == 0, f"exit code {code} after SIGTERM: {server.process.stderr.read()[-2000:]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--questions", type=int, default=12)
    arguments = parser.parse_args()
    questions = [json.loads(line) for line in (ROOT / "corpus/questions.jsonl").read_text().splitlines()]
    answerable = [q for q in questions if q["kind"] == "answerable"][: arguments.questions]
    unanswerable = [q for q in questions if q["kind"] == "unanswerable"][:3]
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("GEPETO_") and not name.endswith("_API_KEY")}
    environment |= {"GEPETO_LOG_LEVEL": "warning", "GEPETO_RATE_PER_MINUTE": "100000", "GEPETO_RATE_BURST": "1000"}
    with tempfile.TemporaryDirectory() as data:
        start = time.monotonic()
        done = subprocess.run([arguments.program, "ingest", "corpus", "--course", "algoritmos", "--data", data],
                              cwd=ROOT, env=environment, capture_output=True, text=True)
        check(done.returncode == 0, f"ingest: {done.stdout}{done.stderr}")
        print(f"ingested corpus/ in {time.monotonic() - start:.1f} s")
        server = Server(arguments.program, data, environment)
        try:
            answered, refused, citations, session = asyncio.run(ask_all(server, answerable + unanswerable))
            print(f"{len(answerable) + len(unanswerable)} questions over HTTP and WebSocket: {answered} with citations "
                  f"({citations} verbatim quotes), {refused} refused; seq, deltas, replay and job route agree")
            check(answered >= len(answerable) * 0.8, f"only {answered} of {len(answerable)} were answered")
            print(f"{ask_badly(server)} bad requests: each with its status and a problem document")
            asyncio.run(drain(server, session))
            print("SIGTERM with answers under way: sockets told 1001, exit code 0")
            server = Server(arguments.program, data, environment)
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
            if server.process.poll() is None:
                server.stop()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        sys.exit(1)
