#!/usr/bin/env python3
"""POST /api/chat and GET of 1 KB, against nginx, FastAPI and Go.

    python Benchmarks/server/http_load.py [--rounds N] [--seconds S] [--only chat|stored|get]

Every server runs all the time, the rounds take turns: wrk with one thread and 64 connections on the same cores. What is
compared is the CPU time of the server (user and system, all its processes, with the queue it needs) divided by the
requests answered; ratios are medians over the rounds of the ratio within a round, so that what disturbs the machine
disturbs both. Rates and latencies are those that wrk saw, and worth less on a busy machine.

`chat`: ours is the program's server, routes, validation, rate limiter and JSON over an intake that keeps questions in
memory (`Harness memory`); `gepeto jwt` checks a signed token (HS256) with each question. nginx answers a fixed 202.
`stored`: ours commits each question to SQLite with synchronous=FULL (`Harness store`: no worker takes them meanwhile; a new
file each round), the peers theirs: SQLite with synchronous=FULL, Redis with appendfsync always.
"""

import argparse
import itertools
import shutil
import tempfile

from bench import fastapi, files, go, harness, median, nginx, prepare, row, token, with_tokens, wrk


def compare(name, runs, base, rounds):
    """`runs`: name to a function that measures one round. Prints the table; returns the medians by name."""
    found = {peer: [] for peer in runs}
    for number in range(rounds + 1):
        # The order is turned, so that nobody always comes after the same neighbour.
        names = list(runs)
        for peer in names[number % len(names):] + names[:number % len(names)]:
            figures = runs[peer]()
            if number:  # the first round warms up
                found[peer].append(figures)
    print(f"\n{name} ({rounds} rounds)")
    row("", "CPU us each", *(f"x {peer}" for peer in base), "req/s", "p50 ms", "p99 ms")
    for peer, rows in found.items():
        ratios = [median([own["each"] / other["each"] for own, other in zip(rows, found[one])]) for one in base]
        row(peer, f"{median([r['each'] for r in rows]):.1f}", *(f"{ratio:.3f}" for ratio in ratios),
            *(f"{median([r[key] for r in rows]):.{digits}f}" for key, digits in (("rate", 0), ("p50", 2), ("p99", 2))))
    return found


def chat(folder, arguments):
    peers = [nginx(), harness("memory", f"{folder}/memory"), fastapi("none", folder), go()]
    peers[1].name = "gepeto"
    signed = harness("memory", f"{folder}/signed", **with_tokens())
    bearer = token("student")
    try:
        runs = {peer.name: (lambda peer=peer: wrk(peer, "/api/chat", "post", arguments.seconds)) for peer in peers}
        runs["gepeto jwt"] = lambda: wrk(signed, "/api/chat", "post", arguments.seconds, bearer=bearer)
        compare("POST /api/chat, nothing on disk", runs, ["nginx", "fastapi none"], arguments.rounds)
    finally:
        for peer in [*peers, signed]:
            peer.stop()


def stored(folder, arguments):
    """A server of each kind for each round: what is stored makes later rounds another measurement."""
    number = itertools.count()

    def fresh(start):
        def run():
            place = f"{folder}/stored-{next(number)}"
            shutil.os.makedirs(place)
            peer = start(place)
            try:
                wrk(peer, "/api/chat", "post", 1)
                return wrk(peer, "/api/chat", "post", arguments.seconds)
            finally:
                peer.stop()
                shutil.rmtree(place, ignore_errors=True)
        return run

    runs = {
        "gepeto, in memory": fresh(lambda place: harness("memory", place)),
        "gepeto, stored": fresh(lambda place: harness("store", place)),
        "fastapi sqlite": fresh(lambda place: fastapi("sqlite", place)),
        "fastapi redis": fresh(lambda place: fastapi("redis", place)),
        "fastapi redis, 2 processes": fresh(lambda place: fastapi("redis", place, workers=2)),
    }
    found = compare("POST /api/chat, on disk before the 202", runs, ["fastapi sqlite", "fastapi redis"],
                    arguments.rounds)
    own = [figures["rate"] for figures in found["gepeto, stored"]]
    for name, rows in found.items():
        if name != "gepeto, stored":
            ratio = median([mine / other["rate"] for mine, other in zip(own, rows)])
            row(f"rate: gepeto, stored / {name}", f"{ratio:.2f}")


def get(folder, arguments):
    peers = [nginx(), harness("memory", f"{folder}/get"), go()]
    peers[1].name = "gepeto"
    try:
        runs = {peer.name: (lambda peer=peer: wrk(peer, "/1k.txt", "get", arguments.seconds)) for peer in peers}
        compare("GET of 1 KB", runs, ["nginx"], arguments.rounds)
    finally:
        for peer in peers:
            peer.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--only", choices=["chat", "stored", "get"])
    arguments = parser.parse_args()
    prepare()
    files()
    with tempfile.TemporaryDirectory() as folder:
        for name, measure in (("chat", chat), ("stored", stored), ("get", get)):
            if arguments.only in (None, name):
                measure(folder, arguments)


if __name__ == "__main__":
    main()
