"""What the cloud does to one who runs there: Redis away, and settings that are wrong.

    python Tests/EndToEnd/cloud_check.py PATH-TO-gepeto [--roles|--no-roles]

With moto and a real Redis. While Redis is gone, or stands still without a word, questions are refused with 503 within two
seconds, all that needs no Redis goes on, and what is in hand is answered into the history; when it is back, questions are
taken again. Each wrong place, name, password and credential ends the start with exit code 1 and one sentence that names the
setting. Prints one line a step.
"""

import argparse
import asyncio
import contextlib
import http.server
import json
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from cloud import Cluster
from harness import COURSE, ROOT, call, check, end_with

PASSWORD = "uma senha bem comprida"
QUESTION = "O que é recursão?"
TEXT = "# Recursão\n\nRecursão é uma função que chama a si mesma. O caso base é o caso em que a recursão termina.\n"
# Traces of what nobody but a programmer understands.
RAW = re.compile(r"Fatal error|Swift/|\.swift:|Error\(|Optional\(|<\?xml|__type|Traceback|curl", re.IGNORECASE)


def timed(limit, what, *arguments, **more):
    """The answer to a call, which must come within the limit, in seconds."""
    began = time.monotonic()
    answer = call(*arguments, **more)
    took = time.monotonic() - began
    check(took < limit, f"{what} took {took:.1f} s")
    return answer


def wait_for(what, patience, holds):
    end = time.monotonic() + patience
    while not holds():
        check(time.monotonic() < end, f"{what}: not within {patience} s")
        time.sleep(0.1)


class House:
    """One cluster of the smallest kind, somebody with an account, and a question that was answered."""

    def __init__(self, cluster):
        self.cluster, self.api = cluster, cluster.apis[0]
        done = self.run("users", "add", "ana", "--standing", "admin", "--json")
        self.login(json.loads(done.stdout)["accounts"][0]["temporaryPassword"], new=PASSWORD)
        self.conversations = []

    def restart(self):
        """Ends the API and starts it again."""
        check(self.api.server.stop() == 0, "the API did not end with 0")
        asyncio.run(self.api.start())

    def run(self, *words):
        done = subprocess.run([self.api.program, *words, "--data", self.api.data], cwd=ROOT, env=self.api.environment,
                              capture_output=True, text=True)
        check(done.returncode == 0, f"{words}: {done.stdout}{done.stderr}")
        return done

    @property
    def url(self):
        return self.api.server.url

    def login(self, password, new=None):
        status, answer, _ = timed(10, "signing in", self.url + "/api/auth/login", {"user": "ana", "password": password})
        check(status == 200, f"login: {status} {answer}")
        self.headers = {"Authorization": f"Bearer {answer['accessToken']}"}
        if new:
            status, answer, _ = call(self.url + "/api/auth/password", {"current": password, "new": new}, headers=self.headers)
            check(status == 204, f"password: {status} {answer}")
            self.login(new)

    def load(self):
        status, answer, _ = call(self.url + "/api/courses", {"id": COURSE}, headers=self.headers)
        check(status == 201, f"course: {status} {answer}")
        status, answer, _ = call(self.url + f"/api/courses/{COURSE}/documents", TEXT.encode(), headers=self.headers | {
            "Content-Disposition": 'attachment; filename="recursao.md"', "Content-Type": "text/markdown"})
        check(status == 202, f"upload: {status} {answer}")
        wait_for("the document", 60, lambda: self.state(answer["jobId"]) == "completed")

    def ask(self, limit=30):
        return timed(limit, "asking", self.url + "/api/chat", {"message": QUESTION, "course": COURSE}, headers=self.headers)

    def state(self, job):
        status, answer, _ = timed(10, "GET /api/jobs", f"{self.url}/api/jobs/{job}", headers=self.headers)
        check(status == 200, f"job: {status} {answer}")
        return answer["status"]

    def ask_and_wait(self):
        status, asked, _ = self.ask()
        check(status == 202, f"asking: {status} {asked}")
        wait_for("the answer", 30, lambda: self.state(asked["jobId"]) == "completed")
        self.conversations.append(asked["conversationId"])

    def goes_on_without_redis(self, how):
        """Asks and reads for some seconds; returns the slowest refusal."""
        slowest, end = 0.0, time.monotonic() + 3
        while time.monotonic() < end:
            began = time.monotonic()
            status, problem, headers = self.ask(2)
            slowest = max(slowest, time.monotonic() - began)
            check(status == 503 and int(headers["Retry-After"]) > 0, f"{how}: {status} {problem}")
            check(headers["Content-Type"].startswith("application/problem+json"), f"{how}: {headers['Content-Type']}")
        self.login(PASSWORD)
        for path in ["/api/auth/me", "/api/conversations", f"/api/courses/{COURSE}", "/api/health",
                     f"/api/courses/{COURSE}/search?q=recurs%C3%A3o"] + [
                         f"/api/conversations/{conversation}/messages" for conversation in self.conversations]:
            status, answer, _ = timed(5, f"{how}: {path}", self.url + path, headers=self.headers)
            check(status == 200, f"{how}: {path}: {status} {answer}")
        check(len(answer["messages"]) >= 2, f"{how}: {answer}")
        status, ready, _ = timed(5, f"{how}: readiness", self.url + "/api/ready")
        check(status == 200 and '"degraded"' in json.dumps(ready), f"{how}: {status} {ready}")
        began = time.monotonic()
        try:
            connect(self.api.server.socket, additional_headers=self.headers, open_timeout=5).close()
            check(False, f"{how}: a session without Redis")
        except InvalidStatus as refused:
            check(refused.response.status_code == 503, f"{how}: a socket: {refused.response.status_code}")
        check(time.monotonic() - began < 2, f"{how}: a socket was refused after {time.monotonic() - began:.1f} s")
        return slowest


def without_redis(house):
    redis = house.cluster.redis
    # In hand as it goes.
    asked = [house.ask()[1] for _ in range(4)]
    redis.kill()
    slowest = house.goes_on_without_redis("Redis is gone")
    for each in asked:
        wait_for("an answer without Redis", 30, lambda: house.state(each["jobId"]) == "completed")
        path = f"/api/conversations/{each['conversationId']}/messages"
        status, page, _ = call(house.url + path, headers=house.headers)
        check([message["role"] for message in page["messages"]] == ["user", "assistant"], f"{status} {page}")
    began = time.monotonic()
    house.restart()
    started = time.monotonic() - began
    slowest = max(slowest, house.goes_on_without_redis("Redis is gone at the start"))
    redis.start()
    wait_for("questions after Redis came back", 10, lambda: house.ask()[0] == 202)
    house.ask_and_wait()
    print(f"Redis gone: 503 after {slowest:.2f} s at the latest, sign-in and reading go on, {len(asked)} answers in the history, "
          f"questions are taken when it is back; a start without it: {started:.1f} s with the end of the former process")
    redis.process.send_signal(signal.SIGSTOP)
    try:
        slowest = house.goes_on_without_redis("Redis stands still")
    finally:
        redis.process.send_signal(signal.SIGCONT)
    wait_for("questions after Redis goes on", 10, lambda: house.ask()[0] == 202)
    house.ask_and_wait()
    print(f"Redis stands still: 503 after {slowest:.2f} s at the latest, sign-in and reading go on")


@contextlib.contextmanager
def service(status, body, **headers):
    """Whatever is asked, it answers the same; gives its address."""
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response_only(status)
            for name, value in ({"Content-Length": str(len(body.encode()))} | headers).items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        do_GET = do_POST = do_PUT = do_HEAD = answer

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def refusals(cluster, roles):
    """(what is wrong, settings, words that the sentence must have)."""
    queue, redis = cluster.stand_ins.made["queue"], cluster.redis
    place = f"127.0.0.1:{redis.port}/0"
    nobody = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "HOME": "/nonexistent"}
    yield "a queue that is not there", {"GEPETO_QUEUE": f"sqs:{queue}-elsewhere"}, ["GEPETO_QUEUE"]
    yield "a queue for uploads that is not there", {"GEPETO_DOCUMENT_QUEUE": f"sqs:{queue}-elsewhere"}, ["GEPETO_DOCUMENT_QUEUE"]
    yield "a queue without an address", {"GEPETO_QUEUE": "sqs:jobs"}, ["GEPETO_QUEUE"]
    yield "a queue for uploads without an address", {"GEPETO_DOCUMENT_QUEUE": "sqs:jobs"}, ["GEPETO_DOCUMENT_QUEUE"]
    yield "a table that is not there", {"GEPETO_HISTORY": "dynamodb:elsewhere"}, ["GEPETO_HISTORY"]
    yield "a table with other keys", {"GEPETO_HISTORY": "dynamodb:otherkeys"}, ["GEPETO_HISTORY"]
    if roles:
        yield "a directory that is not there", {"GEPETO_DIRECTORY": "dynamodb:elsewhere"}, ["GEPETO_DIRECTORY"]
    yield "a bucket that is not there", {"GEPETO_DOCUMENTS": "s3://elsewhere/gepeto"}, ["GEPETO_DOCUMENTS"]
    yield "a bucket with an impossible name", {"GEPETO_DOCUMENTS": "s3://Else_where/gepeto"}, ["GEPETO_DOCUMENTS"]
    yield "Redis with a password not given", {"GEPETO_SESSIONS": f"redis://{place}"}, ["GEPETO_SESSIONS", "password"]
    yield "Redis with a wrong password", {"GEPETO_SESSIONS": f"redis://default:wrong@{place}"}, ["GEPETO_SESSIONS", "password"]
    yield "Redis without an address", {"GEPETO_SESSIONS": "redis://"}, ["GEPETO_SESSIONS"]
    yield "an HTTP server in Redis's place", {
        "GEPETO_SESSIONS": cluster.stand_ins.environment["AWS_ENDPOINT_URL_S3"].replace("http:", "redis:")}, ["GEPETO_SESSIONS"]
    yield "no credentials", nobody, ["AWS_ACCESS_KEY_ID"]
    yield "no region", {"AWS_REGION": None, "AWS_DEFAULT_REGION": None}, ["AWS_REGION"]
    yield "half of what is shared", {"GEPETO_SESSIONS": None}, ["GEPETO_SESSIONS"]
    yield "DynamoDB that cannot be reached", {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1"}, ["AWS_ENDPOINT_URL"]
    yield "SQS that cannot be reached", {"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1"}, ["AWS_ENDPOINT_URL"]
    error = '{"__type": "com.amazon.coral.service#%s", "message": "The secret words of a service"}'
    kind = {"Content_Type": "application/x-amz-json-1.0"}
    with service(400, error % "ExpiredTokenException", **kind) as url:
        yield "credentials that have expired", {"AWS_ENDPOINT_URL_DYNAMODB": url}, ["AWS_SESSION_TOKEN", "expired"]
    with service(400, error % "AccessDeniedException", **kind) as url:
        yield "a role that may not", {"AWS_ENDPOINT_URL_SQS": url}, ["GEPETO_QUEUE", "permission"]
    with service(400, error % "UnrecognizedClientException", **kind) as url:
        yield "credentials that nobody knows", {"AWS_ENDPOINT_URL_DYNAMODB": url}, ["AWS_ACCESS_KEY_ID"]
    with service(200, "<html>Welcome</html>", Content_Type="text/html") as url:
        yield "a web server in DynamoDB's place", {"AWS_ENDPOINT_URL_DYNAMODB": url}, ["AWS_ENDPOINT_URL"]
        yield "a web server in SQS's place", {"AWS_ENDPOINT_URL_SQS": url}, ["AWS_ENDPOINT_URL"]
        yield "a web server in S3's place", {"AWS_ENDPOINT_URL_S3": url}, ["AWS_ENDPOINT_URL"]
    document = "<Error><Code>%s</Code><Message>The secret words of a service</Message></Error>"
    with service(301, document % "PermanentRedirect", Content_Type="application/xml", x_amz_bucket_region="eu-west-1") as url:
        yield "a bucket in another region", {"AWS_ENDPOINT_URL_S3": url}, ["AWS_REGION", "eu-west-1"]
    with service(403, document % "AccessDenied", Content_Type="application/xml") as url:
        yield "a bucket that may not be read", {"AWS_ENDPOINT_URL_S3": url}, ["GEPETO_DOCUMENTS", "permission"]


def start(api, folder, changes):
    """Starts the program until it ends by itself; what it wrote and how long it took."""
    environment = {name: value for name, value in (api.environment | changes).items() if value is not None}
    began = time.monotonic()
    try:
        done = subprocess.run([api.program, "serve", "--port", "0", "--data", folder], env=environment, cwd=ROOT,
                              capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode() + (late.stderr or b"").decode(), 60.0
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began


def wrong_settings(cluster, folder, roles):
    api, longest, faults, count = cluster.apis[0], 0.0, [], 0
    cluster.stand_ins.client("dynamodb").create_table(
        TableName="otherkeys", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    for what, changes, words in refusals(cluster, roles):
        code, said, took = start(api, f"{folder}/wrong-{count}", changes)
        longest, count = max(longest, took), count + 1
        missing = [word for word in words if word not in said]
        if code != 1 or missing or RAW.search(said) or "secret words" in said or took > 30:
            faults.append(f"{what}: exit code {code} after {took:.1f} s, without {missing}: {said.strip()[-600:]}")
    code, said, took = start(api, api.data, {})
    count += 1
    if code != 1 or "Another gepeto" not in said:
        faults.append(f"two processes in one data folder: exit code {code} after {took:.1f} s: {said.strip()[-600:]}")
    check(not faults, f"{len(faults)} of {count} starts did not end as they should:\n" + "\n".join(faults))
    print(f"{count} wrong settings: each ended the start with a sentence that names it, after {longest:.1f} s at the latest")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--roles", action=argparse.BooleanOptionalAction, default=True, help="API and worker apart")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(program, folder, 1, 1 if arguments.roles else 0, arguments.roles, GEPETO_WORKERS="2")
        try:
            asyncio.run(cluster.start())
            house = House(cluster)
            house.load()
            house.ask_and_wait()
            without_redis(house)
            wrong_settings(cluster, folder, arguments.roles)
            check(not any(asyncio.run(cluster.end())), "a member did not end with 0")
        finally:
            cluster.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
