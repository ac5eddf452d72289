#!/usr/bin/env python3
"""WebSockets: echo, delivery of an answer's pieces, and what an idle socket costs, against Go with gorilla/websocket.

    python Benchmarks/server/sockets.py [--rounds N] [--seconds S] [--only echo|delivery|idle]

`echo`      64 sockets, messages of 64 bytes, 1 and 16 under way on each; CPU of the server for each message (in and out).
`delivery`  1,000 sockets of a session each; 20 pieces a second to each through the worker's port (`Sessions.append`: number,
            log, JSON, frame), by our harness, and by Go through a channel and a writing goroutine for each socket
            (`go direct`: the driver writes itself; cheaper, but a slow reader holds up all). CPU for each piece.
`idle`      10,000 idle sockets on /api/ws of the harness, and of `gepeto serve` as it is: anonymous memory (RssAnon) for
            each, after 500 others came and went. Then 1,000 more stream 20 pieces a second for 20 s beside them: time from
            the making of a piece to its reader, on the same machine.

The client is `client/wsload.c`; rounds take turns; ratios are medians of the ratios within a round.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request

from bench import SCRATCH, files, go, harness, median, memory, prepare, row, served

ALL = 10_000


def echo(peer, depth, seconds):
    command = [SCRATCH / "wsload", "echo", peer.port, "/load/echo", 64, depth, seconds, 64]
    begin = peer.cpu()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    used = peer.cpu() - begin
    if done.returncode != 0:
        sys.exit(f"echo, {peer.name}: {done.stderr}")
    found = json.loads(done.stdout)
    if found["broken"] or found["messages"] < 100:
        sys.exit(f"echo, {peer.name}: {found} {done.stderr}")
    return found | {"each": used / found["messages"] * 1e6}


class Held:
    """Sockets held open by the client; `sessions` are those of the speakers."""

    def __init__(self, peer, sockets, speakers, path="/api/ws"):
        self.peer = peer
        self.process = subprocess.Popen(
            list(map(str, [SCRATCH / "wsload", "hold", peer.port, path, sockets, speakers])), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.opened = json.loads(line) if line else sys.exit(f"{peer.name}: the client gave up")
        if self.opened["open"] != sockets:
            sys.exit(f"{peer.name}: {self.opened} of {sockets}")
        self.sessions = [self.process.stdout.readline().strip() for _ in range(speakers)]

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        if word == "report":
            return json.loads(self.process.stdout.readline())

    def drive(self, rate, seconds):
        """Streams to all sessions; what the readers saw, and the CPU for each piece."""
        self.tell("reset")
        time.sleep(0.3)
        order = json.dumps({"sessions": self.sessions, "rate": rate, "seconds": seconds}).encode()
        begin = self.peer.cpu()
        with urllib.request.urlopen(f"{self.peer.url}/load/drive", data=order, timeout=seconds * 10 + 60) as answer:
            sent = int(answer.read())
        time.sleep(0.5)
        used = self.peer.cpu() - begin
        found = self.tell("report")
        if found["messages"] != sent or found["broken"]:
            print(f"{self.peer.name}: {sent} sent, {found}")
        return found | {"each": used / sent * 1e6, "cpu": used}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def table(name, found, base):
    print(f"\n{name}")
    row("", "CPU us each", f"x {base}", "messages", "p50 us", "p99 us")
    for peer, rows in found.items():
        ratio = median([own["each"] / other["each"] for own, other in zip(rows, found[base])])
        row(peer, f"{median([r['each'] for r in rows]):.2f}", f"{ratio:.3f}",
            *(f"{median([r[key] for r in rows]):.0f}" for key in ("messages", "p50", "p99")))


def measure_echo(folder, arguments):
    peers = [harness("memory", f"{folder}/echo"), go()]
    peers[0].name = "gepeto"
    try:
        for depth in (1, 16):
            found = {peer.name: [] for peer in peers}
            for number in range(arguments.rounds + 1):
                for peer in peers if number % 2 else reversed(peers):
                    figures = echo(peer, depth, arguments.seconds)
                    if number:
                        found[peer.name].append(figures)
            table(f"WebSocket echo, 64 bytes, {depth} under way on each of 64 sockets ({arguments.rounds} rounds)", found, "go")
    finally:
        for peer in peers:
            peer.stop()


def measure_delivery(folder, arguments):
    peers = [harness("store", f"{folder}/delivery"), go(), go("-direct")]
    peers[0].name, peers[2].name = "gepeto", "go direct"
    held = [Held(peer, 1_000, 1_000) for peer in peers]
    try:
        found = {peer.name: [] for peer in peers}
        for number in range(arguments.rounds + 1):
            for one in held if number % 2 else reversed(held):
                figures = one.drive(20, arguments.seconds)
                if number:
                    found[one.peer.name].append(figures)
        table(f"Delivery of pieces, 20 a second to each of 1,000 sockets ({arguments.rounds} rounds)", found, "go")
    finally:
        for one in held:
            one.close()
        for peer in peers:
            peer.stop()


def idle_memory(peer):
    """Bytes for each of `ALL` idle sockets, which are then held on."""
    Held(peer, 500, 0).close()
    time.sleep(3)
    before = memory(peer.pid)
    held = Held(peer, ALL, 0)
    time.sleep(2)
    return (memory(peer.pid) - before) / ALL, held


def measure_idle(folder, arguments):
    print(f"\n{ALL} idle sockets")
    row("", "bytes each", "s to open", "broken", "pieces", "p50 ms", "p99 ms", "p99.9 ms")
    for name, start in (("gepeto serve", lambda: served(f"{folder}/served")), ("gepeto", lambda: harness("store", f"{folder}/idle")),
                        ("go", lambda: go())):
        peer = start()
        peer.name = name
        try:
            each, held = idle_memory(peer)
            cells = [f"{each:.0f}", f"{held.opened['seconds']:.1f}"]
            if name != "gepeto serve":  # nobody drives there
                speakers = Held(peer, 1_000, 1_000)
                speakers.drive(20, 2)
                found = speakers.drive(20, 20)
                cells += [held.tell("report")["broken"] + found["broken"], found["messages"],
                          *(f"{found[key] / 1e3:.2f}" for key in ("p50", "p99", "p999"))]
                speakers.close()
            row(name, *cells)
            held.close()
        finally:
            peer.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--only", choices=["echo", "delivery", "idle"])
    arguments = parser.parse_args()
    prepare()
    files()
    with tempfile.TemporaryDirectory() as folder:
        for name, measure in (("echo", measure_echo), ("delivery", measure_delivery), ("idle", measure_idle)):
            if arguments.only in (None, name):
                measure(folder, arguments)


if __name__ == "__main__":
    main()
