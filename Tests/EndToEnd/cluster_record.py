"""What the stores of a cluster hold in the end, for the checker of `total_queue.py`, which is stricter here."""

import collections
import json

import total_queue
from faulty_provider import TAG
from total_queue import LEAP, JobRow, word_of


class ClusterCheck(total_queue.Check):
    """The same promise, upon logs that are kept in Redis: while it lives nothing of them is lost, so a leap needs an epoch."""

    def steps(self, client, readings, on_disk, unbroken):
        last, epoch = 0, None
        for reading in readings:
            if reading.epoch == epoch and reading.resumed != last:
                self.say("gap", f"{client} had seen {last}, and went on from {reading.resumed} in one epoch")
            may_leap = epoch is not None and reading.epoch != epoch
            last = max(last, reading.resumed)
            for event in reading.events:
                if event.seq <= last:
                    self.say("repeated", f"{client} was told {event.seq} after {last}")
                elif event.seq != last + 1:
                    if not (may_leap and event.seq - last > LEAP):
                        self.say("gap", f"{client} was told {event.seq} after {last} in one epoch")
                    may_leap = False
                last = max(last, event.seq)
            epoch = reading.epoch


def read_stores(chronicle, items, logs):
    """What the table and Redis hold in the end; returns the answers with all they cite, by job."""
    places, ends, dead, jobs, details = {}, {}, collections.Counter(), [], {}
    for item in items:
        if item["pk"].startswith("CONV#") and item["sk"].startswith("M#"):
            places[item["id"]] = (item["pk"].removeprefix("CONV#"), int(item["sk"][2:]), item)
        elif item["sk"] == "END":
            ends[item["pk"].removeprefix("JOB#")] = json.loads(item["event"])
        elif item["sk"] == "JOB" and item["kind"] == "question":
            jobs.append(item)
        elif item["pk"] == "DEAD":
            dead[item["job"]] += 1
    for item in jobs:
        event, place = ends.get(item["id"]), places.get(item["message"])
        tags = TAG.findall(place[2]["content"]) if place else []
        chronicle.jobs.append(JobRow(
            item["id"], tags[-1] if tags else "", item["session"], item["conversation"], item["state"],
            event and (event["event"], word_of(event)), "toldSeq" in item, dead[item["id"]], place[1] if place else -1))
    chronicle.jobs.sort(key=lambda row: (row.conversation, row.order))
    for conversation, ordinal, item in sorted(places.values(), key=lambda place: place[:2]):
        if item["role"] == "assistant":
            chronicle.answers.append((item["job"], conversation, item["content"]))
            details[item["job"]] = item["content"] + item.get("details", "")
    for session, seq, event in logs:
        if event["event"] == "document_status":
            continue
        chronicle.events.append((session, seq, event["jobId"], event["event"], word_of(event)))
    return details
