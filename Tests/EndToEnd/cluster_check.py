"""Questions asked of a cluster while its members are killed: is each of them answered, once, and from its own course?

    python Tests/EndToEnd/cluster_check.py PATH-TO-gepeto [--questions N] [--students N] [--rate N] [--seed N] [--keep DIR]
                                           [--roles|--no-roles]

Two API processes and three workers share stand-ins for SQS, DynamoDB and S3 (moto) and a real Redis. Two courses are made
and loaded through the API, with the same topics and other words. Students, members of both, ask at the first API and read on
sockets of the second, while members are killed with SIGKILL and started again, workers stand still for longer than their leases,
and Redis is killed and comes back, with what it had saved or empty. When all is over, what each client saw is held against
HTTP, the table, Redis and the queues (`total_queue.py`): each accepted question ended once, within an epoch no number is
missing or told twice, no passage of another course was shown, no message is left. At the end faults are planted in the record,
and the checker has to find each.

Without --roles each process does everything, with a directory of its own.
"""

import argparse
import asyncio
import collections
import json
import pathlib
import random
import signal
import tempfile
import time

import aiohttp
import websockets

import total_queue
from cloud import Cluster
from cluster_courses import COURSES, QUESTIONS, Staff, is_foreign
from cluster_record import ClusterCheck, read_stores
from fault_check import School, token
from harness import TERMINAL, check, end_with
from total_queue import Ask, Event, Reading, word_of

LEASE, DEADLINE, ATTEMPTS = 5, 300, 20
# What an end may be later than its deadline.
ALLOWANCE = 30
# Refusals that do not say whether the question is there.
UNKNOWN = {"request_deadline", "outcome_unknown"}
CODES = {"llm_unavailable", "deadline_exceeded", "cancelled", "policy_denied", "course_unavailable", "internal"}
SETTINGS = {"GEPETO_JOB_LEASE": str(LEASE), "GEPETO_JOB_ATTEMPTS": str(ATTEMPTS), "GEPETO_JOB_DEADLINE": str(DEADLINE),
            "GEPETO_WORKERS": "4"}


class Student:
    """One user with one session at a time: asks at one API, reads at the other, goes on after what was lost."""

    def __init__(self, number, school):
        self.number, self.school = number, school
        self.numbers = random.Random(f"{school.seed} student {number}")
        self.headers = {"Authorization": f"Bearer {token(f'student-{number}', COURSES)}"}
        self.session, self.epoch, self.last = None, None, 0
        # Sessions it had, and times that it was told that events may be lost.
        self.sessions, self.breaks = set(), 0
        self.open, self.over, self.conversations = set(), set(), collections.defaultdict(list)
        self.is_known = asyncio.Event()

    async def live(self, times):
        reader = asyncio.create_task(self.read())
        try:
            for question, moment in enumerate(times):
                await asyncio.sleep(max(0, self.school.began + moment - time.monotonic()))
                while len(self.open) > 1:
                    await self.school.pause(0.05, reader)
                await self.ask(question, reader)
            self.school.asking -= 1
            while not self.school.is_over.is_set():
                await self.school.pause(0.1, reader)
        finally:
            reader.cancel()

    # Asking.

    async def ask(self, question, reader):
        course, text = self.numbers.choice(list(COURSES)), self.numbers.choice(QUESTIONS)
        talk = self.numbers.choice(self.conversations[course][-2:] or [None]) if self.numbers.random() < 0.7 else None
        for attempt in range(10_000):
            while not self.is_known.is_set():
                await self.school.pause(0.05, reader)
            if await self.ask_once(f"q{self.number}x{question * 10_000 + attempt}", course, text, talk):
                return
            # Whoever is turned away comes back, later each time.
            await self.school.pause(self.numbers.uniform(0.5, 1.5) * min(0.5 * 2 ** attempt, 15), reader)

    async def ask_once(self, tag, course, text, talk):
        """Repeats under one key until somebody says what became of it; whether it was accepted."""
        body = {"message": f"{text} ({tag})", "sessionId": self.session, "course": course}
        if talk:
            body["conversationId"] = talk
        sent, breaks, may_be_there, wait = time.monotonic(), self.breaks, False, 0.1
        while True:
            url = await self.school.cluster.apis[0].url()
            begun = time.monotonic()
            status, answer = await self.school.post(url + "/api/chat", body, self.headers | {"Idempotency-Key": tag})
            self.school.slowest[status] = max(self.school.slowest.get(status, 0), time.monotonic() - begun)
            reason = (answer or {}).get("type", "?").rsplit(":", 1)[-1]
            # Nobody said what became of it.
            may_be_there = may_be_there or status is None or reason in UNKNOWN
            if status not in (None, 409, 429):
                break
            await asyncio.sleep(self.numbers.uniform(0.5, 1.5) * wait)
            wait = min(2 * wait, 10)
        if status != 202:
            # Redis is away, or knows the session no more.
            check(status in (503, 404), f"POST /api/chat: {status} {answer}")
            self.school.refusals[f"{status} {reason}"] += 1
            outcome = "unknown" if may_be_there else "refused"
            self.school.chronicle.asks.append(Ask(tag, outcome, None, None, None, sent, time.monotonic()))
            return False
        job = answer["jobId"]
        self.school.chronicle.asks.append(
            Ask(tag, "accepted", job, answer["conversationId"], answer["sessionId"], sent, time.monotonic()))
        self.school.courses[job] = course
        if answer["conversationId"] not in self.conversations[course]:
            self.conversations[course].append(answer["conversationId"])
        if self.numbers.random() < 0.03:
            self.school.spawn(self.cancel(job, self.numbers.random()))
        if job not in self.over:
            self.open.add(job)
            if self.breaks != breaks or answer["sessionId"] != self.session:
                self.school.spawn(self.look(job))
        return True

    async def cancel(self, job, delay):
        """At the API whose process does not work on it."""
        await asyncio.sleep(delay)
        url = await self.school.cluster.apis[0].url()
        await self.school.request("DELETE", f"{url}/api/jobs/{job}", None, self.headers)

    async def look(self, job):
        """Over HTTP, until it is over; seldom, for the socket may tell it yet."""
        wait = 2
        while True:
            await asyncio.sleep(self.numbers.uniform(0.5, 1.5) * wait)
            if job not in self.open:
                return
            url = await self.school.cluster.apis[1].url()
            status, record = await self.school.request("GET", f"{url}/api/jobs/{job}", None, self.headers)
            check(status in (None, 200, 503), f"job {job} is {status} over HTTP: {record}")
            if status == 200 and record["status"] in ("completed", "failed", "cancelled"):
                self.school.chronicle.read_instead.add(job)
                return self.end(job)
            wait = min(2 * wait, 15)

    def end(self, job):
        self.over.add(job)
        self.open.discard(job)

    # Reading.

    def lose_track(self):
        """Events may be lost: what is open is read over HTTP."""
        self.breaks += 1
        for job in self.open:
            self.school.spawn(self.look(job))

    def forget(self):
        """Nobody knows the session any more."""
        self.is_known.clear()
        self.session, self.epoch, self.last = None, None, 0
        self.lose_track()

    async def read(self):
        while True:
            url = (await self.school.cluster.apis[1].url()).replace("http", "ws") + "/api/ws"
            if self.session:
                url += f"?sessionId={self.session}&after={self.last}"
            try:
                async with websockets.connect(url, subprotocols=["gepeto.v1"], additional_headers=self.headers,
                                              open_timeout=20, close_timeout=0.1, max_queue=None) as socket:
                    await self.follow(socket)
            except websockets.ConnectionClosed as closed:
                self.school.closings[closed.rcvd.code if closed.rcvd else "cut"] += 1
                if closed.rcvd and closed.rcvd.code == 1008:
                    self.forget()
            except websockets.InvalidStatus as refused:
                self.school.closings[refused.response.status_code] += 1
                check(refused.response.status_code in (503, 404), f"upgrade: {refused.response.status_code}")
                if refused.response.status_code == 404:
                    self.forget()
                await asyncio.sleep(self.numbers.uniform(0.2, 1))
            except (OSError, websockets.WebSocketException, TimeoutError, EOFError):
                pass
            await asyncio.sleep(self.numbers.random() * 0.2)

    async def follow(self, socket):
        hello = json.loads(await socket.recv())
        check(hello["event"] == "connected", f"first frame: {hello}")
        check(self.session in (None, hello["sessionId"]), "another session")
        self.session = hello["sessionId"]
        self.sessions.add(self.session)
        reading = Reading(self.number, self.session, self.last or None, hello["epoch"], hello["resumedFrom"])
        self.school.chronicle.readings.append(reading)
        if self.epoch not in (None, hello["epoch"]):
            self.school.harm["epochs"] += 1
            self.lose_track()
        self.epoch, self.last = hello["epoch"], max(self.last, hello["resumedFrom"])
        self.is_known.set()
        while True:
            event = json.loads(await socket.recv())
            check(event["event"] != "rejected", f"{event}")
            self.last = event["seq"]
            reading.events.append(Event(event["seq"], event["jobId"], event["event"], word_of(event), time.monotonic()))
            if event["event"] in TERMINAL:
                self.school.look_at(event)
                self.end(event["jobId"])


class Classes(School):
    """All students, those who kill, and the record."""

    def __init__(self, cluster, seed, students):
        super().__init__(cluster.apis[0], None, seed, 0)
        self.cluster, self.asking = cluster, students
        self.students = [Student(number, self) for number in range(students)]
        self.courses, self.closings, self.slowest = {}, collections.Counter(), {}
        self.ends = []

    def owners(self):
        return {session: student.headers for student in self.students for session in student.sessions}

    def spawn(self, work):
        self.tasks.append(asyncio.create_task(work))

    async def pause(self, seconds, reader):
        """Nobody waits for a reader that is gone."""
        if reader.done():
            reader.result()
        await asyncio.sleep(seconds)

    def look_at(self, event):
        self.ends.append(event)
        for citation in event.get("citations", []):
            check(citation["quote"] in citation["passage"], f"a quote that is not verbatim: {citation}")

    async def run(self, questions, seconds, pace, staff):
        self.began = time.monotonic()
        shares = [[] for _ in self.students]
        for number in range(questions):
            shares[number % len(shares)].append(self.numbers.uniform(0, seconds))
        lives = [asyncio.create_task(student.live(sorted(share))) for student, share in zip(self.students, shares)]
        others = [asyncio.create_task(self.chaos(pace)), asyncio.create_task(staff.load_more(questions // 400, seconds))]
        await self.until(lambda: self.asking == 0, lives + self.tasks + others, seconds * 10 + 300)
        check(self.asking == 0, f"{self.asking} students could not ask all they wanted to")
        self.faults_are_over = True
        await asyncio.gather(*others)
        self.asked_after = time.monotonic() - self.began
        await self.drain(lives + self.tasks)
        self.drained_after = time.monotonic() - self.began
        # Whoever has something to say twice says it now.
        await asyncio.sleep(LEASE)
        await self.hold_against_http()
        await self.queues_empty()
        self.is_over.set()
        await asyncio.gather(*lives, *self.tasks)

    async def queues_empty(self):
        """Messages of jobs that are over go when they are seen again."""
        end = time.monotonic() + 3 * LEASE + 10
        while True:
            self.left = await asyncio.to_thread(self.cluster.stand_ins.messages)
            if not any(self.left.values()) or time.monotonic() > end:
                return
            await asyncio.sleep(0.5)

    # Killing.

    async def chaos(self, pace):
        kinds = [(lambda: self.kill(self.cluster.workers), 6, 2), (lambda: self.kill(self.cluster.apis[:1]), 2, 1),
                 (lambda: self.kill(self.cluster.apis[1:]), 2, 1), (lambda: self.restart_redis(False), 1, 1),
                 (lambda: self.restart_redis(True), 1, 1), (self.freeze, 2, 1),
                 (self.roll, 1 if len(self.students) >= 100 else 0, 0)]
        # Every kind once, however short the run.
        first = [fault for fault, _, times in kinds for _ in range(times)]
        self.numbers.shuffle(first)
        await asyncio.sleep(pace)
        while self.asking > 0 or first:
            fault = first.pop() if first else self.numbers.choices([k[0] for k in kinds], [k[1] for k in kinds])[0]
            await fault()
            await asyncio.sleep(self.numbers.uniform(0.3, 1.7) * pace)

    async def kill(self, members):
        member = self.numbers.choice(members)
        self.harm[f"kills of {member.name}"] += 1
        await member.kill()
        await asyncio.sleep(self.numbers.uniform(0, 1))
        await member.start(tries=5)

    async def freeze(self):
        """A worker stands still for longer than its leases, and then wants to go on; meanwhile others are killed."""
        process = self.numbers.choice(self.cluster.workers).server.process
        self.harm["freezes"] += 1
        process.send_signal(signal.SIGSTOP)

        async def thaw():
            await asyncio.sleep(self.numbers.uniform(1.2, 2.2) * LEASE)
            process.send_signal(signal.SIGCONT)
        self.spawn(thaw())

    async def roll(self):
        """A member is replaced as by a new version: told to end, it hands over what it has."""
        member = self.numbers.choice(self.cluster.members)
        self.harm["rolls"] += 1
        member.is_up.clear()
        member.server.process.send_signal(signal.SIGCONT)
        code = await asyncio.to_thread(member.server.stop)
        check(code == 0, f"{member.name} ended with {code}")
        member.server.process.stdout.close()
        await member.start(tries=5)

    async def restart_redis(self, is_emptied):
        """With what it had saved some moments ago, or without anything."""
        redis = self.cluster.redis
        self.harm["Redis emptied" if is_emptied else "Redis restored"] += 1
        await asyncio.to_thread(redis.run, "SAVE")
        await asyncio.sleep(self.numbers.uniform(0, 0.5))
        await asyncio.to_thread(redis.kill)
        if is_emptied:
            redis.forget()
        await asyncio.sleep(self.numbers.uniform(0, 2))
        await asyncio.to_thread(redis.start)


def strangers(school, details):
    """Answers in which a word of another course stands, as students saw them and as they are stored."""
    seen = [(event["jobId"], json.dumps(event, ensure_ascii=False)) for event in school.ends] + list(details.items())
    return [f"job {job} of {school.courses[job]}: {text[:400]}" for job, text in seen
            if job in school.courses and is_foreign(text, school.courses[job])]


def report(school, found, seconds, searchable):
    chronicle = school.chronicle
    asks, ends = collections.Counter(ask.outcome for ask in chronicle.asks), collections.Counter()
    for row in chronicle.jobs:
        kind, word = row.terminal or ("open", ())
        ends["completed" if kind == "message_completed" else word[0] if word else "open"] += 1
    faults = collections.Counter(fault for fault, _ in found)
    events = sum(len(reading.events) for reading in chronicle.readings)

    def listed(counts):
        return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=str)) or "none"
    return "\n".join([
        f"asked {len(chronicle.asks)}: {asks['accepted']} accepted, {asks['refused']} refused, {asks['unknown']} of unknown fate "
        f"(refusals: {listed(school.refusals)}); {len(chronicle.jobs)} jobs in the table",
        f"ended: {listed(ends)}; {len(chronicle.read_instead)} read over HTTP since events "
        "may have been lost",
        f"harm: {listed(school.harm)}; {sum(member.failed_starts for member in school.cluster.members)} failed starts; "
        f"sockets ended: {listed(school.closings)}",
        f"read: {events} events on {len(chronicle.readings)} connections of {len(school.students)} students",
        "slowest answers to POST: " + listed({f"s for {status}": f"{took:.1f}" for status, took in school.slowest.items()}),
        f"all asked after {school.asked_after:.0f} s, drained after {school.drained_after:.0f} s, {seconds:.0f} s in all; "
        f"passages found by both APIs {searchable:.1f} s after their documents were ready; messages left: {listed(school.left)}",
        "found: " + ", ".join(f"{faults[name]} {name}" for name in (
            "lost", "doubled", "unexpected", "gap", "repeated", "disorder", "late", "early", "contradiction")),
    ])


async def examine(arguments, folder):
    # Whoever ends this check early leaves no process behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    numbers, start = random.Random(arguments.seed), time.monotonic()
    cluster = await asyncio.to_thread(Cluster, arguments.program, folder, 2, 3, arguments.roles, **SETTINGS)
    try:
        await cluster.start()
        school = Classes(cluster, arguments.seed, arguments.students)
        staff = Staff(school)
        limits = aiohttp.ClientTimeout(total=40)
        async with aiohttp.ClientSession(timeout=limits, connector=aiohttp.TCPConnector(limit=0)) as school.http:
            await staff.open_courses()
            searchable = asyncio.create_task(staff.are_found(30))
            seconds = arguments.questions / arguments.rate
            await school.run(arguments.questions, seconds, max(2, seconds / 40), staff)
            searchable = await searchable
            if arguments.questions >= 400:
                await staff.are_ready()
        codes = await cluster.end()
        details = read_stores(school.chronicle, await asyncio.to_thread(cluster.stand_ins.items), cluster.redis.logs())
        check_all(school, details, arguments, time.monotonic() - start, searchable)
        check(not any(codes), f"the members ended with {codes}")
        planted, missed = total_queue.self_test(school.chronicle, DEADLINE, ALLOWANCE, numbers, ClusterCheck)
        job = numbers.choice([job for job, text in details.items() if "passage" in text])
        details[job] += "".join(COURSES.values())
        if not strangers(school, details):
            missed.append("a passage of another course")
        check(not missed, f"planted faults that were not found: {missed}")
        print(f"planted {planted + 1} faults in this record: each was found")
    finally:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if arguments.keep:
            cluster.keep(arguments.keep)
        cluster.stop()


def check_all(school, details, arguments, seconds, searchable):
    chronicle = school.chronicle
    found = total_queue.findings(chronicle, DEADLINE, ALLOWANCE, checker=ClusterCheck)
    found += [tuple(sentence.split(": ", 1)) for sentence in school.over_http]
    print(report(school, found, seconds, searchable), flush=True)
    check(not found, "\n".join(f"{fault}: {what}" for fault, what in found[:40]))
    shown = strangers(school, details)
    check(not shown, "passages of another course:\n" + "\n".join(shown[:10]))
    codes = {row.terminal[1][0] for row in chronicle.jobs if row.terminal and row.terminal[0] == "error"}
    check(codes <= CODES, f"error codes that are not documented: {codes - CODES}")
    check(not any(school.left.values()), f"messages are left: {school.left}")
    accepted = len(chronicle.accepted)
    check(accepted == arguments.questions, f"{accepted} of {arguments.questions} questions were accepted")
    cited = sum("passage" in text for text in details.values())
    check(cited > len(details) * 0.6, f"only {cited} of {len(details)} answers cite anything")
    failed = sum(row.state == "failed" for row in chronicle.jobs)
    check(failed <= accepted * 0.02, f"{failed} of {accepted} questions failed")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--students", type=int, help="each with a session; else one for ten questions, at least 20")
    parser.add_argument("--rate", type=float, default=10, help="questions a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--roles", action=argparse.BooleanOptionalAction, default=True, help="APIs and workers apart")
    parser.add_argument("--keep", help="a folder to which the logs are copied in the end")
    arguments = parser.parse_args()
    arguments.program = str(pathlib.Path(arguments.program).resolve())
    arguments.students = arguments.students or max(20, arguments.questions // 10)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(examine(arguments, folder))
    return 0


if __name__ == "__main__":
    end_with(main)
