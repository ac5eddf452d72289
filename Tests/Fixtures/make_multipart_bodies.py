"""Records what real clients send for one file of a form: Tests/Fixtures/multipart/<client>.http, head and body as they came.

    python -m venv venv && venv/bin/pip install requests aiohttp httpx && venv/bin/python Tests/Fixtures/make_multipart_bodies.py

curl must be on the PATH. The content is the same for all: bytes that look like boundaries and line ends, and every byte there is.
"""

import asyncio
import pathlib
import socket
import subprocess
import threading

import aiohttp
import httpx
import requests

FOLDER = pathlib.Path(__file__).parent / "multipart"
NAME = "Aula 1 \u2013 recurs\u00e3o.txt"
CONTENT = b"\r\n--\r\n--x\r\r\n-\n" + bytes(range(256)) + b"\r\n\r\n--" + b"\r\n" * 3


def record(client, send):
    """Lets `send(url)` talk to a socket that keeps every byte and answers 200."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        fields = {line.split(b":")[0].lower(): line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")[1:]}
        if b"content-length" in fields:
            while len(body) < int(fields[b"content-length"]):
                body += connection.recv(65536)
        else:
            while not body.endswith(b"0\r\n\r\n"):
                body += connection.recv(65536)
        (FOLDER / f"{client}.http").write_bytes(head + b"\r\n\r\n" + body)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    send(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    thread.join()
    listener.close()


def by_curl(url):
    path = pathlib.Path("/tmp") / "multipart-content"
    path.write_bytes(CONTENT)
    subprocess.run(["curl", "-s", "-F", f"file=@{path};filename={NAME}", "-F", "folder=aulas", url], check=True)
    path.unlink()


async def by_aiohttp(url):
    form = aiohttp.FormData()
    form.add_field("file", CONTENT, filename=NAME, content_type="text/plain")
    form.add_field("folder", "aulas")
    async with aiohttp.ClientSession() as session, session.post(url, data=form):
        pass


def main():
    FOLDER.mkdir(exist_ok=True)
    fields = {"data": {"folder": "aulas"}, "files": {"file": (NAME, CONTENT, "text/plain")}}
    record("curl", by_curl)
    record("requests", lambda url: requests.post(url, timeout=10, **fields))
    record("httpx", lambda url: httpx.post(url, **fields))
    record("aiohttp", lambda url: asyncio.run(by_aiohttp(url)))
    (FOLDER / "content.bin").write_bytes(CONTENT)


if __name__ == "__main__":
    main()
