"""What the FastAPI peer does: checks a question and answers 202, with the queue that QUEUE names.

    QUEUE=none     nothing is kept
    QUEUE=sqlite   a row in a table of SQLite (WAL), a commit with synchronous=FULL for each question
    QUEUE=redis    XADD to a stream of the Redis at REDIS_PORT; how durable that is, Redis decides (appendfsync)

The SQLite queue writes from the event loop itself: with one writer at a time this took less CPU and was faster than
FastAPI's thread pool, in which the writers wait for each other and for the interpreter.
"""

import os
import re
import secrets
import sqlite3
import time
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import BaseModel, Field, StringConstraints

QUEUE = os.environ.get("QUEUE", "none")
app = FastAPI(openapi_url=None)

if QUEUE == "sqlite":
    database = sqlite3.connect(os.environ["QUEUE_FILE"], isolation_level=None, timeout=30)
    database.executescript("""
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE IF NOT EXISTS job (id TEXT PRIMARY KEY, conversation TEXT, session TEXT, course TEXT, mode TEXT,
            message TEXT, trace TEXT, accepted_at INTEGER, state TEXT);
    """)
if QUEUE == "redis":
    import redis.asyncio
    stream = redis.asyncio.Redis(port=int(os.environ["REDIS_PORT"]))


class Question(BaseModel):
    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]
    course: Annotated[str, StringConstraints(pattern=re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$"))]
    conversationId: str | None = None
    sessionId: str | None = None
    mode: Literal["answer", "hint", "socratic", "quiz"] = "answer"
    traceId: str | None = None


class Accepted(BaseModel):
    jobId: str = Field(default_factory=lambda: secrets.token_hex(16))
    conversationId: str = Field(default_factory=lambda: secrets.token_hex(16))
    sessionId: str = Field(default_factory=lambda: secrets.token_hex(16))
    traceId: str = Field(default_factory=lambda: secrets.token_hex(16))
    status: str = "queued"
    timestamp: int = Field(default_factory=lambda: int(time.time()))


@app.post("/api/chat", status_code=202)
async def chat(question: Question) -> Accepted:
    accepted = Accepted()
    if QUEUE == "sqlite":
        database.execute(
            "INSERT INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued')",
            (accepted.jobId, accepted.conversationId, accepted.sessionId, question.course, question.mode,
             question.message, accepted.traceId, accepted.timestamp))
    elif QUEUE == "redis":
        await stream.xadd("jobs", {"job": accepted.jobId, "session": accepted.sessionId, "course": question.course,
                                   "message": question.message, "trace": accepted.traceId})
    return accepted
