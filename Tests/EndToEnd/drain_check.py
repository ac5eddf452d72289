"""SIGTERM while a hundred answers stream: none is lost, none doubled, and the sockets are told.

    python Tests/EndToEnd/drain_check.py PATH-TO-gepeto [--answers N]

A slow provider streams 20 pieces a second, answers of three to five seconds; every student has a socket, and is in the
middle of an answer when the program gets SIGTERM. With a grace that is long enough every answer ends on its socket; with
one of two seconds what is left is handed back and answered after the restart. In both cases: close code 1001, exit code
0 within the grace and two seconds, new requests refused, one terminal event and one message for each question, numbers
without gap or repeat over the restart. Prints one line a case.
"""

import argparse
import asyncio
import collections
import json
import pathlib
import random
import sqlite3
import tempfile
import time

import websockets

from faulty_provider import FaultyProvider
from harness import TERMINAL, Server, call, check, clean_environment, end_with, ingest_corpus, text_of

QUESTION = "O que é recursão e para que serve o caso base?"
PIECES = (60, 100)
PAUSE = 0.05
LONG_GRACE = 25
# Beyond the grace: the process's own end.
MARGIN = 2


class Student:
    def __init__(self, number):
        self.number, self.session, self.job, self.last = number, None, None, 0
        self.events, self.closed = [], None

    @property
    def is_over(self):
        return any(event["event"] in TERMINAL for event in self.events)

    @property
    def is_streaming(self):
        return any(event["event"] == "message_delta" for event in self.events)

    async def follow(self, server):
        """Reads until the server closes the socket, or the job is over."""
        query = f"?sessionId={self.session}&after={self.last}" if self.session else ""
        async with websockets.connect(server.socket + query, subprotocols=["gepeto.v1"], max_queue=None,
                                      open_timeout=20) as socket:
            hello = json.loads(await socket.recv())
            first = self.session is None
            self.session = hello["sessionId"]
            if first:
                message = {"message": f"{QUESTION} (q{self.number}x0)", "sessionId": self.session}
                status, receipt, _ = await asyncio.to_thread(call, server.url + "/api/chat", message)
                check(status == 202, f"{status} {receipt}")
                self.job = receipt["jobId"]
            try:
                while True:
                    event = json.loads(await socket.recv())
                    check(event["jobId"] == self.job, f"another's event: {event}")
                    check(event["seq"] > self.last, f"{event['seq']} after {self.last}")
                    # Over a restart the numbers leap; what is missing then can only be deltas, which the end replaces.
                    check(event["seq"] == self.last + 1 or not first, f"{event['seq']} after {self.last}")
                    self.last = event["seq"]
                    self.events.append(event)
                    if not first and self.is_over:
                        return
            except websockets.ConnectionClosed as closed:
                self.closed = closed.rcvd.code if closed.rcvd else None


async def end(server, students, readers, grace):
    """SIGTERM in the middle of all answers; returns how long the program took to end."""
    async with asyncio.timeout(60):
        while not all(student.is_streaming for student in students):
            for reader in readers:
                if reader.done() and reader.exception():
                    raise reader.exception()
            await asyncio.sleep(0.02)
    # So that some are near their end and others at their beginning.
    streaming = sum(not student.is_over for student in students)
    start = time.monotonic()
    server.terminate()
    code = await asyncio.to_thread(server.process.wait)
    took = time.monotonic() - start
    check(code == 0, f"exit code {code}: {server.log()[-1500:]}")
    check(took <= grace + MARGIN, f"the program took {took:.1f} s with a grace of {grace} s")
    await asyncio.gather(*readers)
    codes = collections.Counter(student.closed for student in students)
    check(codes == {1001: len(students)}, f"close codes: {dict(codes)}")
    return streaming, took


def hold_against_disk(data, students):
    """One message and one end for each question."""
    connection = sqlite3.connect(f"{data}/gepeto.sqlite")
    try:
        for student in students:
            job = [student.job]
            state = connection.execute("SELECT state FROM job WHERE id = ?", job).fetchone()
            check(state == ("completed",), f"job {student.job} is {state}")
            answers = connection.execute(
                "SELECT content FROM message WHERE job_id = ? AND role = 'assistant'", job).fetchall()
            ends = [event for event in student.events if event["event"] in TERMINAL]
            check(len(answers) == 1 and len(ends) == 1, f"{len(answers)} answers and {len(ends)} ends")
            check(ends[0]["event"] == "message_completed" and ends[0]["content"] == answers[0][0], "another answer")
            check(f"(q{student.number}x0)" in answers[0][0], "another's answer")
            stored = connection.execute("SELECT count(*) FROM event WHERE job_id = ? AND terminal = 1", job).fetchone()
            check(stored == (1,), f"{stored[0]} terminal events")
        open_jobs = connection.execute("SELECT count(*) FROM job WHERE is_open = 1").fetchone()
        check(open_jobs == (0,), f"{open_jobs[0]} jobs are open")
    finally:
        connection.close()


async def drain(program, folder, answers, grace, workers):
    """One case: returns how many streamed at the signal, ended before the process did, and how long it took."""
    provider = FaultyProvider(seed=1, share=0, pieces=PIECES, pause=PAUSE)
    await provider.start()
    data, log = f"{folder}/data", f"{folder}/log"
    environment = clean_environment(
        GEPETO_LLM="groq", GEPETO_WORKERS=str(workers), GEPETO_SHUTDOWN_GRACE=str(grace), GEPETO_JOBS_PER_USER="1000",
        GEPETO_LLM_CONCURRENCY="256",
        GEPETO_LOG_LEVEL="info", **provider.environment())
    if not pathlib.Path(data).exists():
        ingest_corpus(program, data, environment)
    students = [Student(number) for number in range(answers)]
    server = Server(program, data, environment, log)
    try:
        readers = [asyncio.create_task(student.follow(server)) for student in students]
        streaming, took = await end(server, students, readers, grace)
        before = sum(student.is_over for student in students)
        if grace == LONG_GRACE:
            late = [[(e["event"], e.get("attempt"), e.get("index")) for e in student.events][-3:]
                    for student in students if not student.is_over]
            check(not late, f"{len(late)} of {answers} answers did not end within the grace: {late[:5]}")
        for student in students:
            if student.is_over:
                check(student.events[-1]["content"] == text_of(student.events), "the deltas are not the answer")
        server = Server(program, data, environment, log)
        late = [student for student in students if not student.is_over]
        async with asyncio.timeout(60):
            await asyncio.gather(*(student.follow(server) for student in late))
        check(await asyncio.to_thread(server.stop) == 0, "the second end was not clean")
        hold_against_disk(data, students)
        return streaming, before, took
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
        await provider.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--answers", type=int, default=100)
    arguments = parser.parse_args()
    for grace in (LONG_GRACE, 2):
        with tempfile.TemporaryDirectory() as folder:
            streaming, before, took = asyncio.run(
                drain(arguments.program, folder, arguments.answers, grace, arguments.answers))
        if grace != LONG_GRACE:
            check(before < arguments.answers, "nothing was left to hand back: the grace was long enough")
        print(f"SIGTERM while {streaming} answers streamed, {grace} s of grace: {before} ended on their sockets, "
              f"{arguments.answers - before} handed back and answered after the restart, all sockets closed with 1001, "
              f"exit code 0 after {took:.1f} s; each answered once", flush=True)
    return 0


if __name__ == "__main__":
    end_with(main)
