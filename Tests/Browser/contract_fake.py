"""A test double of the wire contract, for developing web/ without the server: not the server, and no proof of it.

It serves web/ with a strict Content-Security-Policy and plays the events of the contract with fixed texts. What the
question says chooses the story: "erro" ends in an `error` event, "cobre" is not covered by the material, "repete" is
retried half way, "corta" closes the socket in mid-answer, anything else is answered with two citations.

    python Tests/Browser/contract_fake.py --port 8099 [--no-socket] [--no-streams] [--pace 0.03]        (needs aiohttp)
"""

import argparse
import asyncio
import json
import pathlib
import secrets
import time

from aiohttp import WSMsgType, web
from desk_fake import Desk, token_of

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-src blob:; frame-ancestors 'none'"
)

SOURCES = [
    {
        "marker": 1,
        "documentId": "d1",
        "title": "Recursão e indução",
        "page": 3,
        "section": "Recursão › Caso base",
        "passage": "Toda função recursiva precisa de um caso base. Recursão é quando uma\nfunção chama a si mesma com um "
        "problema menor, até chegar ao caso base, que se resolve sem outra chamada.\n\nSem caso base, as chamadas não "
        "terminam: a pilha cresce até estourar. Por isso a primeira linha de uma função recursiva costuma ser a "
        "condição de parada.",
    },
    {
        "marker": 2,
        "documentId": "d2",
        "title": "Python Basics, week 4",
        "page": None,
        "section": "Functions › Recursion",
        "passage": "The factorial is the classic example: fatorial(n) multiplies n by fatorial(n - 1), and fatorial(0) is 1.",
    },
]
ANSWER = """**Recursão** é quando uma função chama a si mesma com um problema menor [1]. Duas partes são necessárias:

1. o *caso base*, que se resolve sem outra chamada [1];
2. o passo, que se aproxima do caso base.

O fatorial é o exemplo clássico [2]:

```python
def fatorial(n):
    if n == 0:
        return 1
    return n * fatorial(n - 1)
```

Sem o caso base as chamadas não terminam, e a pilha estoura [1]. <b>Isto não é HTML.</b>"""
QUOTES = {
    1: "Recursão é quando uma função chama a si mesma com um problema menor, até chegar ao caso base",
    2: "The factorial is the classic example",
}
HONEST = "O material da disciplina não cobre isto. As seções mais próximas são *Avaliação* e *Calendário*."


class Session:
    """A session's numbered log and the socket that is listening, if one is."""

    def __init__(self):
        self.log, self.socket, self.token, self.news = [], None, "", asyncio.Event()

    async def emit(self, event):
        event |= {"seq": len(self.log) + 1, "timestamp": int(time.time())}
        self.log.append(event)
        self.news.set()
        self.news = asyncio.Event()
        if self.socket and not self.socket.closed:
            await self.socket.send_json(event)


class Contract:
    """The routes; `messages` and `jobs` are kept in memory for as long as the double runs."""

    def __init__(self, options):
        self.options, self.epoch = options, secrets.token_hex(4)
        self.sessions, self.jobs, self.messages, self.keys, self.titles = {}, {}, {}, {}, {}
        self.ratings = {}
        self.course_list = [
            {"id": "algoritmos", "title": "Algoritmos e Programação", "documents": 12, "chunks": 240},
            {"id": "fisica", "title": "Física I", "documents": 3, "chunks": 51},
        ]

    def problem(self, status, detail):
        return web.json_response(
            {"type": "about:blank", "title": "Problem", "status": status, "detail": detail},
            status=status,
            content_type="application/problem+json",
        )

    async def courses(self, _):
        return web.json_response({"courses": self.course_list})

    async def chat(self, request):
        body, key = await request.json(), request.headers.get("Idempotency-Key")
        if key in self.keys:
            return web.json_response(self.keys[key], status=202)
        if not body.get("message", "").strip():
            return self.problem(400, "The question is empty.")
        if body.get("sessionId") and body["sessionId"] not in self.sessions:
            return self.problem(404, "There is no such session.")
        if body.get("conversationId") and body["conversationId"] not in self.messages:
            return self.problem(404, "There is no such conversation.")
        session = body.get("sessionId") or secrets.token_hex(16)
        self.sessions.setdefault(session, Session())
        conversation = body.get("conversationId") or secrets.token_hex(16)
        self.messages.setdefault(conversation, []).append(
            {"id": secrets.token_hex(4), "role": "user", "content": body["message"], **{k: body[k] for k in ("mode", "assignment") if k in body}}
        )
        job = secrets.token_hex(8)
        accepted = {
            "jobId": job,
            "conversationId": conversation,
            "sessionId": session,
            "traceId": secrets.token_hex(16),
            "status": "queued",
            "timestamp": int(time.time()),
        }
        self.keys[key] = accepted
        self.jobs[job] = {"jobId": job, "state": "queued", "session": session, "conversation": conversation}
        self.jobs[job]["task"] = asyncio.create_task(self.work(job, body["message"]))
        return web.json_response(accepted, status=202)

    async def work(self, job_id, question):
        job, pace = self.jobs[job_id], self.options.pace
        session = self.sessions[job["session"]]
        story = question.lower()

        async def status(state, attempt=1, **more):
            job["state"] = state
            await session.emit({"event": "status", "jobId": job_id, "state": state, "attempt": attempt, **more})
            await asyncio.sleep(pace * 10)

        async def write(text, attempt):
            for index, at in enumerate(range(0, len(text), 7)):
                if job["state"] == "cancelled":
                    return
                if "corta" in story and index == 20 and session.socket:
                    await session.socket.close(code=1001)
                await session.emit(
                    {
                        "event": "message_delta",
                        "jobId": job_id,
                        "attempt": attempt,
                        "stream": 0,
                        "index": index,
                        "content": text[at : at + 7],
                    }
                )
                await asyncio.sleep(pace)

        await status("queued")
        await status("retrieving")
        if "prova" in story:
            denial = {"cause": "course_locked", "until": int(time.time()) + 3_600}
            job["error"] = {"code": "policy_denied", "message": "The course is closed.", "retryable": False, "details": {"denial": denial}}
            job["state"] = "failed"
            return await session.emit({"event": "error", "jobId": job_id, **job["error"]})
        if "erro" in story:
            job["error"] = {
                "code": "llm_unavailable",
                "message": "O modelo de linguagem não está disponível agora.",
                "retryable": True,
            }
            job["state"] = "failed"
            return await session.emit({"event": "error", "jobId": job_id, **job["error"]})
        honest = "cobre" in story
        text = HONEST if honest else ANSWER
        attempt = 1
        await status("generating", sources=[] if honest else SOURCES)
        if "repete" in story:
            await write(text[:200], 1)
            attempt = 2
            await status("retrying", attempt=2)
        await write(text, attempt)
        if job["state"] == "cancelled":
            return
        citations = (
            []
            if honest
            else [
                {
                    **source,
                    "quote": QUOTES[source["marker"]],
                    "url": f"/api/courses/algoritmos/documents/{source['documentId']}/content",
                    "score": 0.8,
                    "supported": source["marker"] == 1,
                }
                for source in SOURCES
            ]
        )
        job["answer"] = {
            "messageId": secrets.token_hex(4),
            "sessionId": job["session"],
            "conversationId": job["conversation"],
            "traceId": "0" * 32,
            "content": text,
            "citations": citations,
            "grounded": not honest,
            "metadata": {
                "model": "extractive",
                "provider": "extractive",
                "tokens": 0,
                "tokensInput": 0,
                "tokensOutput": 0,
                "latencyMs": 900,
                "timeToFirstTokenMs": 120,
                "costUsd": 0,
                "degraded": not honest,
            },
        }
        job["state"] = "completed"
        self.messages[job["conversation"]].append(
            {"id": job["answer"]["messageId"], "role": "assistant", "jobId": job_id, **job["answer"]}
        )
        await session.emit({"event": "message_completed", "jobId": job_id, **job["answer"]})

    async def job(self, request):
        job = self.jobs.get(request.match_info["job"])
        if not job:
            return self.problem(404, "There is no such job.")
        if request.method == "DELETE" and job["state"] not in ("completed", "failed", "cancelled"):
            job["state"] = "cancelled"
            await self.sessions[job["session"]].emit(
                {"event": "error", "jobId": job["jobId"], "code": "cancelled", "message": "", "retryable": False}
            )
        return web.json_response({key: job[key] for key in ("jobId", "state", "answer", "error") if key in job})

    async def job_events(self, request):
        if self.options.no_streams:
            return self.problem(502, "A proxy swallowed the stream.")
        job = self.jobs.get(request.match_info["job"])
        if not job:
            return self.problem(404, "There is no such job.")
        session, after = self.sessions[job["session"]], int(request.headers.get("Last-Event-ID", 0))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        while True:
            news = session.news
            for event in session.log[after:]:
                if event["jobId"] == job["jobId"]:
                    await response.write(
                        f"id: {event['seq']}\nevent: {event['event']}\ndata: {json.dumps(event)}\n\n".encode()
                    )
                    if event["event"] in ("message_completed", "error"):
                        return response
            after = len(session.log)
            await news.wait()

    async def history(self, request):
        messages = self.messages.get(request.match_info["conversation"])
        return (
            self.problem(404, "There is no such conversation.")
            if messages is None
            else web.json_response({"messages": [{**one, **self.rating(one["id"])} for one in messages]})
        )

    def rating(self, message):
        given = self.ratings.get(message)
        return {"rating": given["rating"]} if given else {}

    async def socket(self, request):
        if self.options.no_socket:
            return self.problem(503, "No sockets here.")
        name = request.query.get("sessionId") or secrets.token_hex(16)
        if request.query.get("sessionId") and name not in self.sessions:
            return self.problem(404, "There is no such session.")
        socket = web.WebSocketResponse(protocols=["gepeto.v1"])
        await socket.prepare(request)
        session = self.sessions.setdefault(name, Session())
        after = int(request.query.get("after", len(session.log)))
        await socket.send_json(
            {
                "event": "connected",
                "status": "connected",
                "connectionId": secrets.token_hex(4),
                "sessionId": name,
                "epoch": self.epoch,
                "resumedFrom": after,
                "seq": after,
                "timestamp": int(time.time()),
            }
        )
        for event in session.log[after:]:
            await socket.send_json(event)
        session.socket, session.token = socket, token_of(request)
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
        return socket


async def page(request):
    name = request.match_info["name"] or "index.html"
    file = (WEB / name).resolve()
    if not file.is_relative_to(WEB) or not file.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(
        file,
        headers={"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--port", type=int, default=8099)
    arguments.add_argument(
        "--no-socket", action="store_true", help="refuse WebSockets: the page must find the other way"
    )
    arguments.add_argument("--no-streams", action="store_true", help="refuse event streams too: only polling is left")
    arguments.add_argument("--pace", type=float, default=0.02, help="seconds between two pieces")
    arguments.add_argument("--auth", choices=("open", "jwt"), default="open", help="jwt: a sign-in is needed")
    arguments.add_argument("--lasting", type=float, default=900, help="seconds after which a token is refused")
    arguments.add_argument("--locked", action="store_true", help="the course is closed for an exam")
    arguments.add_argument("--slow", type=float, default=0, help="seconds that an upload takes")
    options = arguments.parse_args()
    contract = Contract(options)
    desk = Desk(contract, options.auth, options.lasting, options.slow, options.locked)
    app = web.Application(middlewares=[desk.guard], client_max_size=1 << 28)
    app.router.add_get("/api/health", lambda _: web.json_response({"status": "ok"}))
    app.router.add_get("/api/courses", contract.courses)
    app.router.add_post("/api/chat", contract.chat)
    app.router.add_get("/api/jobs/{job}", contract.job)
    app.router.add_delete("/api/jobs/{job}", contract.job)
    app.router.add_get("/api/jobs/{job}/events", contract.job_events)
    app.router.add_get("/api/conversations/{conversation}/messages", contract.history)
    app.router.add_get("/api/ws", contract.socket)
    desk.add(app.router)
    app.router.add_get("/{name:.*}", page)
    web.run_app(app, host="127.0.0.1", port=options.port, print=None)


if __name__ == "__main__":
    main()
