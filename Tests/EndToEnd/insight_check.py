"""The loop from a question that is refused to the staff's answer that is cited, with the real encoder and no language model.

    python Tests/EndToEnd/insight_check.py PATH-TO-gepeto

Questions that the course does not cover are refused and become one topic; staff answer it, the answer becomes a document of
the course, and the same questions asked again are answered with a citation of it. Beside it: ratings in the history and in the
figures, the figures by day, the digest over HTTP and by the command line (the same), the topic's id over a restart, and finding
a conversation again. Prints one line.
"""

import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from harness import COURSE, ROOT, Server, call, check, clean_environment, end_with, ingest_corpus

REFUSED = ["How does proof of work mine a block in the blockchain?", "Who may add a block to the blockchain?",
           "How is a block mined in the blockchain?"]
TITLE = "How does proof of work mine a block in the blockchain?"
TEXT = """A miner mines a block of the blockchain by proof of work: it changes a number in the block's header, the *nonce*, until the hash
of the header is below a target. Whoever first finds such a nonce may add the block to the blockchain."""


def until(what, action, seconds=60):
    end = time.monotonic() + seconds
    while True:
        found = action()
        if found is not None:
            return found
        check(time.monotonic() < end, f"{what} does not come")
        time.sleep(0.05)


def ask(server, question):
    """The job's view when it is over."""
    status, accepted, _ = call(f"{server.url}/api/chat", {"message": question, "course": COURSE})
    check(status == 202, f"{status} {accepted}")

    def over():
        _, view, _ = call(f"{server.url}/api/jobs/{accepted['jobId']}")
        return view if view["status"] in ("completed", "failed", "cancelled") else None
    view = until("the answer", over)
    check(view["status"] == "completed", f"{view}")
    _, page, _ = call(f"{server.url}/api/conversations/{accepted['conversationId']}/messages")
    return accepted["conversationId"], page["messages"][-1]


def text_of(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.headers["content-type"], answer.read().decode()


def insights(server):
    status, report, _ = call(f"{server.url}/api/courses/{COURSE}/insights?days=7")
    check(status == 200, f"{status} {report}")
    return report


def run(program, data, environment, *words):
    done = subprocess.run([program, *words, "--data", data], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    check(done.returncode == 0, f"{words}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def loop(program, data, environment):
    server = Server(program, data, environment, pathlib.Path(data) / "log")
    try:
        for question in REFUSED:
            _, message = ask(server, question)
            check(message["metadata"]["provider"] == "none" and not message["grounded"], f"not refused: {message}")
        conversation, good = ask(server, "O que é recursão?")
        check(good["grounded"], "the course's own question is not answered")

        status, _, _ = call(f"{server.url}/api/messages/{good['id']}/feedback", {"rating": 1, "comment": "clear"})
        check(status == 204, f"feedback: {status}")
        _, page, _ = call(f"{server.url}/api/conversations/{conversation}/messages")
        check([message.get("rating") for message in page["messages"]] == [None, 1], f"the history does not rate: {page}")

        report = insights(server)
        check((report["questions"], report["answered"], report["refused"], report["failed"]) == (4, 1, 3, 0), f"{report}")
        check(report["answerRate"] == 0.25 and report["ratings"] == {"up": 1, "down": 0}, f"{report}")
        check(len(report["days"]) == 1 and 0 < report["medianSeconds"] <= report["p95Seconds"] < 60, f"{report}")
        check([topic["questions"] for topic in report["topics"]] == [3], f"not one topic: {report['topics']}")
        topic = report["topics"][0]
        check(topic["answeredBy"] is None and set(topic["examples"]) == set(REFUSED), f"{topic}")
        check(any("block" in word for word in topic["words"]), f"a strange name: {topic}")

        address = f"{server.url}/api/courses/{COURSE}/insights/topics/{topic['id']}/answer"
        status, problem, _ = call(address, {"title": "", "text": TEXT})
        check(status == 400 and problem["errors"][0]["pointer"] == "/title", f"{status} {problem}")
        status, problem, _ = call(address.replace(topic["id"], "0" * 32), {"title": TITLE, "text": TEXT})
        check(status == 404, f"an answer to no topic: {status} {problem}")
        status, accepted, _ = call(address, {"title": TITLE, "text": TEXT})
        check(status == 202, f"{status} {accepted}")
        document = accepted["documentId"]

        def ready():
            _, view, _ = call(f"{server.url}/api/courses/{COURSE}/documents/{document}")
            return view if view.get("state") in ("ready", "failed") else None
        check(until("the answer in the course", ready)["state"] == "ready", "the answer was not taken in")
        check(insights(server)["topics"][0]["answeredBy"] == document, "the topic does not show who answers it")
        for question in REFUSED:
            _, message = ask(server, question)
            check(message["grounded"] and document in [citation["documentId"] for citation in message["citations"]],
                  f"not answered by the staff's answer: {message}")
        check(insights(server)["topics"][0]["askedSinceAnswer"] == 0, "an answered question counts as a gap")

        week = "{}-W{:02}".format(*datetime.datetime.now(datetime.timezone.utc).isocalendar())
        media, digest = text_of(f"{server.url}/api/courses/{COURSE}/insights/digest?week={week}")
        check(media.startswith("text/markdown") and "| 7 |" in digest, f"{media} {digest}")
        status, _, _ = call(f"{server.url}/api/courses/{COURSE}/insights/digest?week=2026-W60")
        check(status == 400, f"a week that is none: {status}")
        check(run(program, data, environment, "digest", "--course", COURSE, "--week", week).strip() == digest.strip(),
              "the command line's digest is another one")
        spoken = json.loads(run(program, data, environment, "insights", "--course", COURSE, "--days", "7", "--json"))
        served = insights(server)
        check({k: v for k, v in spoken.items() if k != "until"} == {k: v for k, v in served.items() if k != "until"},
              f"the command line says something else: {spoken} {served}")

        _, found, _ = call(f"{server.url}/api/conversations?q={urllib.parse.quote('RECURSAO')}")
        check(conversation in [c["id"] for c in found["conversations"]], f"not found again: {found}")
        _, found, _ = call(f"{server.url}/api/conversations?q={urllib.parse.quote('nonce header target')}")
        check(found["conversations"] and all("nonce" in c["snippet"] for c in found["conversations"]), f"{found}")
    finally:
        server.stop()
    return topic["id"], document


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    environment = clean_environment(GEPETO_LLM="extractive")
    with tempfile.TemporaryDirectory() as data:
        ingest_corpus(program, data, environment)
        topic, document = loop(program, data, environment)
        # After a restart, and with the answer taken out of the course again.
        server = Server(program, data, environment, pathlib.Path(data) / "log")
        try:
            found = insights(server)["topics"][0]
            check((found["id"], found["answeredBy"]) == (topic, document), f"the topic changed over a restart: {found}")
            status, _, _ = call(f"{server.url}/api/courses/{COURSE}/documents/{document}", method="DELETE")
            check(status == 204 and insights(server)["topics"][0]["answeredBy"] is None, "a document that is gone still answers")
            _, message = ask(server, REFUSED[0])
            check(not message["grounded"], "an answer that was taken back is still cited")
        finally:
            server.stop()
    print("insights: 3 questions refused, one topic, answered by staff, 3 of 3 then cited it; figures, digest and search agree")
    return 0


if __name__ == "__main__":
    end_with(main)
