"""What operators do beside a running server: dead letters looked at, redriven and purged, and a backup that is restored.

    python Tests/EndToEnd/admin_check.py PATH-TO-gepeto

Questions die on a server whose only language model refuses its key. They are redriven by the command line and
over HTTP, while a server runs and while none does; once the model answers each is answered once, in its conversation, behind
its question, and on its session. Then a backup is made while questions come in, and a server started on the copy. Prints
one line.
"""

import asyncio
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import websockets

from harness import ROOT, TERMINAL, Server, call, check, clean_environment, end_with
from model_provider import Providers

COURSE = "admin"
DOCUMENTS = ["03-recursao.md", "08-trees.md"]
# A word that is nowhere in the course: where it is found, a student's words are.
QUESTION = "O que é recursão, pergunta Zulmira número %d?"
ASKED_MEANWHILE = 20


def run(program, data, *words, code=0):
    done = subprocess.run([program, *words, "--data", data], cwd=ROOT, env=clean_environment(), capture_output=True,
                          text=True, timeout=120)
    check(done.returncode == code, f"{words}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return done


def listed(program, data):
    done = run(program, data, "dead-letters", "list", "--json")
    check("Zulmira" not in done.stdout, "the list shows what students wrote")
    return {letter["jobId"]: letter for letter in json.loads(done.stdout)["deadLetters"]}


def wait_for_end(server, job):
    """The job when it is over."""
    end = time.monotonic() + 30
    while True:
        _, view, _ = call(f"{server.url}/api/jobs/{job}")
        if view["status"] in ("completed", "failed", "cancelled"):
            return view
        check(time.monotonic() < end, f"{job} does not end: {view}")
        time.sleep(0.05)


def ask(server, number, **fields):
    status, body, _ = call(f"{server.url}/api/chat", {"message": QUESTION % number, "course": COURSE} | fields)
    check(status == 202, f"{status} {body}")
    return body


def redriven_as(done):
    return json.loads(done.stdout)["redriven"][0]["redrivenAs"]


async def told(server, session):
    """What the session's log still holds."""
    found = []
    async with websockets.connect(f"{server.socket}?sessionId={session}&after=0") as socket:
        try:
            while True:
                found.append(json.loads(await asyncio.wait_for(socket.recv(), 1)))
        except TimeoutError:
            return found


def answer(exchange):
    exchange.stream(["Uma função ", "que chama a si mesma [1]."])


def check_dead_letters(program, data, scratch):
    providers = Providers()
    providers.script["groq"] = lambda exchange: exchange.refuse(401)
    with_model = clean_environment(GEPETO_LLM="groq", **providers.environment("groq"))
    server = Server(program, data, with_model, f"{scratch}/log")
    first = ask(server, 0)
    dead = [first] + [ask(server, number, sessionId=first["sessionId"]) for number in (1, 2)]
    for body in dead:
        check(wait_for_end(server, body["jobId"])["status"] == "failed", "an answer without a key")
    ids = [body["jobId"] for body in dead]
    check(set(listed(program, data)) == set(ids), "the dead are not those that are listed")
    # In vain, beside the running server, which finds the new job by itself.
    again = redriven_as(run(program, data, "dead-letters", "redrive", ids[0], "--json"))
    view = wait_for_end(server, again)
    check(view["status"] == "failed" and view["redriveOf"] == ids[0], f"{view}")
    check(listed(program, data)[ids[0]]["redrivenAs"] == again, "the letter does not say as what it was redriven")
    check(server.stop() == 0, "the server does not end well")

    # Beside nobody, and then a server whose model answers.
    providers.script["groq"] = answer
    jobs = {1: redriven_as(run(program, data, "dead-letters", "redrive", ids[1], "--json"))}
    server = Server(program, data, with_model, f"{scratch}/log")
    jobs[0] = redriven_as(run(program, data, "dead-letters", "redrive", ids[0], "--json"))
    status, body, _ = call(f"{server.url}/api/dead-letters/{ids[2]}/redrive", method="POST")
    check(status == 202 and body["status"] == "queued" and body["sessionId"] == first["sessionId"], f"{status} {body}")
    jobs[2] = body["jobId"]
    former = {0: again, 1: ids[1], 2: ids[2]}
    for number, job in jobs.items():
        view = wait_for_end(server, job)
        check(view["status"] == "completed" and view["redriveOf"] == former[number], f"{view}")
        _, page, _ = call(f"{server.url}/api/conversations/{dead[number]['conversationId']}/messages")
        check([(m["role"], m["jobId"]) for m in page["messages"]] == [("user", job), ("assistant", job)], f"{page}")
    run(program, data, "dead-letters", "redrive", ids[2], code=1)
    events = asyncio.run(told(server, first["sessionId"]))
    ends = [event["jobId"] for event in events if event["event"] in TERMINAL]
    check(sorted(ends) == sorted([*ids, again, *jobs.values()]), f"told on the session: {ends}")
    status, _, _ = call(f"{server.url}/api/dead-letters/{'0' * 32}/redrive", method="POST")
    check(status == 404, f"an unknown dead letter: {status}")
    check("4 purged" in run(program, data, "dead-letters", "purge", "--all").stdout, "purge")
    check(not listed(program, data), "purged letters are listed")
    check("Zulmira" not in server.log(), "what a student wrote is in the log")
    return server, len(jobs)


def check_backup(program, data, server, scratch):
    """Returns how many questions had been asked when the copy was made."""
    asked, stopping, failures = [], threading.Event(), []

    def go_on():
        number = 100
        try:
            while not stopping.is_set():
                asked.append(ask(server, number)["conversationId"])
                number += 1
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=go_on)
    thread.start()
    while len(asked) < ASKED_MEANWHILE and not failures:
        time.sleep(0.01)
    before = list(asked)
    backup = f"{scratch}/backup"
    done = run(program, data, "backup", backup, "--json")
    stopping.set()
    thread.join()
    check(not failures, f"{failures}")
    check(json.loads(done.stdout)["warnings"] == [], done.stdout)
    check(server.stop() == 0, "the server does not end well")
    run(program, data, "backup", backup, code=1)

    restored = f"{scratch}/restored"
    shutil.copytree(backup, restored)
    run(program, restored, "doctor")
    server = Server(program, restored, clean_environment(GEPETO_LLM="extractive"), f"{scratch}/log2")
    found, cursor = set(), ""
    while cursor is not None:
        _, page, _ = call(f"{server.url}/api/conversations?limit=100{cursor}")
        found |= {conversation["id"] for conversation in page["conversations"]}
        cursor = f"&cursor={page['nextCursor']}" if page.get("nextCursor") else None
    check(set(before) <= found, "a question that was accepted before the backup is not in it")
    # In order: what is in the copy was asked before what is not.
    inside = [conversation in found for conversation in asked]
    check(inside == sorted(inside, reverse=True), "the copy is not of one moment")
    check(wait_for_end(server, ask(server, 0)["jobId"])["status"] == "completed", "the copy answers nothing")
    check(server.stop() == 0, "the server on the copy does not end well")
    return sum(inside)


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        data = f"{scratch}/data"
        run(program, data, "ingest", *[str(ROOT / "corpus" / name) for name in DOCUMENTS], "--course", COURSE)
        server, redriven = check_dead_letters(program, data, scratch)
        copied = check_backup(program, data, server, scratch)
    print(f"admin_check: {redriven} dead questions redriven and answered once each; a backup of a server at work held the "
          f"first {copied} questions and serves")
    return 0


if __name__ == "__main__":
    end_with(main)
