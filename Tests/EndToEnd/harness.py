"""What the end-to-end checks share: the real program on a port of its own, requests to it, and events read as a client does."""

import asyncio
import json
import os
import pathlib
import signal
import subprocess
import sys
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
COURSE = "algoritmos"
TERMINAL = ("message_completed", "error")


class Failed(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Failed(what)


def end_with(main):
    """Ends the process with what `main` returns, or with 1 and a sentence when something did not hold."""
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        sys.exit(1)


def clean_environment(**settings):
    """This process's environment without what configures gepeto or its providers, and with `settings` instead. Providers
    are asked for answers alone: their calls are counted, and rewritings are calls too."""
    own = ("_API_KEY", "_BASE_URL", "_MODEL")
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("GEPETO_", "OTEL_", "ECS_")) and not name.endswith(own)}
    return environment | {"GEPETO_RATE_PER_MINUTE": "100000", "GEPETO_RATE_BURST": "1000", "GEPETO_REWRITE": "off"} | settings


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


def ingest_corpus(program, data, environment):
    done = subprocess.run([program, "ingest", "corpus", "--course", COURSE, "--data", data], cwd=ROOT, env=environment,
                          capture_output=True, text=True)
    check(done.returncode == 0, f"ingest: {done.stdout}{done.stderr}")


def corpus_questions():
    return [json.loads(line) for line in (ROOT / "corpus/questions.jsonl").read_text().splitlines()]


class Server:
    """The program, serving on `port` or one of its own choice; what it writes to stderr is appended to `log_path`.

    `says` is in its first line when it is up: a worker alone has no address to say.
    """

    def __init__(self, program, data, environment, log_path, port=0, says="http://"):
        self.log_path = pathlib.Path(log_path)
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen([program, "serve", "--port", str(port), "--data", data], stdout=subprocess.PIPE,
                                            stderr=log, text=True, cwd=ROOT, env=environment)
        line = self.process.stdout.readline()
        check(says in line, f"the server did not start: {line!r} {self.log()[-2000:]}")
        address = line.partition("http://")[2].split()
        self.url = "http://" + address[0].rstrip("/") if address else None
        self.socket = self.url and self.url.replace("http", "ws") + "/api/ws"

    def log(self):
        return self.log_path.read_text(errors="replace")

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        if self.process.poll() is None:
            self.terminate()
        return self.process.wait(timeout=40)


async def events_until_over(socket, job, seen, on_event=None):
    """Collects events of all jobs into `seen` until `job` is over; returns that job's events.

    `on_event` is told of each of its events as it comes.
    """
    async with asyncio.timeout(60):
        while not any(e.get("jobId") == job and e["event"] in TERMINAL for e in seen):
            event = json.loads(await socket.recv())
            seen.append(event)
            if on_event and event.get("jobId") == job:
                await on_event(event)
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
