"""Questions asked of the real program while everything around it breaks: is each of them answered, once?

    python Tests/EndToEnd/fault_check.py PATH-TO-gepeto [--jobs N] [--seconds S] [--students N] [--seed N] [--keep DIR]

Students ask over HTTP and follow their session on the WebSocket, resuming behind the last event they saw. Meanwhile the
program is killed with SIGKILL and started again, stopped with SIGSTOP for longer than a lease, its disk is full, its wall
clock is set to and fro, also while it is down (`wall_clock.py`), sockets are cut, and the language model's provider refuses,
hangs, answers 429, 500 and garbage, breaks off, trickles and vanishes. When all is asked and the faults are over, the queue must
drain; then what each client saw and what HTTP and gepeto.sqlite say is held against the promise (`total_queue.py`).

Prints what was done and the table of outcomes; ends with 1 and the findings when anything is lost, doubled, unexpected,
out of order or late, or when a number of a session is missing or told twice. At the end it plants faults in what it
recorded, and the checker has to find each.
"""

import argparse
import asyncio
import base64
import collections
import hashlib
import hmac
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time

import aiohttp
import websockets

import total_queue
from faulty_provider import FaultyProvider
from harness import COURSE, Failed, Server, check, clean_environment, end_with, ingest_corpus
from total_queue import TERMINAL, Ask, Chronicle, Event, Reading, word_of
from wall_clock import WallClock

SECRET, ISSUER, AUDIENCE = "a secret of at least thirty-two bytes", "https://faults.example", "gepeto"
LEASE, DEADLINE, ATTEMPTS = 1, 60, 5
# What an end may be later than its deadline: a restart, a stop, a full disk, this machine's other work.
ALLOWANCE = 30
DRAIN = DEADLINE + ALLOWANCE
# The last one is outside the course: refused without a call to a provider.
QUESTIONS = ["O que é recursão e para que serve o caso base?", "What is memoization and what does it store?",
             "Qual é a diferença entre fila e pilha?", "What is a hash table and what is a collision?",
             "Qual é a complexidade do quicksort no pior caso?", "O que é uma árvore binária de busca?",
             "Quem ganhou o campeonato de futebol?"]


def token(user, courses=(COURSE,), **more):
    """A token as an identity provider would sign it: of a student of these courses, unless `more` says otherwise."""
    def part(value):
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    claims = {"sub": user, "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 7 * 86_400,
              "courses": {course: "student" for course in courses}} | more
    signed = part({"alg": "HS256", "typ": "JWT"}) + "." + part(claims)
    return signed + "." + part(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest())


class House:
    """The program's process, which comes and goes, and the folder that stays."""

    def __init__(self, program, folder, provider, numbers):
        self.program, self.data, self.log = program, f"{folder}/disk/data", f"{folder}/log"
        self.clock, self.provider, self.numbers = WallClock(folder), provider, numbers
        self.server = None
        self.is_up = asyncio.Event()
        self.starts, self.failed_starts = 0, 0

    def environment(self):
        # With and without the quotes behind the models, so that both ends are met.
        chain = "groq,openai,extractive" if self.starts % 2 else "groq,openai"
        environment = clean_environment(
            GEPETO_AUTH="jwt", GEPETO_JWT_SECRET=SECRET, GEPETO_JWT_ISSUER=ISSUER, GEPETO_JWT_AUDIENCE=AUDIENCE,
            GEPETO_LLM=chain, GEPETO_LLM_CONNECT_TIMEOUT="1", GEPETO_LLM_FIRST_BYTE_TIMEOUT="1",
            GEPETO_LLM_SILENCE_TIMEOUT="1", GEPETO_LLM_TIMEOUT="6", GEPETO_JOB_LEASE=str(LEASE),
            GEPETO_JOB_DEADLINE=str(DEADLINE), GEPETO_JOB_ATTEMPTS=str(ATTEMPTS), GEPETO_WORKERS="32",
            GEPETO_RATE_PER_MINUTE="1000000", GEPETO_RATE_BURST="1000000", GEPETO_LOG_LEVEL="warning")
        return environment | self.clock.environment | self.provider.environment()

    async def start(self):
        """Starts the program as a supervisor does: again, until it runs."""
        for _ in range(200):
            try:
                self.server = await asyncio.to_thread(
                    Server, self.program, self.data, self.environment(), self.log)
                self.starts += 1
                self.is_up.set()
                return
            except Failed:
                self.failed_starts += 1
                await asyncio.sleep(0.2)
        raise Failed(f"the program does not start any more: {pathlib.Path(self.log).read_text()[-2000:]}")

    def signal(self, number):
        if self.server.process.poll() is None:
            self.server.process.send_signal(number)

    async def kill(self):
        self.is_up.clear()
        self.signal(signal.SIGKILL)
        await asyncio.to_thread(self.server.process.wait)
        self.server.process.stdout.close()

    async def url(self):
        await self.is_up.wait()
        return self.server.url


class Disk:
    """A disk that can be full: a small file system of its own where root may mount one, else a limit on the process."""

    def __init__(self, folder, megabytes):
        self.folder, self.mounted = f"{folder}/disk", False
        os.mkdir(self.folder)
        if os.geteuid() == 0:
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", self.folder],
                                  capture_output=True)
            self.mounted = done.returncode == 0
        self.kind = f"a file system of {megabytes} MB" if self.mounted else "a limit on the files' size"

    def fill(self, house):
        if not self.mounted:
            size = pathlib.Path(house.data, "gepeto.sqlite-wal")
            limit = size.stat().st_size if size.exists() else 0
            resource.prlimit(house.server.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            return
        with open(f"{self.folder}/ballast", "wb") as ballast:
            free = os.statvfs(self.folder)
            try:
                os.posix_fallocate(ballast.fileno(), 0, max(1, free.f_bavail * free.f_bsize))
            except OSError:
                # What was left went meanwhile.
                pass

    def free(self, house):
        if self.mounted:
            pathlib.Path(self.folder, "ballast").unlink(missing_ok=True)
        else:
            try:
                resource.prlimit(house.server.process.pid, resource.RLIMIT_FSIZE,
                                 (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except ProcessLookupError:
                # It was killed, and the next one has no limit.
                pass

    def close(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], capture_output=True)


class Student:
    """One user with one session: asks, repeats what nobody answered under its key, reads and resumes."""

    def __init__(self, number, school):
        self.number, self.school = number, school
        self.numbers = random.Random(f"{school.seed} student {number}")
        self.headers = {"Authorization": f"Bearer {token(f'student-{number}')}"}
        self.session, self.last, self.open, self.conversations = None, 0, set(), []
        self.is_known = asyncio.Event()
        self.over = set()

    async def live(self, times):
        reader = asyncio.create_task(self.read())
        try:
            await self.is_known.wait()
            for question, moment in enumerate(times):
                await asyncio.sleep(max(0, self.school.began + moment - time.monotonic()))
                while len(self.open) > 8:
                    await asyncio.sleep(0.05)
                await self.ask(f"q{self.number}x{question}")
            self.school.asking -= 1
            await self.school.is_over.wait()
        finally:
            reader.cancel()

    # Asking.

    async def ask(self, tag):
        chronicle, numbers = self.school.chronicle, self.numbers
        body = {"message": f"{numbers.choice(QUESTIONS)} ({tag})", "sessionId": self.session}
        if self.conversations and numbers.random() < 0.75:
            body["conversationId"] = numbers.choice(self.conversations[-3:])
        has_key, may_be_there, sent = numbers.random() < 0.8, False, None
        headers = self.headers | ({"Idempotency-Key": tag} if has_key else {})
        while True:
            url = await self.school.house.url()
            sent = sent or time.monotonic()
            if numbers.random() < 0.04 and has_key:
                await self.send_and_go(url, body, headers)
                may_be_there = True
                continue
            status, answer = await self.school.post(url + "/api/chat", body, headers)
            if status == 202:
                chronicle.asks.append(Ask(tag, "accepted", answer["jobId"], answer["conversationId"],
                                          answer["sessionId"], sent, time.monotonic()))
                if answer["conversationId"] not in self.conversations:
                    self.conversations.append(answer["conversationId"])
                if answer["jobId"] not in self.over:
                    self.open.add(answer["jobId"])
                if numbers.random() < 0.03:
                    self.school.tasks.append(asyncio.create_task(self.cancel(answer["jobId"], numbers.random())))
                return
            if status in (409, 429):
                await asyncio.sleep(0.3)
            elif status is None:
                may_be_there = True
                if not has_key:
                    break
                await asyncio.sleep(0.1)
            else:
                check(status == 503, f"POST /api/chat: {status} {answer}")
                self.school.refusals[answer.get("type", "?").rsplit("/", 1)[-1]] += 1
                outcome = "unknown" if may_be_there else "refused"
                chronicle.asks.append(Ask(tag, outcome, None, None, None, sent, time.monotonic()))
                return
        chronicle.asks.append(Ask(tag, "unknown", None, None, None, sent, time.monotonic()))

    async def send_and_go(self, url, body, headers):
        """Sends the request and is gone before the answer."""
        host, port = url.removeprefix("http://").split(":")
        data = json.dumps(body).encode()
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(["POST /api/chat HTTP/1.1", f"Host: {host}:{port}", "Content-Type: application/json",
                            f"Content-Length: {len(data)}", *lines])
        try:
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(head.encode() + b"\r\n\r\n" + data)
            await writer.drain()
            await asyncio.sleep(self.numbers.random() * 0.02)
            writer.transport.abort()
            self.school.harm["requests abandoned"] += 1
        except OSError:
            pass

    async def cancel(self, job, delay):
        await asyncio.sleep(delay)
        url = await self.school.house.url()
        await self.school.request("DELETE", f"{url}/api/jobs/{job}", None, self.headers)

    # Reading.

    async def read(self):
        while True:
            url = (await self.school.house.url()).replace("http", "ws") + "/api/ws"
            if self.session:
                url += f"?sessionId={self.session}" + (f"&after={self.last}" if self.last else "")
            try:
                async with websockets.connect(url, subprotocols=["gepeto.v1"], additional_headers=self.headers,
                                              open_timeout=10, close_timeout=0.1, max_queue=None) as socket:
                    await self.follow(socket)
            except (OSError, websockets.WebSocketException, TimeoutError, EOFError):
                pass
            await asyncio.sleep(self.numbers.random() * 0.2)

    async def follow(self, socket):
        hello = json.loads(await socket.recv())
        check(hello["event"] == "connected", f"first frame: {hello}")
        check(self.session in (None, hello["sessionId"]), "another session")
        self.session = hello["sessionId"]
        reading = Reading(self.number, self.session, self.last or None, hello["epoch"])
        self.school.chronicle.readings.append(reading)
        self.is_known.set()
        left = self.numbers.randint(1, 150)
        while left > 0:
            event = json.loads(await socket.recv())
            check(event["event"] != "rejected", f"{event}")
            self.last = event["seq"]
            reading.events.append(Event(event["seq"], event["jobId"], event["event"], word_of(event), time.monotonic()))
            if event["event"] in TERMINAL:
                self.over.add(event["jobId"])
                self.open.discard(event["jobId"])
            left -= 1
        if not self.school.faults_are_over:
            socket.transport.abort()
            self.school.harm["sockets cut"] += 1


class School:
    """All students, the faults, and the record."""

    def __init__(self, house, disk, seed, students):
        self.house, self.disk, self.seed = house, disk, seed
        self.numbers = random.Random(f"{seed} school")
        self.chronicle, self.harm, self.refusals = Chronicle(), collections.Counter(), collections.Counter()
        self.faults_are_over, self.is_over = False, asyncio.Event()
        self.asking, self.tasks, self.began = students, [], 0.0
        self.students = [Student(number, self) for number in range(students)]

    async def post(self, url, body, headers):
        return await self.request("POST", url, body, headers)

    async def request(self, method, url, body, headers):
        """Status and JSON of the answer; (None, None) when there was none."""
        try:
            async with self.http.request(method, url, json=body, headers=headers) as answer:
                return answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, OSError, TimeoutError, json.JSONDecodeError):
            return None, None

    async def run(self, jobs, seconds):
        limits = aiohttp.ClientTimeout(total=20)
        async with aiohttp.ClientSession(timeout=limits, connector=aiohttp.TCPConnector(limit=0)) as self.http:
            self.began = time.monotonic()
            shares = [[] for _ in self.students]
            for number in range(jobs):
                shares[number % len(shares)].append(self.numbers.uniform(0, seconds))
            lives = [asyncio.create_task(student.live(sorted(share)))
                     for student, share in zip(self.students, shares)]
            chaos = asyncio.create_task(self.chaos())
            await self.until(lambda: self.asking == 0, lives + [chaos], seconds * 10 + 300)
            self.faults_are_over = True
            await chaos
            self.house.provider.share = 0
            self.asked_after = time.monotonic() - self.began
            await self.drain(lives)
            self.drained_after = time.monotonic() - self.began
            # Whoever has something to say twice says it now.
            await asyncio.sleep(3 * LEASE)
            await self.hold_against_http()
            self.is_over.set()
            await asyncio.gather(*lives, *self.tasks)

    async def until(self, holds, tasks, patience):
        end = time.monotonic() + patience
        while not holds() and time.monotonic() < end:
            for task in tasks:
                if task.done() and task.exception():
                    raise task.exception()
            await asyncio.sleep(0.1)

    async def drain(self, lives):
        """Until every client has seen the end of all its questions, or has had more time than that may take."""
        await self.until(lambda: not any(student.open for student in self.students), lives, DRAIN)

    def owners(self):
        """By session, the headers of whoever may see what was asked in it."""
        return {student.session: student.headers for student in self.students}

    async def hold_against_http(self):
        """`GET /api/jobs/{jobId}` says what the socket said, and the conversation holds one answer for each question."""
        ends = {event.job: event for reading in self.chronicle.readings for event in reading.events
                if event.kind in TERMINAL}
        owners = self.owners()
        url, gate = await self.house.url(), asyncio.Semaphore(16)

        async def look(ask):
            async with gate:
                status, job = await self.request("GET", f"{url}/api/jobs/{ask.job}", None, owners[ask.session])
            end = ends.get(ask.job)
            if status != 200:
                return f"lost: job {ask.job} is {status} over HTTP"
            if end is None:
                return None if job["status"] in ("completed", "failed", "cancelled") else f"lost: {job}"
            told = end.word[1] if end.kind == "message_completed" else end.word[0]
            said = job["answer"]["content"] if "answer" in job else job.get("error", {}).get("code")
            return None if told == said else f"contradiction: HTTP says {said}, the socket said {told}"

        async def count(owner, conversation, questions):
            """Over all pages: each question once, each answer once."""
            messages, cursor = [], ""
            while cursor is not None:
                address = f"{url}/api/conversations/{conversation}/messages?limit=100" + (f"&cursor={cursor}" if cursor else "")
                async with gate:
                    status, page = await self.request("GET", address, None, owner)
                if status != 200:
                    return f"lost: conversation {conversation} is {status}"
                messages += page["messages"]
                cursor = page.get("nextCursor")
            asked = [message["content"] for message in messages if message["role"] == "user"]
            missing = [tag for tag in questions if sum(f"({tag})" in text for text in asked) != 1]
            return f"lost or doubled: questions {missing} of {conversation}" if missing else None

        asked = collections.defaultdict(list)
        for ask in self.chronicle.accepted:
            asked[ask.session, ask.conversation].append(ask.tag)
        some = sorted(asked.items())[:200]
        said = await asyncio.gather(
            *(look(ask) for ask in self.chronicle.accepted),
            *(count(owners[session], conversation, tags) for (session, conversation), tags in some))
        self.over_http = [sentence for sentence in said if sentence]

    # Faults.

    async def chaos(self):
        """One fault after another and some at once, until all is asked."""
        kinds = [(self.kill, 4), (self.stop, 4), (self.full_disk, 2), (self.vanish, 2), (self.set_clock, 3),
                 (self.start_by_another_clock, 2)]
        names, weights = zip(*kinds)
        # Every kind once, however short the run.
        first, under_way = list(names), set()
        self.numbers.shuffle(first)
        await asyncio.sleep(1)
        while self.asking > 0:
            fault = first.pop() if first else self.numbers.choices(names, weights)[0]
            task = asyncio.create_task(fault())
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            await asyncio.sleep(self.numbers.uniform(0.3, 4))
        if under_way:
            await asyncio.gather(*under_way)
        await self.house.is_up.wait()

    async def kill(self):
        if not self.house.is_up.is_set():
            return
        self.harm["kills"] += 1
        await self.house.kill()
        await asyncio.sleep(self.numbers.uniform(0, 1))
        await self.house.start()

    async def stop(self):
        server = self.house.server
        self.harm["stops"] += 1
        self.house.signal(signal.SIGSTOP)
        await asyncio.sleep(self.numbers.uniform(0.3, 3.5) * LEASE)
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGCONT)

    async def full_disk(self):
        await self.house.is_up.wait()
        self.harm["full disks"] += 1
        try:
            self.disk.fill(self.house)
            await asyncio.sleep(self.numbers.uniform(0.3, 3))
        except ProcessLookupError:
            # Killed in this very moment.
            pass
        finally:
            self.disk.free(self.house)

    async def vanish(self):
        provider = self.house.provider
        if not provider.server.is_serving():
            return
        self.harm["provider outages"] += 1
        provider.vanish()
        await asyncio.sleep(self.numbers.uniform(0.3, 3))
        await provider.start()

    def set_wall_clock(self):
        self.harm["clock changes"] += 1
        self.house.clock.set(60 * self.numbers.choice([-60, -10, -6, -1, 1, 3, 10, 60]))

    async def set_clock(self):
        self.set_wall_clock()
        await asyncio.sleep(self.numbers.uniform(0.5, 6))
        self.house.clock.set(0)

    async def start_by_another_clock(self):
        if not self.house.is_up.is_set():
            return
        self.harm["starts by another clock"] += 1
        await self.house.kill()
        self.set_wall_clock()
        await self.house.start()
        await asyncio.sleep(self.numbers.uniform(0.5, 6))
        self.house.clock.set(0)


def table(school, found, seconds):
    chronicle = school.chronicle
    asks = collections.Counter(ask.outcome for ask in chronicle.asks)
    ends = collections.Counter()
    for row in chronicle.jobs:
        kind, word = row.terminal or ("open", ())
        ends["completed" if kind == "message_completed" else word[0] if word else "open"] += 1
    faults = collections.Counter(fault for fault, _ in found)
    played = school.house.provider.played
    failed = sum(count for fault, count in played.items() if fault != "answers")
    events = sum(len(reading.events) for reading in chronicle.readings)
    lines = [
        f"asked {len(chronicle.asks)}: {asks['accepted']} accepted, {asks['refused']} refused "
        f"({', '.join(f'{count} {name}' for name, count in school.refusals.most_common()) or 'none'}), "
        f"{asks['unknown']} of unknown fate; {len(chronicle.jobs)} jobs in the database",
        "ended: " + ", ".join(f"{count} {name}" for name, count in ends.most_common()),
        "harm: " + ", ".join(f"{count} {name}" for name, count in sorted(school.harm.items()))
        + f", {school.house.failed_starts} failed starts; disk: {school.disk.kind}",
        f"provider: {sum(played.values())} calls, {failed} of them bad: "
        + ", ".join(f"{count} {name}" for name, count in played.most_common() if name != "answers"),
        f"read: {events} events on {len(chronicle.readings)} connections of {len(school.students)} sessions",
        f"all asked after {school.asked_after:.0f} s, drained after {school.drained_after:.0f} s, {seconds:.0f} s in all",
        "found: " + ", ".join(f"{faults[name]} {name}" for name in (
            "lost", "doubled", "unexpected", "gap", "repeated", "disorder", "late", "early", "contradiction")),
    ]
    return "\n".join(lines)


async def examine(arguments, folder, numbers):
    # Whoever ends this check early leaves no process and no file system behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    provider = FaultyProvider(arguments.seed)
    await provider.start()
    disk = Disk(folder, 160 + arguments.jobs * 60 // 1000)
    house = House(arguments.program, folder, provider, numbers)
    try:
        await asyncio.to_thread(ingest_corpus, arguments.program, house.data, clean_environment())
        await house.start()
        school = School(house, disk, arguments.seed, arguments.students)
        start = time.monotonic()
        await school.run(arguments.jobs, arguments.seconds)
        code = await asyncio.to_thread(house.server.stop)
        check(code == 0, f"the program ended with {code}")
        school.chronicle.read_database(f"{house.data}/gepeto.sqlite")
        found = total_queue.findings(school.chronicle, DEADLINE, ALLOWANCE, ordered=not arguments.unordered)
        found += [tuple(sentence.split(": ", 1)) for sentence in school.over_http]
        print(table(school, found, time.monotonic() - start), flush=True)
        check(not found, "\n".join(f"{fault}: {what}" for fault, what in found[:40]))
        planted, missed = total_queue.self_test(school.chronicle, DEADLINE, ALLOWANCE, numbers)
        check(not missed, f"planted faults that were not found: {missed}")
        print(f"planted {planted} faults in this record: each was found")
    finally:
        await provider.close()
        if arguments.keep:
            shutil.copytree(folder, arguments.keep, dirs_exist_ok=True)
        if house.server and house.server.process.poll() is None:
            house.signal(signal.SIGCONT)
            house.signal(signal.SIGKILL)
        disk.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--seconds", type=float, help="over which they are asked; else 25 a second, at least 40 s")
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder to which the data and the log are copied in the end")
    parser.add_argument("--unordered", action="store_true", help="do not ask for order within a conversation")
    arguments = parser.parse_args()
    arguments.program = str(pathlib.Path(arguments.program).resolve())
    arguments.seconds = arguments.seconds or max(40, arguments.jobs / 25)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(examine(arguments, folder, random.Random(arguments.seed)))
    return 0


if __name__ == "__main__":
    end_with(main)
