#!/usr/bin/env python3
"""Uploads of 100 MB: CPU time and memory, against Go.

    python Benchmarks/server/uploads.py [--rounds N]

Ours is the program's own route and desk (`Harness store`, without the worker that would read the document): the body goes
to a file beside the originals and through SHA-256 (libcrypto) as it comes, fsync, rename, then the document's row and job
are committed. Go does the same up to the rename, with io.Copy and crypto/sha256; `go, no hash` leaves the hash out: what
Debian's Go takes for SHA-256 alone shows in the difference, for it does not use the processor's SHA instructions.

CPU: user and system time of the server for one upload; rounds take turns; ratios are medians of the ratios within a
round. Memory: the peak of the resident size (VmHWM) while 8 come at once, over what it was before, for each of them;
8 have come before. The client sends from a file (sendfile), so that it is not what is waited for.
"""

import argparse
import os
import pathlib
import secrets
import socket
import sys
import tempfile
import threading

from bench import SCRATCH, files, go, harness, median, memory, prepare, row

SIZE = 100_000_000
AT_ONCE = 8


def send(peer, path, body):
    """One upload of content that never was before."""
    head = secrets.token_hex(16).encode()
    with socket.create_connection(("127.0.0.1", peer.port)) as connection, body.open("rb") as file:
        connection.sendall((
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{peer.port}\r\nConnection: close\r\nContent-Length: {SIZE}\r\n"
            f"Content-Type: application/octet-stream\r\n"
            f"Content-Disposition: attachment; filename=\"{head.decode()}.txt\"\r\n\r\n").encode() + head)
        connection.sendfile(file)
        answer = b""
        while piece := connection.recv(1 << 16):
            answer += piece
    if b" 202 " not in answer[:20]:
        sys.exit(f"{peer.name}: {answer[:400]}")


def tidy(folder):
    """What was uploaded goes: the disk shall not fill."""
    for path in pathlib.Path(folder).iterdir():
        if path.is_file() and path.stat().st_size == SIZE:
            path.unlink()


def one(peer, path, body, folder):
    begin = peer.cpu()
    send(peer, path, body)
    used = peer.cpu() - begin
    tidy(folder)
    return used * 1e3


def at_once(peer, path, body, folder):
    """KB for each of eight."""
    pathlib.Path(f"/proc/{peer.pid}/clear_refs").write_text("5")
    before = memory(peer.pid, "VmRSS")
    threads = [threading.Thread(target=send, args=(peer, path, body)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    peak = memory(peer.pid, "VmHWM")
    tidy(folder)
    return (peak - before) / AT_ONCE / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        body = pathlib.Path(folder) / "body"
        with body.open("wb") as file:
            piece = os.urandom(1 << 20)
            while file.tell() < SIZE - 32:
                file.write(piece[:SIZE - 32 - file.tell()])
        ours = harness("store", f"{folder}/data")
        ours.name = "gepeto"
        peer = go()
        ways = {
            "gepeto": (ours, "/api/courses/algoritmos/documents", f"{folder}/data/originals"),
            "go": (peer, "/upload", files()),
            "go, no hash": (peer, "/upload?hash=0", files()),
        }
        found, memories = {name: [] for name in ways}, {}
        try:
            for number in range(arguments.rounds + 1):
                for name, (server, path, place) in ways.items():
                    used = one(server, path, body, place)
                    if number:
                        found[name].append(used)
            for name, (server, path, place) in ways.items():
                at_once(server, path, body, place)
                memories[name] = [at_once(server, path, body, place) for _ in range(3)]
        finally:
            ours.stop()
            peer.stop()
            for _, _, place in ways.values():
                if os.path.isdir(place):
                    tidy(place)
    print(f"\nUpload of {SIZE // 1_000_000} MB ({arguments.rounds} rounds)")
    row("", "CPU ms", "x go", "x go, no hash", "KB each of 8")
    for name, times in found.items():
        ratios = [median([own / other for own, other in zip(times, found[base])]) for base in ("go", "go, no hash")]
        row(name, f"{median(times):.0f}", *(f"{ratio:.3f}" for ratio in ratios), f"{median(memories[name]):.0f}")


if __name__ == "__main__":
    main()
