#!/usr/bin/env python3
"""SIGTERM under load: is every request answered that got its bytes in?

    python Benchmarks/server/drain_requests.py [--rounds N] [--connections N] [--seed S]

Clients with keep-alive ask `gepeto serve` question after question as fast as they are answered; at a random moment
(seeded) it gets SIGTERM. Clients that are told `Connection: close` or find their connection closed between two answers
connect again, until that is refused. A request is lost when its bytes were sent and its connection ended without the
whole answer. Afterwards each 202 is looked up in `gepeto.sqlite`: its job must be there, once.
"""

import argparse
import collections
import errno
import json
import random
import re
import selectors
import signal
import socket
import sqlite3
import sys
import tempfile
import time
import urllib.request

from bench import SCRATCH, prepare, row, served

BODY = json.dumps({"message": "O que é uma pilha?", "course": "algoritmos"}).encode()


class Client:
    """One connection at a time, one request after another; `counts` and `jobs` are shared."""

    def __init__(self, port, selector, counts, jobs):
        self.port, self.selector, self.counts, self.jobs = port, selector, counts, jobs
        self.request = (f"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {len(BODY)}\r\n\r\n").encode() + BODY
        self.is_over = False
        self.connect()

    def connect(self):
        self.socket = socket.socket()
        self.answer, self.unsent, self.requests_here = b"", b"", 0
        try:
            # On loopback this is decided at once: the kernel takes the connection for the server, or refuses.
            self.socket.connect(("127.0.0.1", self.port))
        except OSError as error:
            if error.errno != errno.ECONNREFUSED:
                self.counts[f"connect: {errno.errorcode.get(error.errno)}"] += 1
            self.counts["refused"] += 1
            self.is_over = True
            return self.socket.close()
        self.socket.setblocking(False)
        self.selector.register(self.socket, selectors.EVENT_READ, self)
        self.ask()

    def ask(self):
        self.answer, self.unsent = b"", self.request
        self.send()

    def send(self):
        try:
            self.unsent = self.unsent[self.socket.send(self.unsent):]
        except BlockingIOError:
            pass
        except OSError:
            return self.end("lost")
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.unsent else 0)
        self.selector.modify(self.socket, events, self)

    def ready(self, events):
        if events & selectors.EVENT_WRITE:
            return self.send()
        try:
            piece = self.socket.recv(1 << 16)
        except OSError:
            return self.end("lost")
        if not piece:
            return self.end("lost")
        self.answer += piece
        head, gap, body = self.answer.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.I) if gap else None
        if not gap or (length and len(body) < int(length[1])):
            return
        self.requests_here += 1
        status = int(head[9:12])
        self.counts[f"answered {status}"] += 1
        if status == 202:
            self.jobs.append(json.loads(body)["jobId"])
        if re.search(rb"\r\nconnection: close", head, re.I):
            return self.end("told to close")
        self.ask()

    def end(self, why):
        if why == "lost":
            # A server may close a connection on which nothing is under way; what was sent into that is asked again
            # by every client (RFC 9112, section 9.3.1). It still counts: after `Connection: close` it cannot happen.
            first = "first request of a connection" if self.requests_here == 0 else "kept connection"
            self.counts[f"lost ({first}{', half an answer' if self.answer else ''})"] += 1
        self.selector.unregister(self.socket)
        self.socket.close()
        self.connect()


def drained(folder, connections, after):
    """Counts of one round, the jobs told and those stored, the exit code and the seconds from SIGTERM to the end."""
    server = served(folder)
    request = urllib.request.Request(f"{server.url}/api/courses", data=b'{"id": "algoritmos"}', method="POST")
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request).read()
    selector, counts, jobs = selectors.DefaultSelector(), collections.Counter(), []
    clients = [Client(server.port, selector, counts, jobs) for _ in range(connections)]
    begin, ended = time.monotonic(), None
    while not all(client.is_over for client in clients):
        now = time.monotonic()
        if ended is None and now - begin > after:
            server.process.send_signal(signal.SIGTERM)
            ended = now
        if ended and now - ended > 40:
            sys.exit(f"still serving 40 s after SIGTERM: {counts}")
        for key, events in selector.select(0.05):
            key.data.ready(events)
    code = server.process.wait(timeout=40)
    seconds = time.monotonic() - ended
    with sqlite3.connect(f"{folder}/gepeto.sqlite") as database:
        stored = {job for job, in database.execute("SELECT id FROM job")}
    return counts, jobs, stored, code, seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    prepare()
    rng, totals, bad = random.Random(arguments.seed), collections.Counter(), 0
    for number in range(arguments.rounds):
        connections = max(1, arguments.connections >> number % 3 * 2)
        with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
            counts, jobs, stored, code, seconds = drained(folder, connections, rng.uniform(1, 3))
        missing, doubled = len(set(jobs) - stored), len(jobs) - len(set(jobs))
        lost = sum(count for name, count in counts.items() if name.startswith("lost"))
        bad += lost + missing + doubled + (code != 0)
        totals.update(counts)
        print(f"round {number + 1}, {connections} connections: {dict(counts)}; 202s without their job {missing}, told twice "
              f"{doubled}; exit {code}, {seconds:.1f} s after SIGTERM", flush=True)
    print("\nSIGTERM under load")
    for name, count in sorted(totals.items()):
        row(name, count)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
