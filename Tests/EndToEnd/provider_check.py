"""A student's question answered by a language model, from POST to the last event, with an independent client.

    python Tests/EndToEnd/provider_check.py PATH-TO-gepeto

The program is the real one; the language models are `model_provider.py` on a loopback port, configured as operators do:
by keys, base URLs and GEPETO_LLM. Holds the events, what the providers were sent, and the log against the contract.
Prints one line a step; ends with 1 and the reason at the first that fails.
"""

import argparse
import asyncio
import json
import pathlib
import re
import socket as sockets
import statistics
import subprocess
import tempfile
import threading
import time

import websockets

from harness import (ROOT, TERMINAL, Failed, Server, call, check, clean_environment, corpus_questions, end_with,
                     events_until_over, ingest_corpus, text_of)
from model_provider import TOKENS, Exchange, Providers

# A name that is nowhere in the course or the program: whoever finds it in the log has found the student's words.
QUESTION = "O que é recursão, pergunta Zulmira?"
STUDENTS_WORDS = ["zulmira", "recursão", "recursion"]
MODELS_WORDS = ["Segundo o material", "Ouvi dizer", "É só isso"]
# For what is not about the breaker.
NO_BREAKER = {"GEPETO_BREAKER_MINIMUM_CALLS": "1000", "GEPETO_BREAKER_WINDOW_CALLS": "1000"}
BROKEN = "Ouvi dizer que recursão é um tipo de laço"
TIMEOUTS = {"GEPETO_LLM_FIRST_BYTE_TIMEOUT": "2", "GEPETO_LLM_SILENCE_TIMEOUT": "2", "GEPETO_LOG_LEVEL": "debug"}
PRICES = {"groq": (0.59, 0.79), "openai": (0.15, 0.60), "anthropic": (1.00, 5.00)}
MODELS = {"groq": "llama-3.3-70b-versatile", "openai": "gpt-4o-mini", "anthropic": "claude-haiku-4-5"}


def say(line):
    print(line, flush=True)


def sentence_of(exchange):
    """A sentence of the first passage that is prose."""
    for number, text in exchange.passages.items():
        found = re.search(r"[A-ZÀ-Ú][^.\[\]`#|\n*]{40,200}\.", text)
        if found:
            return number, found.group()
    raise Failed("no passage has a sentence to repeat")


class Tale:
    """An answer with true and invented markers, and what of it may be shown."""

    def __init__(self, gates=(), title=""):
        self.gates = list(gates)
        self.title = title
        self.expected = None

    def __call__(self, exchange):
        number, sentence = sentence_of(exchange)
        opening = f"Segundo o material 👩‍🏫{self.title}: "
        first, second = (self.gates + [None, None])[:2]
        pieces = [opening, first, sentence[:10], sentence[10:-1], " [", f"{number}]", ". É só", second, " isso [9]",
                  " mesmo [2", ", 9]. Não há ", "mais [12] [0]."]
        self.expected = f"{opening}{sentence[:-1]} [{number}]. É só isso mesmo [2]. Não há mais."
        exchange.stream([piece for piece in pieces if piece is not None])


class Student:
    """One session of a client: asks over HTTP, follows on the WebSocket."""

    def __init__(self, server, socket, session, seen):
        self.server, self.socket, self.session, self.seen = server, socket, session, seen

    async def ask(self, message, conversation=None, on_event=None):
        """The job's events, the last of them, and the receipt."""
        body = {"message": message, "sessionId": self.session}
        if conversation:
            body["conversationId"] = conversation
        status, receipt, _ = await asyncio.to_thread(call, self.server.url + "/api/chat", body)
        check(status == 202, f"{status} {receipt}")
        events = await events_until_over(self.socket, receipt["jobId"], self.seen, on_event)
        return events, events[-1], receipt


class Connected:
    """`async with Connected(server) as student`; at the end each job must have ended once."""

    def __init__(self, server):
        self.server = server

    async def __aenter__(self):
        self.socket = await websockets.connect(self.server.socket, subprotocols=["gepeto.v1"])
        hello = json.loads(await self.socket.recv())
        self.seen = []
        return Student(self.server, self.socket, hello["sessionId"], self.seen)

    async def __aexit__(self, kind, *_):
        await self.socket.close()
        if kind:
            return
        ends = [event["jobId"] for event in self.seen if event["event"] in TERMINAL]
        check(len(ends) == len(set(ends)), "a job ended twice")
        for job in ends:
            own = [event for event in self.seen if event.get("jobId") == job]
            check(own[-1]["event"] in TERMINAL, f"an event after the end: {own[-1]}")
        check("[9]" not in json.dumps([e for e in self.seen if e["event"] == "message_delta"]), "[9] in a delta")


def check_answer(events, provider, expected=None):
    """What every answer of a language model must hold."""
    last = events[-1]
    check(last["event"] == "message_completed", f"{last}")
    check(last["content"] == text_of(events), "the deltas do not add up to the answer")
    if expected is not None:
        check(last["content"] == expected, f"the answer is\n{last['content']}\nnot\n{expected}")
    facts = last["metadata"]
    price = sum(count * price for count, price in zip(TOKENS, PRICES[provider])) / 1e6
    check(facts["provider"] == provider and facts["model"] == MODELS[provider], f"metadata: {facts}")
    check((facts["tokensInput"], facts["tokensOutput"], facts["tokens"]) == (*TOKENS, sum(TOKENS)), f"{facts}")
    check(abs(facts["costUsd"] - price) < 1e-9, f"costUsd is {facts['costUsd']}, not {price}")
    check(0 <= facts["timeToFirstTokenMs"] <= facts["latencyMs"], f"{facts}")
    check(facts["degraded"] is False, f"{facts}")
    return last


async def tokens_stream(student, providers, documents):
    """Returns the conversation and its first answer."""
    # The provider goes on only when the student has seen what it said: nothing is held back until the end.
    gates = [threading.Event(), threading.Event()]
    waiting = list(gates)

    async def on_event(event):
        if event["event"] == "message_delta" and waiting:
            waiting.pop(0).set()

    tale = Tale(gates)
    providers.script["groq"] = tale
    events, last, receipt = await student.ask(QUESTION, on_event=on_event)
    check_answer(events, "groq", tale.expected)
    check(all(gate.is_set() for gate in gates), "the end came before the deltas")
    deltas = [event for event in events if event["event"] == "message_delta"]
    check(len(deltas) >= 3, f"only {len(deltas)} deltas")
    check([d["index"] for d in deltas] == list(range(len(deltas))), "deltas out of order")
    say(f"an answer of groq's stream, cut at awkward bytes: {len(deltas)} deltas, each seen before the next was "
        f"written; {last['metadata']['tokens']} tokens, {last['metadata']['costUsd']:.7f} USD, "
        f"first token after {last['metadata']['timeToFirstTokenMs']} of {last['metadata']['latencyMs']} ms")

    sources = {source["marker"]: source for event in events for source in event.get("sources") or []}
    markers = [citation["marker"] for citation in last["citations"]]
    check(sorted(set(re.findall(r"\[(\d+)\]", last["content"]))) == sorted(str(m) for m in markers), f"{markers}")
    for citation in last["citations"]:
        check(citation["passage"] == sources[citation["marker"]]["passage"], "a citation of another passage")
        check(citation["quote"] in citation["passage"], "a quote that is not verbatim in its passage")
        check(any(plain(citation["quote"]) in text for text in documents), f"not in corpus/: {citation['quote']}")
    check(last["grounded"] and last["citations"][0]["supported"], "the repeated sentence is not supported")
    say(f"invented markers never reached the client; {len(markers)} citations with quotes verbatim in corpus/")
    check_prompt(providers.requests[-1], events, QUESTION, "Regras:", "Pergunta: ")
    return receipt["conversationId"], last


def check_prompt(exchange, events, question, rules, asks):
    sources = next(event["sources"] for event in events if event.get("sources"))
    check(exchange.passages == {s["marker"]: s["passage"] for s in sources}, "the prompt has other passages")
    check(len(exchange.fence) >= 12 and all(exchange.fence not in s["passage"] for s in sources), exchange.fence)
    check(f"<<{exchange.fence}" in exchange.system and rules in exchange.system, f"rules: {exchange.system}")
    role, content = exchange.turns[-1]
    check(role == "user" and content.endswith(asks + question), f"the question is not last: {content[-200:]}")
    check(exchange.body["stream"] is True, "no stream was asked for")
    if exchange.provider == "anthropic":
        check(exchange.headers.get("x-api-key") == Providers.keys["anthropic"], "anthropic's key")
        check("anthropic-version" in exchange.headers and "authorization" not in exchange.headers, "headers")
    else:
        check(exchange.headers.get("authorization") == f"Bearer {Providers.keys[exchange.provider]}", "the key")
        check(exchange.body["stream_options"] == {"include_usage": True}, "usage was not asked for")


async def prompts(student, providers, conversation, answer):
    first = providers.requests[-1]
    follow_up = "e o caso base?"
    tale = Tale()
    providers.script["groq"] = tale
    events, last, _ = await student.ask(follow_up, conversation)
    check_answer(events, "groq", tale.expected)
    second = providers.requests[-1]
    check_prompt(second, events, follow_up, "Regras:", "Pergunta: ")
    check(second.turns[:-1] == [("user", QUESTION), ("assistant", unmarked(answer["content"]))], f"{second.turns[:-1]}")
    check(first.fence != second.fence, "the fence is the same twice")
    question = "What is memoization and what does it store?"
    events, *_ = await student.ask(question)
    check_prompt(providers.requests[-1], events, question, "Rules:", "Question: ")
    check("in English" in providers.requests[-1].system and len(providers.requests[-1].turns) == 1, "another language")
    say("prompts: numbered passages in a fence made anew, rules in the question's language, earlier turns of the "
        "conversation, key in its header")


async def no_needless_call(student, providers):
    question = next(q["question"] for q in corpus_questions() if q["id"] == "u04")
    before = len(providers.requests)
    events, last, _ = await student.ask(question)
    check(last["event"] == "message_completed" and not last["grounded"] and not last["citations"], f"{last}")
    check(last["metadata"]["provider"] == "none" and not last["metadata"]["degraded"], f"{last['metadata']}")
    check(len(providers.requests) == before, "a question outside the course was sent to a provider")
    say("a question outside the course: refused without a call")


async def next_one_answers(student, providers, conversation):
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    failures = [
        ("status 500", lambda e: e.refuse(500), 2, False),
        # Who has waited through a timeout is not made to wait for the same model again.
        ("silence", Exchange.hang, 1, False),
        ("a stream that breaks", lambda e: e.break_off([BROKEN, " [1]. "]), 1, True),
        ("a stream that stalls", lambda e: e.hang([BROKEN]), 1, True),
        ("an error within the stream", lambda e: e.fail_within([BROKEN], overloaded), 1, True),
    ]
    previous = None
    for name, failure, calls, has_shown in failures:
        tale = Tale(title=f", apesar de: {name}")
        providers.script |= {"groq": failure, "openai": tale}
        before = len(providers.requests)
        events, last, _ = await student.ask(QUESTION, conversation)
        check_answer(events, "openai", tale.expected)
        asked = [exchange.provider for exchange in providers.requests[before:]]
        check(asked == ["groq"] * calls + ["openai"], f"{name}: {asked} were asked")
        streams = sorted({(e["attempt"], e["stream"]) for e in events if e["event"] == "message_delta"})
        # A stream that broke before its text left the house need not be told of; the answer's must be the higher.
        check(streams in ([(1, 1), (1, 2)], [(1, 2)]) if has_shown else streams == [(1, 1)], f"{name}: {streams}")
        shown = "".join(e["content"] for e in events if e["event"] == "message_delta" and e["stream"] == streams[-1][1])
        check(BROKEN not in last["content"] and BROKEN not in shown, f"{name}: broken text in the answer")
        check(not has_shown or streams == [(1, 2)] or is_told_to_begin_anew(events), f"{name}: no 'retrying'")
        earlier = providers.requests[-1].turns[:-1]
        check(previous is None or earlier[-1] == ("assistant", unmarked(previous)), f"{name}: the last answer is not the last turn")
        previous = last["content"]
    say(f"groq fails ({', '.join(name for name, *_ in failures)}): openai answers, broken text is replaced")
    check([role for role, _ in earlier] == ["user", "assistant"] * 3, f"{len(earlier)} earlier turns, not the last 6")

    providers.script |= {"openai": lambda e: e.refuse(401), "anthropic": Tale()}
    events, *_ = await student.ask(QUESTION)
    check_answer(events, "anthropic", providers.script["anthropic"].expected)
    check_prompt(providers.requests[-1], events, QUESTION, "Regras:", "Pergunta: ")
    providers.script["anthropic"] = lambda e: e.refuse(529)
    events, last, _ = await student.ask(QUESTION)
    facts = last["metadata"]
    check(last["event"] == "message_completed" and facts["degraded"] and facts["provider"] == "extractive", f"{last}")
    check(last["content"] == text_of(events) and last["citations"], "no quotes")
    say("groq and openai fail: anthropic answers; all three fail: quotes of the material, degraded")


def is_told_to_begin_anew(events):
    """Whether `retrying` stands between the last delta of the first stream and the first of the second."""
    kinds = [(e["event"], e.get("stream"), e.get("state")) for e in events]
    told = [i for i, kind in enumerate(kinds) if kind[2] == "retrying"]
    old = max(i for i, kind in enumerate(kinds) if kind[:2] == ("message_delta", 1))
    new = min(i for i, kind in enumerate(kinds) if kind[:2] == ("message_delta", 2))
    return len(told) == 1 and old < told[0] < new and bool(events[told[0]].get("sources"))


async def cancelled(student, providers):
    """DELETE stops the answer and the provider's work."""
    providers.script["groq"] = lambda e: e.dawdle(["Segundo o material, ", "devagar "])

    async def on_event(event):
        if event["event"] == "message_delta":
            await asyncio.to_thread(call, f"{student.server.url}/api/jobs/{event['jobId']}", method="DELETE")

    _, last, receipt = await student.ask(QUESTION, on_event=on_event)
    check(last["event"] == "error" and last["code"] == "cancelled" and not last["retryable"], f"{last}")
    check(await asyncio.to_thread(providers.requests[-1].closed_by_client.wait, 10), "the provider's stream goes on")
    _, job, _ = await asyncio.to_thread(call, f"{student.server.url}/api/jobs/{receipt['jobId']}")
    check(job["status"] == "cancelled", f"{job}")
    say("DELETE during a slow answer: error 'cancelled', and the connection to the provider is closed")


async def default_order(student, providers):
    tale = Tale()
    providers.script["anthropic"] = tale
    events, *_ = await student.ask(QUESTION)
    check_answer(events, "anthropic", tale.expected)
    providers.script["anthropic"] = lambda e: e.break_off([])
    _, last, _ = await student.ask(QUESTION)
    check(last["metadata"]["degraded"] and last["metadata"]["provider"] == "extractive", f"{last}")
    say("with ANTHROPIC_API_KEY only: anthropic answers; when it breaks off, quotes, degraded")


async def without_extractive(student, providers):
    """openai's port is closed; a job has two attempts."""
    tale = Tale()

    def first_badly(exchange):
        providers.script["groq"] = tale
        exchange.break_off([BROKEN])

    providers.script["groq"] = first_badly
    events, last, _ = await student.ask(QUESTION)
    check_answer(events, "groq", tale.expected)
    check(any(e.get("state") == "retrying" for e in events), "nobody was told of the second attempt")
    attempts = {e["attempt"] for e in events if e["event"] == "message_delta"}
    check(max(attempts) == 2 and BROKEN not in last["content"], f"{attempts} {last['content']}")
    say("groq's stream breaks and openai's port is closed: 'retrying', and the second attempt answers")

    providers.script["groq"] = lambda e: e.refuse(503)
    before = len(providers.requests)
    events, last, receipt = await student.ask(QUESTION)
    check(last["event"] == "error" and last["code"] == "llm_unavailable" and last["retryable"], f"{last}")
    check(len(providers.requests) - before == 4, f"groq was asked {len(providers.requests) - before} times, not 2 × 2")
    check(sum(e["event"] in TERMINAL for e in events) == 1, "more than one end")
    states = [e["state"] for e in events if e["event"] == "status"]
    check(states.count("retrying") == 1, f"{states}")
    for word in [*Providers.keys.values(), "Zulmira", "127.0.0.1", "groq"]:
        check(word not in json.dumps(last, ensure_ascii=False), f"{word} in what the student reads: {last}")
    say(f"all down and no extractive: one error, llm_unavailable, after two attempts: {last['message']}")


async def timed(student, question=QUESTION, **more):
    """Seconds from the POST to the last event, the events, the last."""
    start = time.monotonic()
    events, last, _ = await student.ask(question, **more)
    return time.monotonic() - start, events, last


def check_quoted(last):
    check(last["event"] == "message_completed" and last["metadata"]["degraded"], f"{last}")
    check(last["metadata"]["provider"] == "extractive" and last["citations"], f"{last}")


async def breaker_opens_and_closes(student, providers):
    """4 of at least 4 calls failed open it, for 5 s, then 3 probes; the extractive model stands in."""
    asked = lambda: len(providers.requests)
    providers.script["groq"] = lambda e: e.refuse(500)
    before = asked()
    while asked() - before < 4:
        check_quoted((await timed(student))[2])
    check(asked() - before == 4, f"{asked() - before} calls, not 4, before the breaker opened")
    opened = time.monotonic()
    waits = []
    while time.monotonic() - opened < 2:
        seconds, _, last = await timed(student)
        check_quoted(last)
        waits.append(seconds)
    check(asked() - before == 4, "an open breaker let a call through")
    check(statistics.median(waits) < 1, f"{waits}")
    say(f"outage: the breaker opens after 4 calls; then {len(waits)} answers by quotes, degraded, no call, "
        f"median {statistics.median(waits) * 1000:.0f} ms")

    await asyncio.sleep(max(0, opened + 5.1 - time.monotonic()))
    before = asked()
    # The first question's call and its retry are two probes; the second question is no more asked for.
    for _ in range(2):
        check_quoted((await timed(student))[2])
    check(asked() - before == 2, f"{asked() - before} calls while half open: 2 bad ones of 3 settle it")
    opened = time.monotonic()
    tale = Tale()
    providers.script["groq"] = tale
    check_quoted((await timed(student))[2])
    await asyncio.sleep(max(0, opened + 5.1 - time.monotonic()))
    for _ in range(3):
        events, *_ = await student.ask(QUESTION)
        check_answer(events, "groq", tale.expected)
    say("half open: two failed probes open it again; two good ones close it, and the model answers")


async def left_alone(student, providers):
    """429 with Retry-After: the next model at once, and no call until the time is over."""
    tale = Tale()
    providers.script |= {"groq": lambda e: e.refuse(429, [("Retry-After", "4")]), "openai": tale}
    before = len(providers.requests)
    events, *_ = await student.ask(QUESTION)
    refused = time.monotonic()
    check_answer(events, "openai", tale.expected)
    providers.script["groq"] = tale
    while time.monotonic() - refused < 3:
        events, *_ = await student.ask(QUESTION)
        check_answer(events, "openai", tale.expected)
        await asyncio.sleep(0.2)
    names = [exchange.provider for exchange in providers.requests[before:]]
    check(names.count("groq") == 1 and len(names) > 3, f"{names}")
    await asyncio.sleep(max(0, refused + 4.1 - time.monotonic()))
    events, *_ = await student.ask(QUESTION)
    check_answer(events, "groq", tale.expected)
    say(f"429 with Retry-After 4: openai answers at once, groq is not asked by {len(names) - 2} further questions, "
        "and answers again when the time is over")


async def broken_after_text(student, providers):
    """The text was seen before the stream broke: it is voided by `retrying` before the next one's first words."""
    seen = threading.Event()

    async def on_event(event):
        if event["event"] == "message_delta":
            seen.set()

    def breaks(exchange):
        exchange.break_off([BROKEN, seen])

    tale = Tale()
    providers.script |= {"groq": breaks, "openai": tale}
    before = len(providers.requests)
    events, last, _ = await student.ask(QUESTION, on_event=on_event)
    check_answer(events, "openai", tale.expected)
    shown = "".join(e["content"] for e in events if e["event"] == "message_delta" and e["stream"] == 1)
    check(shown and BROKEN.startswith(shown.strip()), f"shown before the break: {shown!r}")
    check(is_told_to_begin_anew(events), f"{[(e['event'], e.get('state'), e.get('stream')) for e in events]}")
    check([e.provider for e in providers.requests[before:]] == ["groq", "openai"], "asked again after text was shown")
    say(f"a stream breaks after {len(shown)} characters were shown: status 'retrying', then openai's text from its begin")


async def trickling(student, providers):
    """The bounds: 2 s to the first text for all models together, 1.5 s of silence, 4 s a call."""
    before = len(providers.requests)
    providers.script |= {"groq": lambda e: e.dawdle([]), "openai": lambda e: e.dawdle([])}
    seconds, _, last = await timed(student)
    check_quoted(last)
    check(2 <= seconds < 3, f"{seconds}")
    names = [exchange.provider for exchange in providers.requests[before:]]
    check(names == ["groq"], f"{names}")
    check(await asyncio.to_thread(providers.requests[-1].closed_by_client.wait, 5), "the trickle goes on")
    say(f"signs of life without a word: given up after the 2 s to the first text, quotes after {seconds:.2f} s, one call")

    tale = Tale()
    providers.script |= {"groq": lambda e: e.dawdle([BROKEN]), "openai": tale}
    seconds, events, _ = await timed(student)
    check_answer(events, "openai", tale.expected)
    check(4 <= seconds < 5.5 and is_told_to_begin_anew(events), f"{seconds}")
    providers.script["groq"] = lambda e: e.hang([BROKEN])
    silent, events, _ = await timed(student)
    check_answer(events, "openai", tale.expected)
    check(1.5 <= silent < 2.5 and is_told_to_begin_anew(events), f"{silent}")
    say(f"signs of life after some text: the whole call's 4 s end it ({seconds:.2f} s); silence after some text: 1.5 s "
        f"({silent:.2f} s); openai answers anew")

    providers.script |= {"groq": Exchange.hang, "openai": Exchange.hang}
    before = len(providers.requests)
    seconds, _, last = await timed(student)
    check_quoted(last)
    names = [exchange.provider for exchange in providers.requests[before:]]
    check(2 <= seconds < 3 and names == ["groq", "openai"], f"{seconds} {names}")
    say(f"both hang: quotes after {seconds:.2f} s, each asked once; no chain of timeouts")


async def breaker_speaks(student, providers):
    """No extractive model: with all breakers open one error at once, with the breaker's sentence."""
    providers.script |= {"groq": lambda e: e.refuse(500), "openai": lambda e: e.refuse(500)}
    last = None
    while last is None or last["details"]["cause"] != "circuit_open":
        _, last, _ = await student.ask(QUESTION)
        check(last["event"] == "error" and last["code"] == "llm_unavailable", f"{last}")
    before = len(providers.requests)
    waits = []
    for _ in range(5):
        seconds, events, last = await timed(student)
        waits.append(seconds)
        check(last["event"] == "error" and last["code"] == "llm_unavailable" and last["retryable"], f"{last}")
        check(last["details"] == {"attempts": 1, "cause": "circuit_open"}, f"{last}")
        check(re.search(r"ask again in \d+ s", last["message"]), f"{last}")
        check(sum(e["event"] in TERMINAL for e in events) == 1, "more than one end")
        check(not any(e.get("state") == "retrying" for e in events), "a retry for an open breaker")
        for word in [*Providers.keys.values(), "Zulmira", "127.0.0.1", "groq", "openai"]:
            check(word not in json.dumps(last, ensure_ascii=False), f"{word} in what the student reads: {last}")
    check(statistics.median(waits) < 1, f"{waits}")
    check(len(providers.requests) == before, "an open breaker let a call through")
    say(f"all breakers open and no extractive: one error, median {statistics.median(waits) * 1000:.0f} ms, no call: {last['message']}")


async def outage(student, providers, has_breaker):
    """200 questions while the provider fails: how often is it asked?"""
    providers.script["groq"] = lambda e: e.refuse(500)
    before = len(providers.requests)
    jobs = []
    for _ in range(10):
        for _ in range(20):
            # No number to tell them apart: one that is nowhere in the course is evidence that it does not answer.
            body = {"message": QUESTION, "sessionId": student.session}
            status, receipt, _ = await asyncio.to_thread(call, student.server.url + "/api/chat", body)
            check(status == 202, f"{status} {receipt}")
            jobs.append(receipt["jobId"])
        for job in jobs:
            await events_until_over(student.socket, job, student.seen)
    ends = [e for e in student.seen if e["event"] in TERMINAL and e["jobId"] in set(jobs)]
    check(len(ends) == 200 and all(e.get("code") == "llm_unavailable" for e in ends),
          f"{len(ends)} ends: {sorted({e.get('code') or e['event'] for e in ends})}")
    calls = len(providers.requests) - before
    check(calls <= 200 * 1.1 + 20, f"{calls} calls for 200 questions")
    say(f"an outage of 200 questions, {'the breaker' if has_breaker else 'budgets alone'}: {calls} calls to the provider")


async def opens_at_once(student, providers):
    """A key that is not accepted: one call, then no more."""
    providers.script["groq"] = lambda e: e.refuse(401)
    before = len(providers.requests)
    for _ in range(5):
        check_quoted((await timed(student))[2])
    check(len(providers.requests) - before == 1, f"{len(providers.requests) - before} calls with a bad key")
    say("a key that is not accepted: one call, then quotes without a call")


def check_log(server, data):
    for path in filter(pathlib.Path.is_file, pathlib.Path(data).rglob("*")):
        content = path.read_bytes()
        check(not any(key.encode() in content for key in Providers.keys.values()), f"a key in {path.name}")
    lines = server.log().splitlines()
    check(any(json.loads(line)["level"] in ("info", "warning") for line in lines), "the log is empty")
    for line in lines:
        for secret in [*Providers.keys.values(), *STUDENTS_WORDS, *MODELS_WORDS]:
            check(secret.lower() not in line.lower(), f"{secret} in the log: {line}")
    say(f"{len(lines)} log lines at level debug: no key, no word of the student's or the model's; no key in the data folder")


def plain(text):
    return " ".join(text.split())


def unmarked(answer):
    """An earlier answer as the model is told it: its markers numbered passages that are not in this prompt."""
    return re.sub(r"\s*\[\d+\]", "", answer)


def closed_port():
    with sockets.socket() as socket:
        socket.bind(("127.0.0.1", 0))
        return socket.getsockname()[1]


async def with_all(server, providers, documents):
    async with Connected(server) as student:
        conversation, answer = await tokens_stream(student, providers, documents)
        await prompts(student, providers, conversation, answer)
        await no_needless_call(student, providers)
        await next_one_answers(student, providers, conversation)
        await cancelled(student, providers)


async def with_one(server, providers, step):
    async with Connected(server) as student:
        await step(student, providers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    program = parser.parse_args().program
    providers = Providers()
    with tempfile.TemporaryDirectory() as folder:
        data, log = str(pathlib.Path(folder, "data")), pathlib.Path(folder, "log")
        environment = clean_environment(**TIMEOUTS)
        ingest_corpus(program, data, environment)
        documents = [plain(subprocess.run([program, "extract", path], capture_output=True, text=True, check=True).stdout)
                     for path in sorted((ROOT / "corpus").iterdir()) if path.suffix != ".jsonl"]

        def serve(run, **settings):
            server = Server(program, data, environment | settings, log)
            try:
                asyncio.run(run(server))
            finally:
                server.stop()
            return server

        serve(lambda server: with_all(server, providers, documents), GEPETO_LLM="groq,openai,anthropic,extractive",
              **(providers.environment("groq", "openai", "anthropic") | NO_BREAKER))
        serve(lambda server: with_one(server, providers, default_order), **providers.environment("anthropic"))
        closed = {"OPENAI_BASE_URL": f"http://127.0.0.1:{closed_port()}/v1", "GEPETO_JOB_ATTEMPTS": "2"}
        server = serve(lambda server: with_one(server, providers, without_extractive), GEPETO_LLM="groq,openai",
                       **(providers.environment("groq", "openai") | closed | NO_BREAKER))

        short = {"GEPETO_BREAKER_MINIMUM_CALLS": "4", "GEPETO_BREAKER_WINDOW_CALLS": "6", "GEPETO_BREAKER_OPEN_TIME": "5"}
        one, two = providers.environment("groq"), providers.environment("groq", "openai")
        alone, quoting = {"GEPETO_LLM": "groq"}, {"GEPETO_LLM": "groq,openai,extractive"}
        serve(lambda server: with_one(server, providers, breaker_opens_and_closes), **(one | short))
        serve(lambda server: with_one(server, providers, opens_at_once), **one)
        serve(lambda server: with_one(server, providers, left_alone), **(two | quoting))
        serve(lambda server: with_one(server, providers, broken_after_text), **(two | quoting))
        bounds = {"GEPETO_LLM_FIRST_TEXT_BUDGET": "2", "GEPETO_LLM_FIRST_BYTE_TIMEOUT": "1.5",
                  "GEPETO_LLM_SILENCE_TIMEOUT": "1.5", "GEPETO_LLM_TIMEOUT": "4"}
        serve(lambda server: with_one(server, providers, trickling), **(two | quoting | bounds | NO_BREAKER))
        serve(lambda server: with_one(server, providers, breaker_speaks),
              **(two | short | {"GEPETO_LLM": "groq,openai", "GEPETO_BREAKER_OPEN_TIME": "30"}))
        serve(lambda server: with_one(server, providers, lambda *of: outage(*of, True)), **(one | alone))
        server = serve(lambda server: with_one(server, providers, lambda *of: outage(*of, False)),
                       **(one | alone | NO_BREAKER))
        check_log(server, data)
    return 0


if __name__ == "__main__":
    end_with(main)
