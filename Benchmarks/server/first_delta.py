#!/usr/bin/env python3
"""Our own overhead from the POST of a question to the first piece of its answer, with a model that answers at once.

    python Benchmarks/server/first_delta.py [--rate 20] [--seconds 30] [--data FOLDER]

`gepeto serve` with 40 users (signed tokens), each with a WebSocket, over a course of 20,000 chunks (`make_course.py`;
ingested once, kept in the scratch folder; or the data folder given). Questions come at random moments (exponential, fixed
seed), whether or not earlier ones are answered. The model is `Tests/EndToEnd/model_provider.py` in a process of its own; the
time that a request spends in it, from its last byte in to the first piece out, is taken off. It is not asked to say a question in
the course's language (GEPETO_REWRITE=off): what it answers here would be searched for instead of the question. All clocks are
CLOCK_MONOTONIC of this machine. Without others on the machine, or with BENCHMARK_NICE=-10 as root.
"""

import argparse
import asyncio
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from bench import HERE, PROGRAM, PYTHON, ROOT, SCRATCH, prepare, row, served, settings, token, with_tokens

USERS = 40
WARM_UP = 60
MARK = re.compile(r"pedido(\d+)")
PIECES = ["O exercício ", "pede isto: ", "compare as duas ", "estruturas ", "e diga ", "qual é melhor ", "e por quê", " [1]."]


def provide():
    """The model, in its own process: prints its address, then a line for each request: number, moment in, moment out."""
    sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))
    from model_provider import Providers

    def script(exchange):
        came = time.monotonic()
        number = MARK.findall(exchange.messages[-1]["content"])[-1]

        def pieces():
            # One write a line: exchanges run in threads of their own, and print would mix their lines.
            os.write(sys.stdout.fileno(), f"{number} {came} {time.monotonic()}\n".encode())
            yield from PIECES

        exchange.stream(pieces())

    providers = Providers()
    providers.script["openai"] = script
    print(json.dumps(providers.environment("openai")), flush=True)
    sys.stdin.read()


def course():
    """The data folder with the course, made once."""
    base = SCRATCH / "course"
    if not (base / "done").exists():
        subprocess.run([sys.executable, HERE / "make_course.py", base / "documents"], check=True)
        (base / "documents/questions.jsonl").rename(base / "questions.jsonl")
        print("ingesting 20,000 chunks, once", flush=True)
        subprocess.run([PROGRAM, "ingest", base / "documents", "--course", "algoritmos", "--data", base / "data"],
                       check=True, env=settings(base / "data"), stdout=subprocess.DEVNULL)
        (base / "done").touch()
    return base / "data"


class User:
    """A socket that notes when the events of its questions come, and a connection for its questions."""

    def __init__(self, name, port):
        self.port, self.bearer = port, token(name)
        self.moments = {}
        self.turn = asyncio.Lock()

    async def enter(self):
        import websockets
        self.socket = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/api/ws", additional_headers={"Authorization": f"Bearer {self.bearer}"},
            compression=None)
        self.session = json.loads(await self.socket.recv())["sessionId"]
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.listening = asyncio.create_task(self.listen())

    async def listen(self):
        async for text in self.socket:
            now, event = time.monotonic(), json.loads(text)
            name = event["event"] if event["event"] != "status" else event["state"]
            self.moments.setdefault(event["jobId"], {}).setdefault(name, now)

    async def ask(self, text):
        """The job's id, the moment of asking and that of the 202."""
        body = json.dumps({"message": text, "course": "algoritmos", "sessionId": self.session}).encode()
        async with self.turn:
            begin = time.monotonic()
            self.writer.write((
                f"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {self.bearer}\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"content-length: (\d+)", head, re.I)[1])
            answer = json.loads(await self.reader.readexactly(length))
            end = time.monotonic()
        if b" 202 " not in head[:20]:
            sys.exit(f"{head} {answer}")
        return answer["jobId"], begin, end


async def ask_all(port, questions, rate, seconds):
    """Number of each question to its user, job and moments; the first `WARM_UP` are not among them."""
    users = [User(f"student-{number}", port) for number in range(USERS)]
    for user in users:
        await user.enter()
    rng, asked, tasks = random.Random(1), {}, []

    async def one(number, user):
        text = questions[number % len(questions)]["text"] + f" (pedido{number})"
        asked[number] = (user, *await user.ask(text))

    due = time.monotonic()
    for number in range(WARM_UP + int(rate * seconds)):
        due += rng.expovariate(rate)
        await asyncio.sleep(max(0, due - time.monotonic()))
        tasks.append(asyncio.create_task(one(number, users[number % USERS])))
    await asyncio.gather(*tasks)
    for _ in range(600):
        if all("message_completed" in user.moments.get(job, {}) for user, job, _, _ in asked.values()):
            break
        await asyncio.sleep(0.1)
    else:
        sys.exit("not every question was answered within a minute")
    for user in users:
        user.listening.cancel()
    return {number: (user.moments[job], begin, accepted) for number, (user, job, begin, accepted) in asked.items()
            if number >= WARM_UP}


def report(asked, model, rate):
    """`model`: number of a question to the moments in and out."""
    steps, without = {}, 0
    for number, (moments, begin, accepted) in asked.items():
        if number not in model or "message_delta" not in moments:
            without += 1  # No evidence was found: answered without the model.
            continue
        came, went = model[number]
        for name, value in {
            "POST to 202 (committed)": accepted - begin,
            "POST to 'retrieving' (worker has it)": moments["retrieving"] - begin,
            "'retrieving' to the model's door": came - moments["retrieving"],
            "in the model (not counted)": went - came,
            "the model's first piece to the socket": moments["message_delta"] - went,
            "POST to first delta, without the model": moments["message_delta"] - begin - (went - came),
        }.items():
            steps.setdefault(name, []).append(value * 1e3)
    counted = len(next(iter(steps.values()), []))
    print(f"\nPOST to first delta, {rate} questions/s, {counted} questions ({without} more without evidence), ms")
    if counted < 100:
        sys.exit("too few")
    row("", "p50", "p95", "p99", "max")
    for name, values in steps.items():
        cuts = statistics.quantiles(values, n=100)
        row(name, *(f"{value:.1f}" for value in (cuts[49], cuts[94], cuts[98], max(values))))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--questions", type=pathlib.Path, help="of --data: JSON lines with 'text'")
    parser.add_argument("--provide", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.provide:
        return provide()
    prepare()
    if pathlib.Path(sys.prefix) != PYTHON.parents[1]:
        # The client needs `websockets`, which is there.
        sys.exit(subprocess.run([PYTHON, *sys.argv], env=os.environ | {"BENCHMARK_AS_BUILT": "1"}).returncode)
    data = arguments.data or course()
    lines = (arguments.questions or SCRATCH / "course/questions.jsonl").read_text().splitlines()
    questions = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        shutil.copytree(data / "courses", f"{folder}/courses")
        log = pathlib.Path(folder) / "model.log"
        with log.open("w") as out:
            provider = subprocess.Popen([sys.executable, __file__, "--provide"], stdin=subprocess.PIPE, stdout=out, text=True)
        while not log.read_text().endswith("}\n"):
            time.sleep(0.05)
        address = json.loads(log.read_text())
        server = served(folder, GEPETO_LLM="openai,extractive", GEPETO_REWRITE="off", **with_tokens(), **address)
        try:
            asked = asyncio.run(ask_all(server.port, questions, arguments.rate, arguments.seconds))
        finally:
            server.stop()
            provider.stdin.close()
            provider.wait()
        model = {}
        for line in log.read_text().splitlines()[1:]:
            number, came, went = line.split()
            model.setdefault(int(number), (float(came), float(went)))
    report(asked, model, arguments.rate)


if __name__ == "__main__":
    main()
