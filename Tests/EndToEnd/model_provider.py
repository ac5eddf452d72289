"""Language model providers on a loopback port: OpenAI's chat completions (also as Groq speaks them) and Anthropic's
messages, streamed in chunks that are cut inside UTF-8 sequences and between CR and LF.

What a provider does is set by `Providers.script`, a function for each name: it gets the `Exchange` and plays its part
with `stream`, `refuse`, `hang`, `break_off`. What came in is kept in `requests`.
"""

import json
import re
import select
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASSAGE = re.compile(r"<<(?P<fence>\w+) \[(?P<number>\d+)\] (?P<place>[^\n]*)>>\n(?P<text>.*?)\n<<(?P=fence) end>>", re.S)
TOKENS = (1234, 34)


class Exchange:
    """One request and the answer to it."""

    def __init__(self, handler, provider):
        self.handler = handler
        self.provider = provider
        self.headers = dict((name.lower(), value) for name, value in handler.headers.items())
        self.body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.closed_by_client = threading.Event()

    @property
    def messages(self):
        return self.body["messages"]

    @property
    def system(self):
        if self.provider == "anthropic":
            return self.body["system"]
        return "\n".join(message["content"] for message in self.messages if message["role"] == "system")

    @property
    def turns(self):
        return [(message["role"], message["content"]) for message in self.messages if message["role"] != "system"]

    @property
    def passages(self):
        """Number to text, as they stand in the last message."""
        return {int(match["number"]): match["text"] for match in PASSAGE.finditer(self.messages[-1]["content"])}

    @property
    def fence(self):
        return PASSAGE.search(self.messages[-1]["content"])["fence"]

    # What a provider may do.

    def stream(self, pieces):
        """A whole answer. A piece that is an `Event` is waited for."""
        self._begin()
        self._send(self._opening())
        self.say(pieces)
        self._send(self._closing())
        self.handler.wfile.write(b"0\r\n\r\n")

    def break_off(self, pieces):
        """Some of an answer, and then the connection is gone."""
        self._begin()
        self._send(self._opening())
        self.say(pieces)
        self.handler.close_connection = True

    def fail_within(self, pieces, error):
        """Some of an answer, then an error in the middle of the stream."""
        self._begin()
        self._send(self._opening())
        self.say(pieces)
        self._send([("error", error)])
        self.handler.wfile.write(b"0\r\n\r\n")

    def hang(self, pieces=None):
        """Silence, from the start or after some of an answer, until the client gives up."""
        if pieces is not None:
            self._begin()
            self._send(self._opening())
            self.say(pieces)
        self._wait_for_close(send=None)

    def dawdle(self, pieces):
        """Some of an answer, then signs of life only, until the client gives up."""
        self._begin()
        self._send(self._opening())
        self.say(pieces)
        self._wait_for_close(send=b": still here\n\n")

    def refuse(self, status, headers=()):
        # Providers' own words may repeat the key and the prompt; gepeto must not pass them on.
        message = f"Incorrect key {Providers.keys[self.provider]} for: {self.messages[-1]['content']}"
        body = json.dumps({"error": {"message": message, "type": "server_error", "code": None}}).encode()
        self.handler.send_response(status)
        for name, value in headers:
            self.handler.send_header(name, value)
        self.handler.send_header("Content-Type", "application/json")
        self.handler.send_header("Content-Length", str(len(body)))
        self.handler.end_headers()
        self.handler.wfile.write(body)

    # How it is said.

    def say(self, pieces):
        for piece in pieces:
            if isinstance(piece, threading.Event):
                piece.wait(10)
            elif self.provider == "anthropic":
                self._send([("content_block_delta", {
                    "type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}})])
            else:
                self._send([(None, self._chunk({"content": piece}))])

    def _opening(self):
        if self.provider != "anthropic":
            return [(None, self._chunk({"role": "assistant", "content": ""}))]
        usage = {"input_tokens": TOKENS[0], "output_tokens": 1}
        return [
            ("message_start", {"type": "message_start", "message": {
                "id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": self.body["model"],
                "stop_reason": None, "usage": usage}}),
            ("content_block_start", {
                "type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            ("ping", {"type": "ping"}),
        ]

    def _closing(self):
        if self.provider == "anthropic":
            return [
                ("content_block_stop", {"type": "content_block_stop", "index": 0}),
                ("message_delta", {"type": "message_delta", "delta": {"stop_reason": "end_turn"},
                                   "usage": {"output_tokens": TOKENS[1]}}),
                ("message_stop", {"type": "message_stop"}),
            ]
        usage = {"prompt_tokens": TOKENS[0], "completion_tokens": TOKENS[1], "total_tokens": sum(TOKENS)}
        end = self._chunk({}, finish="stop")
        if self.provider == "groq":
            return [(None, end | {"x_groq": {"id": "req_1", "usage": usage}}), (None, "[DONE]")]
        return [(None, end), (None, self._chunk(None) | {"usage": usage}), (None, "[DONE]")]

    def _chunk(self, delta, finish=None):
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": self.body["model"],
                "choices": choices}

    def _begin(self):
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()

    def _send(self, events):
        # OpenAI itself ends lines with LF; the format allows CR LF too, which can be cut in two.
        line = "\n" if self.provider == "openai" else "\r\n"
        text = ""
        for name, payload in events:
            data = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
            text += (f"event: {name}{line}" if name else "") + f"data: {data}{line}{line}"
        for part in cut(text.encode()):
            self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    def _wait_for_close(self, send):
        """Returns when the client has closed its side."""
        self.handler.close_connection = True
        connection = self.handler.connection
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if send:
                    self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(send), send))
                if select.select([connection], [], [], 0.05)[0] and connection.recv(1) == b"":
                    break
            except OSError:
                break
        else:
            return
        self.closed_by_client.set()


def cut(data):
    """The bytes in parts that end behind each CR and behind the first byte of each longer UTF-8 sequence."""
    start = 0
    for index, byte in enumerate(data):
        if byte == 0x0D or byte >= 0xC0:
            yield data[start:index + 1]
            start = index + 1
    if start < len(data):
        yield data[start:]


class Providers:
    """All providers on one port; `environment` points gepeto at them."""

    paths = {"/groq/openai/v1/chat/completions": "groq", "/openai/v1/chat/completions": "openai",
             "/anthropic/v1/messages": "anthropic"}
    keys = {"groq": "gsk_kAj3x81-groq-secret", "openai": "sk-proj-77Qz-openai-secret",
            "anthropic": "sk-ant-0Lm9-anthropic-secret"}

    def __init__(self):
        providers = self
        self.script = {}
        self.requests = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                name = providers.paths.get(self.path)
                if name is None:
                    self.send_error(404)
                    return
                exchange = Exchange(self, name)
                providers.requests.append(exchange)
                try:
                    providers.script[name](exchange)
                except ConnectionError:
                    exchange.closed_by_client.set()
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def environment(self, *names):
        base = f"http://127.0.0.1:{self.server.server_address[1]}"
        urls = {"groq": base + "/groq/openai/v1", "openai": base + "/openai/v1/", "anthropic": base + "/anthropic"}
        settings = {f"{name.upper()}_BASE_URL": urls[name] for name in names}
        return settings | {f"{name.upper()}_API_KEY": self.keys[name] for name in names}
