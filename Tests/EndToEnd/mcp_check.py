"""The course as tools for MCP clients, held against the official Python package's client.

    python Tests/EndToEnd/mcp_check.py PATH-TO-gepeto

Loads corpus/, serves it, and beside the running server starts `gepeto mcp`: the client negotiates a revision, lists the
tools, searches, reads on and is told what it did wrong; every structured result is held against the tool's own schema.
Then, by hand: each revision, and lines that are no messages. Nothing but messages may stand on standard output.
"""

import asyncio
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from harness import COURSE, ROOT, Server, call, check, clean_environment, end_with, ingest_corpus

REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18")


async def use(program, data, environment):
    """A session of the official client; returns what was negotiated and how many passages were read."""
    parameters = StdioServerParameters(command=program, args=["mcp", "--course", COURSE, "--data", data],
                                       env=environment, cwd=str(ROOT))
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        hello = await session.initialize()
        check(hello.server_info.name == "gepeto" and COURSE in hello.instructions, f"initialize: {hello}")
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        check(set(tools) == {"search_course", "get_passage"}, f"tools: {sorted(tools)}")

        async def ask(name, **arguments):
            result = await session.call_tool(name, arguments)
            text = result.content[0].text
            if result.is_error:
                return text
            found = result.structured_content
            check(json.loads(text) == found, "the text is not the structured content")
            jsonschema.validate(found, tools[name].output_schema)
            return found

        found = await ask("search_course", query="O que é recursão e quando ela termina?", k=4)
        check(1 <= len(found["passages"]) <= 4, f"search: {found}")
        check(found["evidence"]["score"] >= found["evidence"]["threshold"], f"evidence: {found['evidence']}")
        read_on = 0
        for passage in found["passages"]:
            for chunk in passage["chunks"]:
                whole = await ask("get_passage", document=passage["document"], chunk=chunk)
                check(whole["chunks"][0]["chunk"] == chunk and whole["title"] == passage["title"], f"chunk: {whole}")
                read_on += 1
            if "page" in passage:
                page = await ask("get_passage", document=passage["document"], page=passage["page"])
                check(any(c["chunk"] in passage["chunks"] for c in page["chunks"]), f"page: {page}")
        far = await ask("search_course", query="What is the capital of Mongolia?")
        check(far["evidence"]["score"] < far["evidence"]["threshold"], f"a question off the topic: {far['evidence']}")
        for name, arguments in [("search_course", {"query": ""}), ("search_course", {"query": "x", "k": 99}),
                                ("get_passage", {"document": "none", "page": 1})]:
            result = await session.call_tool(name, arguments)
            check(result.is_error and result.content[0].text.endswith("."), f"{name} {arguments}: {result}")
        return hello.protocol_version, read_on


def speak(program, data, environment, lines):
    """What `gepeto mcp` says to these lines: its replies, and how it ended."""
    done = subprocess.run([program, "mcp", "--course", COURSE, "--data", data], input=b"\n".join(lines) + b"\n",
                          capture_output=True, cwd=ROOT, env=environment, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr.decode()


def hello(revision):
    return json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize",
                       "params": {"protocolVersion": revision, "capabilities": {},
                                  "clientInfo": {"name": "check", "version": "1"}}}).encode()


def speak_badly(program, data, environment):
    """Each revision as it was asked for, and lines that are no messages; returns how many there were."""
    for revision in REVISIONS:
        replies, code, _ = speak(program, data, environment, [
            hello(revision), b'{"jsonrpc":"2.0","method":"notifications/initialized"}',
            b'{"jsonrpc":"2.0","id":"s","method":"tools/call","params":{"name":"search_course","arguments":{"query":"fila"}}}'])
        check(code == 0 and len(replies) == 2, f"{revision}: {replies} {code}")
        check(replies[0]["result"]["protocolVersion"] == revision, f"{revision}: {replies[0]}")
        check(("structuredContent" in replies[1]["result"]) == (revision == REVISIONS[-1]), f"{revision}: {replies[1]}")
    bad = [(b"{", -32700), (b"\xff\xfe", -32700), (b'"text"', -32600), (b"[]", -32600), (b'{"jsonrpc":"2.0","id":1}', -32600),
           (b'{"jsonrpc":"2.0","id":1,"method":"prompts/list"}', -32601), (b"[" * 5000, -32700), (b"\x00", -32700),
           (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}}', -32602)]
    replies, code, _ = speak(program, data, environment, [hello(REVISIONS[-1])] + [line for line, _ in bad] + [
        b'{"jsonrpc":"2.0","id":99,"method":"ping"}'])
    check([r.get("error", {}).get("code") for r in replies[1:-1]] == [code for _, code in bad], f"replies: {replies}")
    check(replies[-1] == {"jsonrpc": "2.0", "id": 99, "result": {}} and code == 0, f"the session did not go on: {replies[-1]}")
    replies, code, complaint = speak(program, data, environment, [b"x" * (2 << 20)])
    check(replies[0]["error"]["code"] == -32700 and code == 1 and "1 MiB" in complaint, f"a long line: {replies} {complaint}")
    done = subprocess.run([program, "mcp", "--course", "nothing", "--data", data], stdin=subprocess.DEVNULL,
                          capture_output=True, cwd=ROOT, env=environment, timeout=60)
    check(done.returncode == 1 and done.stdout == b"" and b"there is no course" in done.stderr, f"unknown course: {done}")
    return len(bad) + 2


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    environment = clean_environment(GEPETO_LOG_LEVEL="warning")
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder, "data"))
        ingest_corpus(program, data, environment)
        server = Server(program, data, environment, pathlib.Path(folder, "log"))
        try:
            revision, read_on = asyncio.run(asyncio.wait_for(use(program, data, environment), 120))
            print(f"the official client, beside a running server: revision {revision}, {read_on} chunks read, "
                  "every result true to its schema")
            print(f"{speak_badly(program, data, environment)} malformed inputs and {len(REVISIONS)} revisions by hand")
            status, answer, _ = call(server.url + "/api/courses")
            check(status == 200 and answer["courses"][0]["documents"] > 0, f"the server: {answer}")
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
