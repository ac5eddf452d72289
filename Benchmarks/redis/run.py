#!/usr/bin/env python3
"""Commands a second of our client of Redis beside redis-py (with hiredis where it is installed) on the same server.

    python Benchmarks/redis/run.py [--rounds 5] [--count 20000]

Needs `redis-server` and `pip install redis`. SET and GET of 200 bytes: one after another; in pipelines of 100; and 64 tasks
(ours over its one connection, redis-py as 64 tasks of redis.asyncio over a pool). Interleaved, medians, and their ratio.
"""

import argparse
import asyncio
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time

import redis
import redis.asyncio

HERE = pathlib.Path(__file__).resolve().parent
VALUE = b"x" * 200
PORTION, TASKS = 100, 64


def ask(client, number):
    key = f"key:{number // 2 % 1000}"
    return client.set(key, VALUE) if number % 2 == 0 else client.get(key)


def one(url, count):
    client = redis.Redis.from_url(url)
    client.ping()
    start = time.monotonic()
    for number in range(count):
        ask(client, number)
    return count / (time.monotonic() - start)


def pipelined(url, count):
    client = redis.Redis.from_url(url)
    client.ping()
    start = time.monotonic()
    for first in range(0, count, PORTION):
        pipeline = client.pipeline(transaction=False)
        for number in range(first, first + PORTION):
            ask(pipeline, number)
        pipeline.execute()
    return count / (time.monotonic() - start)


def tasks(url, count):
    async def run():
        client = redis.asyncio.Redis.from_url(url, max_connections=TASKS)
        await client.ping()

        async def work(task):
            for number in range(count // TASKS):
                await ask(client, number * TASKS + task)

        start = time.monotonic()
        await asyncio.gather(*(work(task) for task in range(TASKS)))
        rate = count / (time.monotonic() - start)
        await client.aclose()
        return rate

    return asyncio.run(run())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=20_000)
    arguments = parser.parse_args()
    build = ["swift", "build", "--package-path", str(HERE), "-c", "release"]
    subprocess.run(build + ["--quiet"], check=True)
    folder = subprocess.run(build + ["--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()
    with socket.socket() as probe, tempfile.TemporaryDirectory() as data:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = subprocess.Popen(
            ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", data],
            stdout=subprocess.DEVNULL)
        try:
            url = f"redis://127.0.0.1:{port}/0"
            client = redis.Redis.from_url(url)
            for _ in range(500):
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    time.sleep(0.01)
            print(f"redis-py {redis.__version__}, hiredis {redis.utils.HIREDIS_AVAILABLE}")
            for mode, peer in (("one", one), ("pipelined", pipelined), ("tasks", tasks)):
                ours, theirs = [], []
                for _ in range(arguments.rounds):
                    command = [f"{folder}/Harness", url, mode, str(arguments.count)]
                    ours.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
                    theirs.append(peer(url, arguments.count))
                a, b = statistics.median(ours), statistics.median(theirs)
                print(f"{mode:10} ours {a:9.0f}/s  redis-py {b:9.0f}/s  ratio {a / b:.2f}", flush=True)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
