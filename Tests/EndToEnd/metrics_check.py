"""Metrics as Prometheus's own parser reads them.

    metrics_check.py [PROGRAM]

Holds the renderer's sample (which the Swift tests hold the renderer against) against what it should say. With a
program, also what a real server tells on its operator port.
"""

import argparse
import json
import math
import pathlib
import re
import tempfile
import time
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from harness import (ROOT, TERMINAL, Failed, Server, call, check, clean_environment, corpus_questions, end_with,
                     ingest_corpus)
from model_provider import TOKENS, Providers

# Of each line of the log.
FIELDS = ["level", "timestamp", "service", "traceId", "jobId", "action", "duration_ms", "metadata"]
NONSENSE = "A banana azul dança na chuva de terça-feira."


def families(text):
    """Name to family; a text that does not end its last line, or names a family twice, is not the format."""
    check(text.endswith("\n"), "the text does not end with a line feed")
    found = list(text_string_to_metric_families(text))
    names = [family.name for family in found]
    check(len(set(names)) == len(names), f"families named twice: {sorted(names)}")
    return {family.name: family for family in found}


def samples(family):
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in family.samples}


def value(found, name, family=None, **labels):
    """The value of one series; a counter's family is named without `_total` by the parser."""
    series = samples(found[family or name.removesuffix("_total")])
    return series[(name, frozenset(labels.items()))]


def check_sample():
    found = families((ROOT / "Tests/Fixtures/metrics/sample.txt").read_text())
    check({name: family.type for name, family in found.items()} == {
        "plain": "counter", "labelled": "counter", "level": "gauge", "nothing": "gauge", "seconds": "histogram",
        "empty_seconds": "histogram", "together": "gauge"}, "names and types")
    check(found["labelled"].documentation == 'Of all kinds:\n\\ and "quoted".', "help")
    check(value(found, "plain_total") == 3.5, "a counter without labels")
    check(value(found, "labelled_total", kind="a", code='a "quote", a \\ and\na line; ção') == 3, "odd labels")
    check(value(found, "labelled_total", kind="c", code="") == 0, "an empty label")
    check(value(found, "level") == -0.25 and math.isnan(value(found, "level", of="nan")), "a gauge")
    check(value(found, "level", of="much") == math.inf and value(found, "level", of="little") == -math.inf, "infinity")
    check(not found["nothing"].samples, "no sample")
    route = "/api/{id}"
    buckets = [value(found, "seconds_bucket", "seconds", le=le, route=route) for le in ("0.005", "0.1", "1", "2.5", "+Inf")]
    check(buckets == [2, 4, 4, 4, 6], f"buckets: {buckets}")
    check(value(found, "seconds_count", "seconds", route=route) == 6, "count")
    check(math.isclose(value(found, "seconds_sum", "seconds", route=route), 1000000003.1110001), "sum")
    check(value(found, "together", n="1") == 1e21 and value(found, "together", n="2") == 12345678901, "large numbers")
    print("the renderer's sample reads as it should")



class Operator:
    """Whoever watches the server: its operator port and its log."""

    def __init__(self, server):
        self.server = server
        for line in server.process.stdout:
            found = re.search(r"Metrics at port (\d+)", line)
            if found:
                self.url = f"http://127.0.0.1:{found[1]}/metrics"
                return
        raise Failed("the server has no operator port")

    def look(self):
        with urllib.request.urlopen(self.url, timeout=10) as answer:
            check(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", "content type")
            text = answer.read().decode()
        return families(text), text

    def lines(self):
        lines = [json.loads(line) for line in self.server.log().splitlines() if line.startswith("{")]
        for line in lines:
            check(list(line) == FIELDS and isinstance(line["metadata"], dict), f"not the fields of a line: {line}")
        return lines

    def told(self, message):
        return [line for line in self.lines() if line["action"] == message]

    def wait_for(self, message, count=1):
        end = time.monotonic() + 30
        while len(self.told(message)) < count:
            check(time.monotonic() < end, f"the log never said '{message}' {count} times: {self.server.log()[-2000:]}")
            time.sleep(0.05)
        return self.told(message)[-1]


def ask(server, message):
    """Asks by one request whose answer is the stream; returns the last event."""
    status, conversation, _ = call(server.url + "/api/conversations", {})
    check(status == 201, f"{status} {conversation}")
    request = urllib.request.Request(f"{server.url}/api/conversations/{conversation['id']}/messages/stream",
                                     data=json.dumps({"message": message}).encode(),
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        check(answer.status == 200 and answer.headers["Content-Type"] == "text/event-stream", f"{answer.status}")
        events = [json.loads(line[6:]) for line in answer.read().decode().splitlines() if line.startswith("data: ")]
    check([e["event"] in TERMINAL for e in events].count(True) == 1 and events[-1]["event"] in TERMINAL, f"{events}")
    check(events[0]["state"] == "queued", f"{events[0]}")
    return events[-1]


def citing(exchange):
    for number, text in exchange.passages.items():
        found = re.search(r"[A-ZÀ-Ú][^.\[\]`#|\n*]{40,200}\.", text)
        if found:
            return exchange.stream([found.group()[:-1], f" [{number}]."])
    raise Failed("no passage has a sentence to repeat")


def loudness(operator):
    """What the alarms of docs/operations.md look at, but for the answer rate."""
    found, _ = operator.look()
    return {
        "questions failed": sum(v for (n, labels), v in samples(found["gepeto_questions_ended"]).items()
                                if ("outcome", "failed") in labels or ("outcome", "degraded") in labels),
        "server errors": sum(v for (n, labels), v in samples(found["gepeto_http_requests"]).items()
                             if ("status", "5xx") in labels),
        "model calls that failed": sum(v for (n, labels), v in samples(found["gepeto_llm_calls"]).items()
                                       if ("outcome", "ok") not in labels),
        "dead letters": value(found, "gepeto_dead_letters"), "untold ends": value(found, "gepeto_events_unpublished"),
        "waiting": value(found, "gepeto_jobs_oldest_waiting_seconds", kind="question"),
        "store": 1 - value(found, "gepeto_store_up"),
    }


def check_quiet(operator):
    """Every alarm but that of the answer rate is silent: within five seconds, for an end is told before that is noted."""
    for _ in range(50):
        silent = loudness(operator)
        if not any(silent.values()):
            break
        time.sleep(0.1)
    check(not any(silent.values()), f"not silent: {silent}")
    errors = {line["action"] for line in operator.lines() if line["level"] in ("warning", "error")}
    check(errors <= {"answer rate low", "documents are read with less protection than there could be"}, f"{errors}")


def check_server(program):
    providers = Providers()
    with tempfile.TemporaryDirectory() as folder:
        data, log = str(pathlib.Path(folder, "data")), pathlib.Path(folder, "log")
        environment = clean_environment(
            GEPETO_METRICS_PORT="0", GEPETO_ANSWER_RATE_WINDOW="3", GEPETO_LLM="groq,extractive",
            **providers.environment("groq"))
        ingest_corpus(program, data, environment)
        server = Server(program, data, environment, log)
        try:
            questions = [q for q in corpus_questions() if q["kind"] == "answerable"][:3]
            check_figures(server, providers, questions)
        finally:
            code = server.stop()
        check(code == 0, f"the server ended with {code}")
        check_restart(program, data, environment, pathlib.Path(folder, "log2"))


def check_figures(server, providers, questions):
    operator = Operator(server)
    found, text = operator.look()
    check(value(found, "gepeto_questions_accepted_total", mode="answer") == 0, "a counter before anything happened")
    check(value(found, "gepeto_answer_rate_alarm") == 0 and not found["gepeto_answer_rate"].samples, "the answer rate")
    check(value(found, "gepeto_build_info", version="0.1.0") == 1, "the version")
    check(value(found, "process_resident_memory_bytes") > 1e7 and value(found, "process_open_fds") > 10, "the process")
    check(value(found, "gepeto_jobs_limit", kind="question") == 10_000, "the backlog's limit")
    documented = (ROOT / "docs/operations.md").read_text()
    for name in set(re.findall(r"^# TYPE (gepeto_\w+)", text, re.M)):
        short = re.sub(r"^gepeto_(answer_rate|llm_window)_(questions|alarm|failures|slow)$", r"_\2", name)
        check(f"`{name}`" in documented or f"`{short}`" in documented, f"{name} is not in docs/operations.md")
    for path in ("/metrics", "/metrics/", "//metrics", "/%6detrics"):
        status, _, _ = call(server.url + path)
        check(status == 404, f"the public port answers {status} to {path}")
    print(f"{len(found)} families, all documented, read by Prometheus's own parser; none on the public port")

    providers.script["groq"] = citing
    asked = 0
    while asked < 3:
        last = ask(server, questions[asked]["question"])
        check(last["event"] == "message_completed" and last["grounded"], f"{last}")
        asked += 1
    found, _ = operator.look()
    check(value(found, "gepeto_questions_accepted_total", mode="answer") == 3, "accepted")
    check(value(found, "gepeto_questions_ended_total", outcome="good", code="none") == 3, "ended")
    for name in ("question_wait", "question_first_delta", "retrieval"):
        family = f"gepeto_{name}_seconds"
        check(value(found, family + "_count", family) == 3, name)
    check(value(found, "gepeto_llm_calls_total", provider="groq", outcome="ok") == 3, "calls")
    check(value(found, "gepeto_llm_tokens_total", provider="groq", direction="input") == 3 * TOKENS[0], "tokens")
    check(value(found, "gepeto_llm_cost_usd_total", provider="groq") > 0, "cost")
    route = "/api/conversations/{id}/messages/stream"
    check(value(found, "gepeto_http_requests_total", method="POST", route=route, status="2xx") == 3, "requests")
    check(value(found, "gepeto_requests_refused_total", status="404", reason="not_found") == 4, "refusals")
    print("3 questions, well answered: counted, timed, their tokens and cost too")
    return check_alarm(server, operator, providers, questions)


def check_alarm(server, operator, providers, questions):
    """A provider that answers every call, quickly, with words from nowhere: nothing fails, and nobody is helped."""
    refused = sum(samples(operator.look()[0]["gepeto_requests_refused"]).values())
    providers.script["groq"] = lambda exchange: exchange.stream([NONSENSE])
    for number in range(12):
        last = ask(server, questions[number % len(questions)]["question"])
        check(last["event"] == "message_completed" and last["content"] == NONSENSE and not last["grounded"], f"{last}")
    line = operator.wait_for("answer rate low")
    check(line["level"] == "error" and int(line["metadata"]["ungrounded"]) >= 5, f"{line}")
    check_quiet(operator)
    now = sum(samples(operator.look()[0]["gepeto_requests_refused"]).values())
    check(now == refused, f"{now - refused} requests were refused")
    found, _ = operator.look()
    check(value(found, "gepeto_answer_rate_alarm") == 1 and value(found, "gepeto_answer_rate") < 0.5, "the gauges")
    status, ready, _ = call(server.url + "/api/ready")
    check(status == 200 and ready["checks"]["answers"] == "degraded", f"{status} {ready}")
    print(f"nonsense without citations: 'answer rate low' with {line['metadata']['good']} good of {line['metadata']['questions']}, every other "
          "alarm silent")
    providers.script["groq"] = citing
    for number in range(12):
        ask(server, questions[number % len(questions)]["question"])
    operator.wait_for("answer rate recovered")
    check(call(server.url + "/api/ready")[1]["checks"]["answers"] == "ok", "ready after the recovery")
    check(len(operator.told("answer rate low")) == 1, "told once an episode")
    print("and 'answer rate recovered' once answers are good again")
    providers.script["groq"] = lambda exchange: exchange.stream([NONSENSE])
    for number in range(12):
        ask(server, questions[number % len(questions)]["question"])
    operator.wait_for("answer rate low", count=2)


def check_restart(program, data, environment, log):
    """What was before the restart is known after it: the alarm sounds at once."""
    server = Server(program, data, environment, log)
    try:
        Operator(server).wait_for("answer rate low")
    finally:
        server.stop()
    print("and at once after a restart")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?")
    program = parser.parse_args().program
    check_sample()
    if program:
        check_server(program)
    return 0


if __name__ == "__main__":
    end_with(main)
