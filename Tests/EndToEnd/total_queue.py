"""Holds a run against the promise: every accepted question ends exactly once, and each session is told so without a gap
or a repeat. What Jepsen calls a total queue: what went in comes out, once, and nothing else does.

`Chronicle` is what clients saw and what the database holds in the end, `findings` says what is wrong with it, and
`self_test` plants each kind of wrong in a run that is right, and complains of those that are not found.
"""

import collections
import copy
import json
import sqlite3

from faulty_provider import TAG

TERMINAL = ("message_completed", "error")
# A jump of numbers that only a session loaded anew can make.
LEAP = 500_000

# `outcome` is accepted, refused or unknown; `sent` when the question was first sent, `at` when its fate was told.
Ask = collections.namedtuple("Ask", "tag outcome job conversation session sent at")
Event = collections.namedtuple("Event", "seq job kind word at")
JobRow = collections.namedtuple("JobRow", "job tag session conversation state terminal published dead order")


class Reading:
    """One connection of a client, from its `connected` to its end; `after` is what it asked for, `resumed` what it got."""

    def __init__(self, client, session, after, epoch, resumed=None):
        self.client, self.session, self.after, self.epoch, self.events = client, session, after, epoch, []
        self.resumed = resumed


def word_of(event):
    """What an event says, comparable with what is on disk: small, and without times."""
    kind = event["event"]
    if kind == "status":
        return event["state"], event["attempt"]
    if kind == "message_delta":
        return event["attempt"], event["stream"], event["index"], event["content"]
    if kind == "message_completed":
        return event["messageId"], event["content"]
    return (event["code"],)


class Chronicle:
    def __init__(self):
        self.asks, self.readings = [], []
        self.jobs, self.answers, self.events = [], [], []
        # Jobs whose asker was told that events may be lost, and read over HTTP how they ended.
        self.read_instead = set()

    def read_database(self, path):
        connection = sqlite3.connect(path)
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "integrity_check"
            for row in connection.execute(
                    "SELECT job.id, coalesce(message.content, ''), session_id, job.conversation_id, state, terminal, "
                    "published_seq, (SELECT count(*) FROM dead_letter WHERE job_id = job.id), number "
                    "FROM job LEFT JOIN message ON message.id = job.message_id ORDER BY number"):
                job, content, session, conversation, state, terminal, published, dead, order = row
                tags = TAG.findall(content)
                event = json.loads(terminal) if terminal else None
                self.jobs.append(JobRow(job, tags[-1] if tags else content, session, conversation, state,
                                        event and (event["event"], word_of(event)), published is not None, dead, order))
            self.answers = connection.execute(
                "SELECT job_id, conversation_id, content FROM message WHERE role = 'assistant' ORDER BY ordinal").fetchall()
            for session, seq, job, frame in connection.execute(
                    "SELECT session_id, seq, job_id, frame FROM event ORDER BY session_id, seq"):
                event = json.loads(frame)
                self.events.append((session, seq, job, event["event"], word_of(event)))
        finally:
            connection.close()

    @property
    def accepted(self):
        return [ask for ask in self.asks if ask.outcome == "accepted"]


class Check:
    def __init__(self, run, deadline, allowance, ordered):
        self.run, self.deadline, self.latest, self.ordered = run, deadline, deadline + allowance, ordered
        # What the program ends by itself it ends so much before the deadline that the end is told by then.
        self.earliest = deadline - max(deadline / 30, 2)
        self.found = []

    def all(self):
        self.jobs()
        self.clients()
        if self.ordered:
            self.order()
        self.numbers()
        return self.found

    def say(self, fault, what):
        self.found.append((fault, what))

    def jobs(self):
        run, rows, by_tag = self.run, {row.job: row for row in self.run.jobs}, collections.defaultdict(list)
        for row in run.jobs:
            by_tag[row.tag].append(row)
        asked = {ask.tag for ask in run.asks}
        for ask in run.asks:
            if len(by_tag[ask.tag]) > 1:
                self.say("doubled", f"question {ask.tag} is there {len(by_tag[ask.tag])} times")
            if ask.outcome == "refused" and by_tag[ask.tag]:
                self.say("unexpected", f"question {ask.tag} was refused, but is there")
            if ask.outcome == "accepted":
                row = rows.get(ask.job)
                if row is None:
                    self.say("lost", f"job {ask.job} of {ask.tag} is not in the database")
                elif (row.tag, row.session, row.conversation) != (ask.tag, ask.session, ask.conversation):
                    self.say("contradiction", f"job {ask.job} is not the one that {ask.tag} was promised")
        answers, ends = collections.defaultdict(list), collections.defaultdict(list)
        for job, conversation, content in run.answers:
            answers[job].append((conversation, content))
        for session, _, job, kind, word in run.events:
            if kind in TERMINAL:
                ends[job].append((session, kind, word))
        for job in [*answers, *ends]:
            if job not in rows:
                self.say("unexpected", f"an answer or an end of job {job}, which is not")
        for row in run.jobs:
            if row.tag not in asked:
                self.say("unexpected", f"job {row.job}: nobody asked '{row.tag}'")
            self.job(row, answers[row.job], ends[row.job])

    def job(self, row, answers, ends):
        if row.state not in ("completed", "failed", "cancelled") or row.terminal is None:
            return self.say("lost", f"job {row.job} is still {row.state}")
        if not row.published:
            self.say("lost", f"the end of job {row.job} was never published")
        if len(answers) > 1:
            self.say("doubled", f"{len(answers)} answers to job {row.job}")
        if len(ends) > 1:
            self.say("doubled", f"{len(ends)} terminal events of job {row.job}")
        for end in ends:
            if end != (row.session, *row.terminal):
                self.say("contradiction", f"job {row.job} ended as {row.terminal}, its session holds {end}")
        kind, word = row.terminal
        if kind == "message_completed":
            if not answers:
                return self.say("lost", f"job {row.job} is completed without an answer")
            if answers[0] != (row.conversation, word[1]) or row.state != "completed":
                self.say("contradiction", f"the answer of job {row.job} is not the message")
            if any(tag != row.tag for tag in TAG.findall(word[1])):
                self.say("unexpected", f"job {row.job} of {row.tag} has the answer to another question")
        else:
            if answers:
                self.say("unexpected", f"job {row.job} ended with {word[0]} and has an answer")
            if row.state != ("cancelled" if word[0] == "cancelled" else "failed"):
                self.say("contradiction", f"job {row.job} is {row.state} and ended with {word[0]}")
        if row.dead != (1 if row.state == "failed" else 0):
            self.say("contradiction", f"{row.dead} dead letters of {row.job}, which is {row.state}")

    def clients(self):
        rows, told = {row.job: row for row in self.run.jobs}, {}
        overdue = {row.job for row in self.run.jobs if row.terminal == ("error", ("deadline_exceeded",))}
        ended = collections.defaultdict(set)
        for reading in self.run.readings:
            for event in reading.events:
                row = rows.get(event.job)
                if row is None or row.session != reading.session:
                    self.say("unexpected", f"{reading.client} was told of job {event.job}, which is not of its session")
                    continue
                if event.job in ended[reading.client]:
                    self.say("doubled" if event.kind in TERMINAL else "unexpected",
                             f"{reading.client} was told {event.kind} {event.seq} after the end of job {event.job}")
                if event.kind in TERMINAL:
                    ended[reading.client].add(event.job)
                    told[event.job] = min(told.get(event.job, event.at), event.at)
                    if row.terminal != (event.kind, event.word):
                        self.say("contradiction", f"{reading.client} was told {event.kind}, {event.job} has {row.terminal}")
        for ask in self.run.accepted:
            if ask.job in told:
                self.time(ask, told[ask.job], ask.job in overdue)
            elif ask.job not in self.run.read_instead:
                self.say("lost", f"nobody was told the end of job {ask.job} of {ask.tag}")

    def time(self, ask, end, is_overdue):
        if end - ask.at > self.latest:
            self.say("late", f"job {ask.job} ended after {end - ask.at:.1f} s")
        # It was not accepted before it was sent, so no excuse is needed; a tenth for the clocks' steps.
        if is_overdue and end - ask.sent < self.earliest - 0.1:
            self.say("early", f"the deadline of job {ask.job} was over {end - ask.sent:.1f} s after it was sent")

    def order(self):
        places = {row.job: row.order for row in self.run.jobs}
        of_conversation = collections.defaultdict(list)
        for job, conversation, _ in self.run.answers:
            of_conversation[conversation].append(places.get(job, 0))
        for conversation, order in of_conversation.items():
            if order != sorted(order):
                self.say("disorder", f"answers of conversation {conversation}")
        begun = {}
        for _, seq, job, kind, word in self.run.events:
            if kind == "status" and word[0] == "retrieving":
                begun[job] = min(begun.get(job, seq), seq)
        jobs = collections.defaultdict(list)
        for row in self.run.jobs:
            jobs[row.conversation].append(row)
        for conversation, rows in jobs.items():
            for earlier, later in zip(rows, rows[1:]):
                if begun.get(later.job, LEAP ** 2) < begun.get(earlier.job, 0):
                    self.say("disorder", f"job {later.job} of {conversation} began before {earlier.job}")

    def numbers(self):
        readings, durable = collections.defaultdict(list), collections.defaultdict(list)
        for reading in self.run.readings:
            readings[reading.session].append(reading)
        for session, seq, job, kind, word in self.run.events:
            durable[session].append((seq, job, kind, word))
        for session, own in readings.items():
            meanings = {}
            for seq, job, kind, word in durable[session] + [event[:4] for reading in own for event in reading.events]:
                if meanings.setdefault(seq, (job, kind, word)) != (job, kind, word):
                    self.say("repeated", f"number {seq} of session {session} is two events")
            on_disk = sorted(row[0] for row in durable[session])
            unbroken = self.unbroken(own)
            clients = collections.defaultdict(list)
            for reading in own:
                clients[reading.client].append(reading)
            for client, parts in clients.items():
                self.steps(client, parts, on_disk, unbroken)

    @staticmethod
    def unbroken(readings):
        """By epoch, the number from which on there can be no hole: everything since the session was loaded.

        What was loaded has holes where a former process's deltas were, and none of them; so an epoch's deltas stand
        behind its last leap.
        """
        epochs = collections.defaultdict(dict)
        for reading in readings:
            for event in reading.events:
                epochs[reading.epoch][event.seq] = event.kind == "message_delta"
        result = {}
        for epoch, events in epochs.items():
            numbers = sorted(events)
            start = numbers[0] if numbers[0] > LEAP else 0
            for left, right in zip(numbers, numbers[1:]):
                if right - left > LEAP:
                    start = right
            if any(events[seq] for seq in numbers if seq >= start):
                result[epoch] = start
        return result

    def steps(self, client, readings, on_disk, unbroken):
        last, epoch = 0, readings[0].epoch
        for reading in readings:
            if reading.after is not None and reading.after != last:
                self.say("contradiction", f"{client} resumed after {reading.after}, but had seen {last}")
            for event in reading.events:
                if event.seq <= last:
                    self.say("repeated", f"{client} was told {event.seq} after {last}")
                elif event.seq != last + 1:
                    missed = [seq for seq in on_disk if last < seq < event.seq]
                    if missed:
                        self.say("gap", f"{client} was told {event.seq} after {last}, but not {missed[:3]}")
                    elif reading.epoch == epoch and epoch in unbroken and last >= unbroken[epoch]:
                        self.say("gap", f"{client} was told {event.seq} after {last} in one epoch")
                last, epoch = max(last, event.seq), reading.epoch
            epoch = reading.epoch


def findings(run, deadline, allowance, ordered=True, checker=Check):
    """(fault, sentence) for each thing that is wrong; `allowance` is what an end may be later than its deadline, in s."""
    return checker(run, deadline, allowance, ordered).all()


def self_test(run, deadline, allowance, numbers, checker=Check):
    """Plants faults in a run that is right, one at a time; returns how many, and the names of those not found."""
    def replace(rows, index, **changes):
        rows[index] = rows[index]._replace(**changes)

    def pick(rows, holds=lambda row: True):
        return numbers.choice([index for index, row in enumerate(rows) if holds(row)])

    def a_row(broken, state="completed"):
        return pick(broken.jobs, lambda row: row.state == state)

    def with_events(broken, holds):
        """Events of one reading, and the place of one of them that stands between two others."""
        for reading in numbers.sample(broken.readings, len(broken.readings)):
            events = reading.events
            # Between two of its kind, so that what is left shows that there are deltas.
            places = [place for place in range(1, len(events) - 1)
                      if holds(events[place]) and events[place + 1].seq == events[place - 1].seq + 2
                      and (events[place].kind == "status" or events[place + 1].kind == events[place - 1].kind)]
            if places:
                return events, numbers.choice(places)

    def a_job_is_gone(broken):
        accepted = {ask.job for ask in broken.accepted}
        del broken.jobs[pick(broken.jobs, lambda row: row.job in accepted)]

    def drop(holds):
        def change(broken):
            events, place = with_events(broken, holds)
            del events[place]
        return change

    def twice(broken):
        events, place = with_events(broken, lambda event: True)
        events.insert(place, events[place])

    def nobody_is_told(broken):
        job = numbers.choice(broken.accepted).job
        broken.read_instead = broken.read_instead - {job}
        for reading in broken.readings:
            reading.events = [event for event in reading.events if event.job != job or event.kind not in TERMINAL]

    def refused(broken):
        index = pick(broken.asks, lambda ask: ask.outcome == "accepted")
        broken.asks[index] = broken.asks[index]._replace(outcome="refused")

    def an_end(broken, shift):
        """Moves the end of an accepted job that ended with an answer, for all that were told."""
        ended = {row.job for row in broken.jobs if row.state == "completed"} - broken.read_instead
        ask = broken.asks[pick(broken.asks, lambda ask: ask.job in ended)]
        for reading in broken.readings:
            reading.events = [event._replace(at=ask.at + shift) if event.job == ask.job and event.kind in TERMINAL else event
                              for event in reading.events]
        return ask.job

    def overdue_at_once(broken):
        job = an_end(broken, 1)
        replace(broken.jobs, pick(broken.jobs, lambda row: row.job == job), terminal=("error", ("deadline_exceeded",)))

    faults = [
        ("late", lambda broken: an_end(broken, deadline + allowance + 1)), ("early", overdue_at_once),
        ("lost", a_job_is_gone), ("lost", nobody_is_told),
        ("lost", lambda broken: replace(broken.jobs, a_row(broken), state="leased", terminal=None)),
        ("lost", lambda broken: replace(broken.jobs, a_row(broken), published=False)),
        ("lost", lambda broken: broken.answers.pop(pick(broken.answers))),
        ("doubled", lambda broken: broken.answers.append(numbers.choice(broken.answers))),
        ("doubled", lambda broken: broken.jobs.append(broken.jobs[a_row(broken)]._replace(job="0" * 32))),
        ("doubled", lambda broken: broken.events.append(numbers.choice(
            [event for event in broken.events if event[3] in TERMINAL]))),
        ("unexpected", refused),
        ("unexpected", lambda broken: replace(broken.jobs, a_row(broken), tag="q999x999")),
        ("gap", drop(lambda event: event.kind == "status")), ("gap", drop(lambda event: event.kind == "message_delta")),
        ("repeated", twice),
        ("contradiction", lambda broken: replace(broken.jobs, a_row(broken), dead=1)),
    ]
    missed = []
    for number, (fault, change) in enumerate(faults):
        broken = copy.copy(run)
        broken.asks, broken.jobs = list(run.asks), list(run.jobs)
        broken.answers, broken.events = list(run.answers), list(run.events)
        broken.readings = []
        for reading in run.readings:
            twin = Reading(reading.client, reading.session, reading.after, reading.epoch, reading.resumed)
            twin.events = list(reading.events)
            broken.readings.append(twin)
        change(broken)
        if fault not in {name for name, _ in findings(broken, deadline, allowance, checker=checker)}:
            missed.append(f"{number} {fault}")
    return len(faults), missed
