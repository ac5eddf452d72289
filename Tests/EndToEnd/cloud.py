"""A cloud on this machine, for checks of several processes: moto in the places of SQS, DynamoDB and S3, a real redis-server,
and the members that share them."""

import asyncio
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

import boto3

from fault_check import AUDIENCE, ISSUER, SECRET
from harness import ROOT, Failed, Server, check, clean_environment

TABLE, BUCKET = "gepeto", "documents"
# Moto is in Python: one process for each service, so that SQS's long polls wait beside DynamoDB's transactions.
SERVICES = ("sqs", "dynamodb", "s3")


class StandIns:
    """What stands in for AWS, with the queues, table and bucket that terraform/ would make."""

    def __init__(self):
        program = ROOT / "Tests/Fixtures/moto_server.py"
        own = {"sqs": {}, "dynamodb": {"MOTO_MOST_WAITING": "48"}, "s3": {}}
        self.servers = {service: subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                                  stderr=subprocess.DEVNULL, text=True, env=os.environ | own[service])
                        for service in SERVICES}
        self.environment = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test",
                            "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
        for service, server in self.servers.items():
            port = server.stdout.readline().strip()
            check(port.isdigit(), f"moto did not start for {service}: {port!r}")
            self.environment[f"AWS_ENDPOINT_URL_{service.upper()}"] = f"http://127.0.0.1:{port}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run([sys.executable, ROOT / "deploy/stand-ins.py", "questions", TABLE, BUCKET, "uploads"],
                              capture_output=True, env=environment | self.environment, text=True)
        check(done.returncode == 0, f"stand-ins: {done.stdout}{done.stderr}")
        self.made = json.loads(done.stdout)

    def client(self, service):
        url = self.environment[f"AWS_ENDPOINT_URL_{service.upper()}"]
        return boto3.client(service, region_name="us-east-1", endpoint_url=url, aws_access_key_id="test",
                            aws_secret_access_key="test")

    def settings(self):
        """Of a process that shares all but the directory and Redis."""
        return self.environment | {
            "GEPETO_QUEUE": "sqs:" + self.made["queue"], "GEPETO_DOCUMENT_QUEUE": "sqs:" + self.made["document_queue"],
            "GEPETO_HISTORY": f"dynamodb:{TABLE}", "GEPETO_DOCUMENTS": f"s3://{BUCKET}/gepeto"}

    def items(self):
        """All items of the table."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
        return [{name: next(iter(value.values())) for name, value in item.items()} for page in pages for item in page["Items"]]

    def messages(self):
        """How many messages are in each queue, hidden ones too: of questions, of uploads, of their dead letters."""
        sqs = self.client("sqs")

        def count(url):
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            return sum(int(n) for n in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values())
        return {name: count(url) for name, url in self.made.items() if name not in ("table", "bucket")}

    def stop(self):
        for server in self.servers.values():
            server.stdin.close()
            server.wait(timeout=10)
            server.stdout.close()


class Redis:
    """A redis-server that keeps nothing but what it is told to save."""

    PASSWORD = "only-inside"

    def __init__(self, folder):
        self.folder = f"{folder}/redis"
        os.mkdir(self.folder)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"redis://default:{self.PASSWORD}@127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
             "--requirepass", self.PASSWORD, "--maxmemory", "256mb", "--maxmemory-policy", "volatile-ttl"],
            stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while not self.run("PING").startswith("PONG"):
            check(time.monotonic() < end and self.process.poll() is None, "redis-server did not start")
            time.sleep(0.02)

    def run(self, *words):
        done = subprocess.run(["redis-cli", "-p", str(self.port), "--raw", *words], capture_output=True, text=True,
                              env=os.environ | {"REDISCLI_AUTH": self.PASSWORD})
        return done.stdout

    def kill(self):
        self.process.kill()
        self.process.wait()

    def forget(self):
        """It comes back empty."""
        pathlib.Path(self.folder, "dump.rdb").unlink(missing_ok=True)

    def logs(self):
        """The logs of all sessions: (session, seq, frame)."""
        script = """
            local all, cursor = {}, '0'
            repeat
                local found = redis.call('SCAN', cursor, 'MATCH', 'gepeto:e:*', 'COUNT', 1000)
                cursor = found[1]
                for _, key in ipairs(found[2]) do
                    for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
                        all[#all + 1] = {string.sub(key, 10), entry[1], entry[2][4]}
                    end
                end
            until cursor == '0'
            return cjson.encode(all)"""
        rows = json.loads(self.run("EVAL", script, "0"))
        return sorted((session, int(number.split("-")[0]), json.loads(frame)) for session, number, frame in (rows or []))


class Member:
    """One process of the cluster, which comes and goes, and the folder that stays. It has an address unless it is a worker."""

    def __init__(self, program, folder, name, settings, says):
        self.program, self.name, self.says = program, name, says
        self.data, self.log = f"{folder}/{name}", f"{folder}/{name}.log"
        self.environment = clean_environment(**settings)
        self.server, self.failed_starts = None, 0
        self.is_up = asyncio.Event()

    async def start(self, tries=1):
        """Starts the program as a supervisor does: again, if stand-ins were too busy for it."""
        for left in reversed(range(tries)):
            try:
                self.server = await asyncio.to_thread(
                    Server, self.program, self.data, self.environment, self.log, says=self.says)
                return self.is_up.set()
            except Failed:
                self.failed_starts += 1
                if not left:
                    raise

    async def kill(self):
        self.is_up.clear()
        self.server.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.server.process.wait)
        self.server.process.stdout.close()

    async def url(self):
        await self.is_up.wait()
        return self.server.url


class Cluster:
    """Members of two kinds upon one cloud. Without roles each does everything, and has a directory of its own."""

    def __init__(self, program, folder, apis, workers, roles, **more):
        self.folder, self.stand_ins, self.redis = folder, StandIns(), None
        try:
            self.redis = Redis(folder)
        except BaseException:
            self.stop()
            raise
        shared = self.settings() | more
        if roles:
            shared["GEPETO_DIRECTORY"] = f"dynamodb:{TABLE}"
        role = {"GEPETO_ROLE": "api"} if roles else {}
        self.apis = [Member(program, folder, f"api-{n}", shared | role, "http://") for n in range(apis)]
        role = {"GEPETO_ROLE": "worker"} if roles else {}
        says = "works on questions" if roles else "http://"
        self.workers = [Member(program, folder, f"worker-{n}", shared | role, says) for n in range(workers)]

    @property
    def members(self):
        return self.apis + self.workers

    def settings(self):
        return self.stand_ins.settings() | {
            "GEPETO_SESSIONS": self.redis.url, "GEPETO_AUTH": "jwt", "GEPETO_JWT_SECRET": SECRET,
            "GEPETO_JWT_ISSUER": ISSUER, "GEPETO_JWT_AUDIENCE": AUDIENCE, "GEPETO_LLM": "extractive",
            "GEPETO_THREADS": "1", "GEPETO_LOG_LEVEL": "info", "GEPETO_RATE_PER_MINUTE": "1000000",
            "GEPETO_RATE_BURST": "1000000"}

    async def start(self):
        await asyncio.gather(*(member.start() for member in self.members))

    async def end(self):
        """Ends all members as an operator does; returns what they ended with."""
        return await asyncio.gather(*(asyncio.to_thread(member.server.stop) for member in self.members))

    def keep(self, target):
        for log in pathlib.Path(self.folder).glob("*.log"):
            pathlib.Path(target).mkdir(parents=True, exist_ok=True)
            shutil.copy(log, target)

    def stop(self):
        """Leaves no process behind."""
        for member in getattr(self, "apis", []) + getattr(self, "workers", []):
            if member.server and member.server.process.poll() is None:
                member.server.process.kill()
                member.server.process.wait()
        if self.redis and self.redis.process.poll() is None:
            self.redis.kill()
        self.stand_ins.stop()
