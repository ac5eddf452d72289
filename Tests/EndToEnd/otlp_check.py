"""What a server tells of itself to others: traces and metrics over OTLP, as opentelemetry-proto reads them, and the golden
signals in CloudWatch's form.

    otlp_check.py PROGRAM

A collector and a language model's provider are played here. The first export meets a collector that is busy.
"""

import argparse
import base64
import binascii
import json
import pathlib
import re
import secrets
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from harness import (COURSE, Server, call, check, clean_environment, corpus_questions, end_with, ingest_corpus)
from metrics_check import citing
from model_provider import TOKENS, Providers

IDS = ("traceId", "spanId", "parentSpanId")
KEY = "a key, and more"


def with_bytes(value):
    """The same JSON with ids in base64, as protobuf's own mapping has bytes: OTLP has them in hexadecimal."""
    if isinstance(value, dict):
        return {name: base64.b64encode(binascii.unhexlify(part)).decode() if name in IDS else with_bytes(part)
                for name, part in value.items()}
    return [with_bytes(part) for part in value] if isinstance(value, list) else value


def parsed(kind, body):
    """Strict: a field that the protocol does not have, or of another type, is an error."""
    for value in re.findall(rb'"(?:traceId|spanId|parentSpanId)":"([^"]*)"', body):
        check(re.fullmatch(rb"[0-9a-f]{16}|[0-9a-f]{32}", value) and value.strip(b"0"), f"an id that is none: {value}")
    return json_format.Parse(json.dumps(with_bytes(json.loads(body))), kind())


def attributes(owner):
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in owner.attributes}


class Watchers:
    """A collector, and an ECS agent whom a process that does all alone asks for nothing, on one port."""

    def __init__(self):
        self.posts = {"/v1/traces": [], "/v1/metrics": []}
        self.faults = []
        self.refused = []
        watchers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, body, **headers):
                self.send_response(status)
                for name, value in {"Content-Length": len(body), "Content-Type": "application/json", **headers}.items():
                    self.send_header(name.replace("_", "-"), str(value))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["api-key"] != KEY or self.headers["Content-Type"] != "application/json":
                    watchers.faults.append(f"headers: {dict(self.headers)}")
                if self.path == "/v1/traces" and not watchers.refused:
                    watchers.refused.append(body)
                    return self.answer(503, b"", Retry_After=0)
                watchers.posts[self.path].append(body)
                self.answer(200, b'{"partialSuccess":{}}')

            def do_PUT(self):
                watchers.faults.append(f"PUT {self.path}")
                self.answer(500, b"")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def spans(self):
        found = []
        for body in self.posts["/v1/traces"]:
            for resource in parsed(ExportTraceServiceRequest, body).resource_spans:
                check(attributes(resource.resource)["deployment.environment.name"] == "produção", f"{resource.resource}")
                check(attributes(resource.resource)["service.name"] == "tutor", f"{resource.resource}")
                for scope in resource.scope_spans:
                    check(scope.scope.name == "gepeto", f"{scope.scope}")
                    found += scope.spans
        return found

    def trace(self, identity):
        """The spans of one trace by name, when the first has come."""
        found = {}
        for span in self.spans:
            if span.trace_id.hex() == identity:
                check(span.name not in found, f"two spans '{span.name}'")
                check(span.start_time_unix_nano <= span.end_time_unix_nano, f"{span.name} ended before it began")
                found[span.name] = span
        return found

    def last_metrics(self):
        message = parsed(ExportMetricsServiceRequest, self.posts["/v1/metrics"][-1])
        return {metric.name: metric for resource in message.resource_metrics for scope in resource.scope_metrics
                for metric in scope.metrics}


def wait_until(what, holds):
    end = time.monotonic() + 30
    while not holds():
        check(time.monotonic() < end, f"never: {what}")
        time.sleep(0.02)


def ask(server, question, headers=None):
    status, accepted, _ = call(server.url + "/api/chat", {"message": question, "course": COURSE}, headers=headers)
    check(status == 202, f"{status} {accepted}")
    wait_until("an answer", lambda: call(f"{server.url}/api/jobs/{accepted['jobId']}")[1]["status"] == "completed")
    return accepted


def check_trace(watchers, server, providers, question):
    """A question that comes with a caller's trace: each part below the one that began it."""
    trace, caller = secrets.token_hex(16), secrets.token_hex(8)
    asked = len(providers.requests)
    accepted = ask(server, question, {"traceparent": f"00-{trace}-{caller}-01"})
    check(accepted["traceId"] == trace, f"{accepted}")
    wait_until("the attempt's span", lambda: "answer question" in watchers.trace(trace))
    spans = watchers.trace(trace)
    posted, attempt = spans["POST /api/chat"], spans["answer question"]
    model, = (span for name, span in spans.items() if name.startswith("chat "))
    check(posted.span_id.hex() == accepted["jobId"][-16:], "the job's id does not name the span that accepted it")
    wanted = {"POST /api/chat": (Span.SPAN_KIND_SERVER, caller), "wait in line": (Span.SPAN_KIND_INTERNAL, posted),
              "answer question": (Span.SPAN_KIND_CONSUMER, posted), "retrieve": (Span.SPAN_KIND_INTERNAL, attempt),
              model.name: (Span.SPAN_KIND_CLIENT, attempt), "deliver first text": (Span.SPAN_KIND_PRODUCER, attempt)}
    check(set(spans) == set(wanted), f"{sorted(spans)}")
    for name, (kind, parent) in wanted.items():
        parent = parent if isinstance(parent, str) else parent.span_id.hex()
        check((spans[name].kind, spans[name].parent_span_id.hex()) == (kind, parent), f"{name}: {spans[name]}")
    for inner in ("retrieve", model.name, "deliver first text"):
        check(attempt.start_time_unix_nano <= spans[inner].start_time_unix_nano
              and spans[inner].end_time_unix_nano <= attempt.end_time_unix_nano, f"{inner} is not within the attempt")
    check(spans["wait in line"].end_time_unix_nano <= attempt.start_time_unix_nano, "an attempt before its turn")
    said = attributes(posted)
    check(said["http.route"] == "/api/chat" and said["http.response.status_code"] == 202, f"{said}")
    said = attributes(model)
    check((said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]) == TOKENS, f"{said}")
    check(said["gen_ai.provider.name"] == "groq" and said["gen_ai.request.model"] in model.name, f"{said}")
    check(attributes(attempt)["gepeto.job.id"] == accepted["jobId"], f"{attempt}")
    told = providers.requests[asked].headers["traceparent"]
    check(told == f"00-{trace}-{model.span_id.hex()}-01", f"the provider was told {told}")
    print(f"a question in {len(spans)} spans, from the caller's to the provider's: " + ", ".join(sorted(spans)))


def check_sampling(watchers, server, question):
    """A caller that does not record gets no span, and a client that gives nothing gets a trace of its own."""
    silent = secrets.token_hex(16)
    ask(server, question, {"traceparent": f"00-{silent}-{secrets.token_hex(8)}-00"})
    own = ask(server, question)
    wait_until("the trace of its own", lambda: "answer question" in watchers.trace(own["traceId"]))
    check(not watchers.trace(own["traceId"])["POST /api/chat"].parent_span_id, "a parent from nowhere")
    check(not watchers.trace(silent), "spans of a trace that the caller does not record")
    status, problem, _ = call(server.url + "/api/jobs/" + secrets.token_hex(16))
    check(status == 404, f"{status}")
    wait_until("the refusal's span", lambda: "GET /api/jobs/{jobId}" in watchers.trace(problem["traceId"]))
    refused = watchers.trace(problem["traceId"])["GET /api/jobs/{jobId}"]
    check(attributes(refused)["http.response.status_code"] == 404 and refused.status.code == 0, f"{refused}")
    named = secrets.token_hex(4) + "-lesson"
    status, accepted, _ = call(server.url + "/api/chat", {"message": question, "course": COURSE, "traceId": named})
    check(status == 202 and accepted["traceId"] == named, f"{status} {accepted}")
    wait_until("the trace under another name", lambda: any(
        attributes(span).get("gepeto.trace.id") == named for span in watchers.spans))
    print("not recorded: what the caller does not record; a refusal is found by the traceId that the client was told")


def check_metrics(watchers, server, port):
    """The collector's figures are those of the operator port."""
    count = len(watchers.posts["/v1/metrics"])
    wait_until("two more exports", lambda: len(watchers.posts["/v1/metrics"]) >= count + 2)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = watchers.last_metrics()
    kinds = {"counter": "sum", "gauge": "gauge", "histogram": "histogram"}
    names = 0
    for family in text_string_to_metric_families(text):
        name = family.name + ("_total" if family.type == "counter" else "")
        if not [sample for sample in family.samples if sample.name != family.name + "_created"]:
            continue
        check(name in found, f"the collector was not told of {name}")
        check(found[name].WhichOneof("data") == kinds[family.type], f"{name} is a {found[name].WhichOneof('data')}")
        names += 1
    asked = found["gepeto_questions_accepted_total"]
    check(asked.sum.is_monotonic and asked.sum.aggregation_temporality == 2, f"{asked}")
    check(sum(point.as_double for point in asked.sum.data_points) == 4, f"{asked}")
    check(all(0 < point.start_time_unix_nano < point.time_unix_nano for point in asked.sum.data_points), f"{asked}")
    waits = found["gepeto_question_wait_seconds"].histogram.data_points[0]
    check(waits.count == sum(waits.bucket_counts) == 4 and len(waits.bucket_counts) == len(waits.explicit_bounds) + 1,
          f"{waits}")
    check(found["gepeto_question_wait_seconds"].unit == "s", "the unit")
    tokens = {tuple(sorted(attributes(point).items())): point.as_double
              for point in found["gepeto_course_tokens_total"].sum.data_points}
    check(tokens[(("course", COURSE), ("direction", "input"))] == 4 * TOKENS[0], f"{tokens}")
    print(f"{names} metrics, the same over OTLP as on the operator port; tokens by course")


def check_emf(text):
    """CloudWatch's rules: what is announced stands beside it, as a number or as text."""
    lines = [json.loads(line) for line in text.splitlines() if line.startswith('{"_aws"')]
    check(lines, f"no line of embedded metrics: {text!r}")
    for line in lines:
        for directive in line["_aws"]["CloudWatchMetrics"]:
            check(directive["Namespace"] == "gepeto" and len(directive["Metrics"]) <= 100, f"{directive}")
            check(all(isinstance(line[metric["Name"]], (int, float)) for metric in directive["Metrics"]), f"{line}")
            check(all(isinstance(line[name], str) for names in directive["Dimensions"] for name in names), f"{line}")
    whole = next(line for line in lines if "QuestionsAccepted" in line)
    check(whole["QuestionsAccepted"] == 4 and whole["service"] == "tutor" and whole["FirstTextP99"] > 0, f"{whole}")
    print(f"{len(lines)} lines of embedded metrics at the end: " + ", ".join(sorted(whole)[:6]) + " …")


def run(program):
    watchers, providers = Watchers(), Providers()
    providers.script["groq"] = citing
    questions = [q["question"] for q in corpus_questions() if q["kind"] == "answerable"][:4]
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder, "data"))
        environment = clean_environment(
            GEPETO_METRICS_PORT="0", GEPETO_LLM="groq,extractive", GEPETO_METRICS_EMF="on",
            OTEL_EXPORTER_OTLP_ENDPOINT=watchers.url, OTEL_EXPORTER_OTLP_HEADERS="api-key=a%20key%2C%20and%20more",
            OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=produ%C3%A7%C3%A3o", OTEL_SERVICE_NAME="tutor",
            OTEL_BSP_SCHEDULE_DELAY="50", OTEL_METRIC_EXPORT_INTERVAL="200", ECS_AGENT_URI=watchers.url + "/api/7",
            **providers.environment("groq"))
        ingest_corpus(program, data, environment)
        server = Server(program, data, environment, pathlib.Path(folder, "log"))
        port = next(re.search(r"Metrics at port (\d+)", line)[1] for line in server.process.stdout if "Metrics at" in line)
        try:
            check_trace(watchers, server, providers, questions[0])
            check(watchers.refused and watchers.refused[0] in watchers.posts["/v1/traces"], "what was refused was not sent again")
            check_sampling(watchers, server, questions[1])
            check_metrics(watchers, server, port)
            before = len(watchers.posts["/v1/metrics"])
        finally:
            code = server.stop()
        check(code == 0, f"the server ended with {code}: {server.log()[-2000:]}")
        check(len(watchers.posts["/v1/metrics"]) > before, "the last figures were not sent")
        check(not watchers.faults, f"{watchers.faults}")
        told = b"".join(watchers.posts["/v1/traces"] + watchers.posts["/v1/metrics"])
        for secret in [*questions, *Providers.keys.values(), KEY]:
            check(secret.encode() not in told and json.dumps(secret).encode() not in told, f"told: {secret}")
        for line in server.log().splitlines():
            check(json.loads(line)["service"] == "tutor", line)
            check(KEY not in line, "a key in the log")
        check_emf(server.process.stdout.read())
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    return run(parser.parse_args().program)


if __name__ == "__main__":
    end_with(main)
