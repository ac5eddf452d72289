#!/usr/bin/env python3
"""Measures SQS round trips (send, receive, delete, one after the other) against boto3 doing the same.

    scripts/setup --test
    .venv/bin/python Benchmarks/aws/round_trips.py [rounds [round trips a round]]

Both talk to the same server on this machine, in rounds that take turns: `canned`, which answers at once from memory, so
that what is measured is the client; and moto, where most of the time is the server's. What counts is the median of the
paired ratios, boto3's time through ours: above 1 means that this client takes less.
"""
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from botocore.config import Config

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
body = json.dumps({"job": "0193b0a4c7d1" + "0" * 20})

if len(sys.argv) > 3 and sys.argv[3] == "--serve":
    class Canned(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        message = {"MessageId": "m", "ReceiptHandle": "r", "Body": body, "MD5OfBody": hashlib.md5(body.encode()).hexdigest(),
                   "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1733788120000"}}
        answers = {"SendMessage": {"MessageId": "m", "MD5OfMessageBody": message["MD5OfBody"]},
                   "ReceiveMessage": {"Messages": [message]}, "DeleteMessage": {}}
        answers = {name: json.dumps(answer).encode() for name, answer in answers.items()}

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            answer = self.answers[self.headers["x-amz-target"].split(".")[1]]
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: "
                             + str(len(answer)).encode() + b"\r\n\r\n" + answer)
            self.close_connection = False

    server = ThreadingHTTPServer(("127.0.0.1", 0), Canned)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def started(*command):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, f"http://127.0.0.1:{process.stdout.readline().strip()}"


def peer(endpoint, queue):
    """boto3 as its documentation has it, in this process."""
    client = boto3.client("sqs", region_name="us-east-1", endpoint_url=endpoint, aws_access_key_id="test",
                          aws_secret_access_key="test", config=Config(retries={"mode": "standard"}))

    def run():
        start, work = time.monotonic(), time.process_time()
        for _ in range(count):
            client.send_message(QueueUrl=queue, MessageBody=body, MessageAttributes={
                "traceparent": {"DataType": "String", "StringValue": "00-ab-cd-01"}})
            messages = []
            while not messages:
                messages = client.receive_message(
                    QueueUrl=queue, MaxNumberOfMessages=1, MessageAttributeNames=["All"],
                    AttributeNames=["ApproximateReceiveCount", "SentTimestamp"]).get("Messages", [])
            client.delete_message(QueueUrl=queue, ReceiptHandle=messages[0]["ReceiptHandle"])
        return time.monotonic() - start, time.process_time() - work

    return run


def ours(endpoint, queue):
    harness = subprocess.Popen([here / ".build/release/Harness", endpoint, queue, body], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)

    def run():
        print(count, file=harness.stdin, flush=True)
        return tuple(map(float, harness.stdout.readline().split()))

    return run


subprocess.run(["swift", "build", "-c", "release", "--product", "Harness", "--package-path", here], check=True,
               stdout=sys.stderr)
for name, command in [("canned", [sys.executable, __file__, "1", "1", "--serve"]),
                      ("moto", [sys.executable, root / "Tests/Fixtures/moto_server.py"])]:
    server, endpoint = started(*command)
    queue = f"{endpoint}/123456789012/benchmark"
    if name == "moto":
        queue = boto3.client("sqs", region_name="us-east-1", endpoint_url=endpoint, aws_access_key_id="test",
                             aws_secret_access_key="test").create_queue(QueueName="benchmark")["QueueUrl"]
    sides = {"boto3": peer(endpoint, queue), "gepeto": ours(endpoint, queue)}
    for side in sides.values():
        side()
    figures = {side: [] for side in sides}
    for number in range(rounds):
        for side in sorted(sides, reverse=number % 2 == 1):
            figures[side].append(sides[side]())
    for index, what in enumerate(["wall", "processor"]):
        ratio = statistics.median(b[index] / g[index] for b, g in zip(figures["boto3"], figures["gepeto"]))
        each = {side: statistics.median(f[index] for f in figures[side]) / count * 1e3 for side in sides}
        print(f"{name:7} {what:10} boto3 {each['boto3']:.2f} ms, gepeto {each['gepeto']:.2f} ms a round trip: ratio {ratio:.2f}")
    server.stdin.close()
    server.wait()
