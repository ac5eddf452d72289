"""A language model provider that fails in every way providers do: OpenAI's chat completions on a loopback port.

What it does with a call is drawn from the seed, the question's tag and the number of the call for that question, so that
a run can be met again. Many calls at once on one asyncio loop.
"""

import asyncio
import collections
import json
import random
import re

# The word by which a question of a run is known: q3x7 is the eighth question of student 3.
TAG = re.compile(r"\bq\d+x\d+\b")
PASSAGE = re.compile(r"<<(?P<fence>\w+) \[(?P<number>\d+)\] [^\n]*>>\n(?P<text>.*?)\n<<(?P=fence) end>>", re.S)
KEY = "sk-faulty-41Yw"
# Silence that is longer than any time-out of the program under test.
LONG = 20.0

# How often each happens, in a hundred calls; the rest is answered.
FAULTS = {
    "reset": 4, "429": 5, "429 with Retry-After": 4, "500": 4, "529": 2, "401": 1, "garbage": 3, "broken JSON": 2,
    "empty answer": 2, "silence": 3, "breaks off": 5, "stalls": 3, "error within": 3, "trickles": 6,
}


class FaultyProvider:
    """`share` scales all faults: 0 is a provider in good health."""

    def __init__(self, seed, share=1.0, pieces=(4, 12), pause=0.01):
        self.seed, self.share, self.pieces, self.pause = seed, share, pieces, pause
        self.calls = collections.Counter()
        self.played = collections.Counter()
        self.port = 0
        self.server = None
        self.writers, self.tasks = set(), set()

    async def start(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024)
        self.port = self.server.sockets[0].getsockname()[1]

    def vanish(self):
        """No connection from now on, and those there are are reset; `start` brings it back."""
        self.server.close()
        for writer in list(self.writers):
            writer.transport.abort()

    async def close(self):
        self.vanish()
        for task in self.tasks:
            task.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks)

    def environment(self):
        """Two names for the same provider, so that there is one to fail over to."""
        base = f"http://127.0.0.1:{self.port}"
        return {"GROQ_BASE_URL": base + "/groq/v1", "GROQ_API_KEY": KEY, "OPENAI_BASE_URL": base + "/openai/v1",
                "OPENAI_API_KEY": KEY}

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        self.writers.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = int(re.search(r"(?i)content-length: *(\d+)", head).group(1))
                body = json.loads(await reader.readexactly(length))
                if not await self._answer(head.split()[1], body, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            self.writers.discard(writer)
            writer.close()

    def _choose(self, provider, tag):
        self.calls[provider, tag] += 1
        numbers = random.Random(f"{self.seed} {provider} {tag} {self.calls[provider, tag]}")
        draw = numbers.uniform(0, 100)
        for fault, weight in FAULTS.items():
            draw -= weight * self.share
            if draw < 0:
                return fault, numbers
        return "answers", numbers

    async def _answer(self, path, body, writer):
        """Plays one part; returns whether the connection is still good."""
        asked = body["messages"][-1]["content"]
        tags = TAG.findall(asked)
        tag = tags[-1] if tags else ""
        fault, numbers = self._choose(path.split("/")[1], tag)
        self.played[fault] += 1
        passage = PASSAGE.search(asked)
        source = passage["text"] if passage else "The material says so."
        words = f"Segundo o material ({tag}): " + re.sub(r"[\[\]\n]", " ", source)[:400] + " [1]."
        count = numbers.randint(*self.pieces)
        size = -(-len(words) // count)
        pieces = [words[start:start + size] for start in range(0, len(words), size)]
        some = pieces[:max(1, len(pieces) // 2)]
        pause = self.pause
        if fault == "reset":
            writer.transport.abort()
            return False
        if fault == "silence":
            await asyncio.sleep(LONG)
            return False
        if fault == "garbage":
            await self._whole(writer, 200, b"<html><body>It works!</body></html>\xff\xfe", "text/html")
            return True
        if fault[0].isdigit():
            status = int(fault.split()[0])
            extra = f"Retry-After: {numbers.choice([0, 1, 1, 2, 30])}\r\n" if "Retry-After" in fault else ""
            error = {"error": {"message": f"no: {asked[-40:]}", "type": "server_error", "code": None}}
            await self._whole(writer, status, json.dumps(error).encode(), "application/json", extra)
            return True
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        self._event(writer, {"role": "assistant", "content": ""})
        if fault == "broken JSON":
            self._chunk(writer, b'data: {"choices": [{"index": 0, "delta": {"content": "Segu\n\n')
            pieces = []
        elif fault == "empty answer":
            pieces = []
        elif fault in ("breaks off", "stalls", "error within"):
            pieces = some
        elif fault == "trickles":
            pause = numbers.uniform(0.1, 0.5)
        for piece in pieces:
            self._event(writer, {"content": piece})
            await writer.drain()
            await asyncio.sleep(pause)
        if fault == "breaks off":
            writer.transport.abort()
            return False
        if fault == "stalls":
            await asyncio.sleep(LONG)
            return False
        if fault == "error within":
            self._chunk(writer, b'event: error\ndata: {"error": {"message": "overloaded", "type": "server_error"}}\n\n')
        else:
            self._event(writer, {}, finish="stop")
            usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
            self._chunk(writer, b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n")
            self._chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _whole(self, writer, status, body, kind, extra=""):
        head = f"HTTP/1.1 {status} Played\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    def _event(self, writer, delta, finish=None):
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
                 "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        self._chunk(writer, b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")

    @staticmethod
    def _chunk(writer, data):
        writer.write(b"%x\r\n%s\r\n" % (len(data), data))
