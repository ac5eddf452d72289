"""A disk that fills up under a running server, and one that cannot be written to: refused with a 503, nothing half done,
and everything accepted before ends when there is room again, without a restart.

    python Tests/EndToEnd/disk_check.py PATH-TO-gepeto [--limits]

Where this process may mount (as root), the data folder is a small file system of its own that is filled to its last byte,
and a read-only mount stands for a disk that cannot be written to. Elsewhere, or with --limits, the running server's limit
on the size of files (RLIMIT_FSIZE) is set to nothing and back again: the system's answer to a write differs in its number
only. Prints one line.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time
import urllib.parse

from harness import ROOT, Server, call, check, clean_environment, end_with

COURSE = "disk"
DOCUMENTS = ["03-recursao.md", "08-trees.md"]
QUESTION = "O que é recursão e o que é um caso base?"
QUESTIONS = 40
# Longer than two leases: a question must not use up its tries on the full disk.
FULL_SECONDS = 5
LEASE_SECONDS = 2
MOUNT_MEBIBYTES = 24


def may_mount(folder):
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder], capture_output=True)
    return done.returncode == 0 and subprocess.run(["umount", folder]).returncode == 0


class Mount:
    """A file system in memory that can be filled, emptied and made read-only."""

    name = "a full file system"

    def __init__(self, folder, mebibytes):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "none", folder], check=True)

    def fill(self, server=None):
        """Leaves not one byte."""
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(bytes(size))

    def empty(self, server=None):
        (self.folder / "ballast").unlink()

    def remount(self, option):
        subprocess.run(["mount", "-o", f"remount,{option}", self.folder], check=True)

    def close(self):
        subprocess.run(["umount", "--lazy", self.folder], check=False)


class Limit:
    """A limit on the size of the files that the running server writes."""

    name = "no file may grow (RLIMIT_FSIZE)"

    def fill(self, server):
        _, self.hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, self.hard))

    def empty(self, server):
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (self.hard, self.hard))

    def close(self):
        pass


def ask(server, session=None):
    body = {"message": QUESTION, "course": COURSE}
    return call(f"{server.url}/api/chat", body | ({"sessionId": session} if session else {}))


def upload(server, name, content):
    return call(f"{server.url}/api/courses/{COURSE}/documents", content,
                headers={"Content-Type": "text/markdown", "Content-Disposition": f'attachment; filename="{name}"'})


def check_refusal(what, reply):
    status, problem, headers = reply
    check(status == 503, f"{what}: {status} {problem}")
    check(int(headers["Retry-After"]) > 0, f"{what}: no Retry-After")
    check(headers["Content-Type"] == "application/problem+json" and problem["detail"].endswith("."),
          f"{what}: {problem}")
    check("nothing" in problem["detail"], f"{what}: {problem['detail']}")


def wait_until(what, holds, seconds):
    end = time.monotonic() + seconds
    while not holds():
        check(time.monotonic() < end, f"{what}: not within {seconds} s")
        time.sleep(0.05)


def store_state(server):
    status, ready, _ = call(f"{server.url}/api/ready")
    check(status == 200, f"/api/ready: {status} {ready}")
    return ready["checks"]["store"]


def events(server, job):
    """The events of the job's session as an event stream brings them, up to the job's last."""
    address = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    connection.request("GET", f"/api/jobs/{job}/events")
    stream = connection.getresponse()
    check(stream.status == 200, f"events of {job}: {stream.status}")
    found = []
    for line in stream:
        if line.startswith(b"data:"):
            found.append(json.loads(line[5:]))
            if found[-1]["event"] in ("message_completed", "error"):
                break
    connection.close()
    return found


def conversations(server):
    """Every conversation's messages."""
    found, cursor = {}, ""
    while cursor is not None:
        _, page, _ = call(f"{server.url}/api/conversations?limit=100{cursor}")
        for conversation in page["conversations"]:
            _, messages, _ = call(f"{server.url}/api/conversations/{conversation['id']}/messages")
            found[conversation["id"]] = messages["messages"]
        cursor = f"&cursor={page['nextCursor']}" if page.get("nextCursor") else None
    return found


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if path.is_file())


def check_full_disk(server, disk, data):
    """Returns how many questions were open when the disk was full, and how many were refused."""
    originals = files_below(f"{data}/originals")
    accepted = []
    for _ in range(QUESTIONS):
        status, body, _ = ask(server)
        check(status == 202, f"a healthy server: {status} {body}")
        accepted.append(body)
    disk.fill(server)
    began = time.monotonic()
    # What the write-ahead log has room for is still taken; then comes the refusal.
    while True:
        reply = ask(server)
        if reply[0] != 202:
            break
        accepted.append(reply[1])
        check(len(accepted) < 5_000, "a full disk refuses nothing")
    check_refusal("a question on a full disk", reply)
    check("disk is full" in reply[1]["detail"], f"{reply[1]}")
    refused = 1
    check_refusal("an upload on a full disk", upload(server, "new.md", b"# New\n\n" + b"A new part of the course. " * 2_000))
    check(files_below(f"{data}/originals") == originals, "something of a refused upload is left")
    wait_until("/api/ready tells of a full disk", lambda: store_state(server) == "degraded", 8)
    for path in ("/api/health", "/api/conversations", f"/api/courses/{COURSE}/search?q=recurs%C3%A3o",
                 f"/api/jobs/{accepted[0]['jobId']}"):
        status, body, _ = call(server.url + path)
        check(status == 200, f"{path} on a full disk: {status} {body}")
    while time.monotonic() - began < FULL_SECONDS:
        status, body, _ = ask(server)
        refused += status == 503
        if status == 202:
            accepted.append(body)
        time.sleep(0.2)
    jobs = [call(f"{server.url}/api/jobs/{body['jobId']}")[1] for body in accepted]
    check(not any(job["status"] == "failed" for job in jobs), f"given up on a full disk: {jobs}")
    still_open = sum(job["status"] != "completed" for job in jobs)
    check(still_open > 0, "no question was open any more when the disk was full")

    disk.empty(server)
    status, body, _ = ask(server)
    check(status == 202, f"with room again: {status} {body}")
    accepted.append(body)
    for body in accepted:
        story = events(server, body["jobId"])
        check(story[-1]["event"] == "message_completed", f"a question accepted before ended so: {story[-1]}")
        numbers = [event["seq"] for event in story]
        check(numbers == sorted(set(numbers)), f"numbers of events: {numbers}")
        check(sum(event["event"] in ("message_completed", "error") for event in story) == 1, f"{story}")
    found = conversations(server)
    for body in accepted:
        roles = [message["role"] for message in found.pop(body["conversationId"])]
        check(roles == ["user", "assistant"], f"a conversation holds {roles}")
    check(not found, f"{len(found)} conversations of refused questions are there")
    wait_until("/api/ready tells of room", lambda: store_state(server) == "ok", 8)
    status, body, _ = upload(server, "new.md", b"# New\n\nA part of the course that came late.\n")
    check(status == 202, f"an upload with room again: {status} {body}")
    wait_until("the upload is read", lambda: call(f"{server.url}/api/jobs/{body['jobId']}")[1]["status"] == "completed", 20)
    log = [json.loads(line) for line in server.log().splitlines()]
    check(len(log) < 20 * len(accepted) + 200, f"{len(log)} lines of log")
    check(all(QUESTION not in json.dumps(line, ensure_ascii=False) for line in log), "a question is in the log")
    return still_open, refused, len(accepted)


def check_read_only(program, data, disk, originals, environment, log):
    """A disk that cannot be written to: no start, and no upload, until it can."""
    disk.remount("ro")
    for words in (["serve", "--port", "0"], ["ingest", "corpus/08-trees.md", "--course", COURSE]):
        done = subprocess.run([program, *words, "--data", data], cwd=ROOT, env=environment, capture_output=True,
                              text=True, timeout=60)
        said = done.stdout + done.stderr
        check(done.returncode == 1 and ("may write" in said or "cannot be written" in said), f"{words}: {said}")
    disk.remount("rw")
    # The originals on a disk of their own, which has no file open, so that it can be made read-only under a server.
    shutil.copytree(f"{data}/originals", f"{data}/kept")
    mount = Mount(originals, 4)
    try:
        shutil.copytree(f"{data}/kept", originals, dirs_exist_ok=True)
        server = Server(program, data, environment, log)
        mount.remount("ro")
        check_refusal("an upload to a read-only disk", upload(server, "late.md", b"# Late\n\nA late part.\n"))
        status, body, _ = ask(server)
        check(status == 202 and events(server, body["jobId"])[-1]["event"] == "message_completed",
              "a question beside a read-only folder")
        mount.remount("rw")
        status, body, _ = upload(server, "late.md", b"# Late\n\nA late part.\n")
        check(status == 202, f"an upload to a disk that can be written to again: {status} {body}")
        wait_until("the upload is read",
                   lambda: call(f"{server.url}/api/jobs/{body['jobId']}")[1]["status"] == "completed", 20)
        check(server.stop() == 0, "the server does not end well")
    finally:
        mount.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--limits", action="store_true", help="do not mount, also where that is allowed")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    environment = clean_environment(GEPETO_JOB_LEASE=str(LEASE_SECONDS), GEPETO_WORKERS="2", GEPETO_LLM="extractive")
    with tempfile.TemporaryDirectory() as scratch:
        mounts = not arguments.limits and may_mount(scratch)
        data = f"{scratch}/data"
        disk = Mount(data, MOUNT_MEBIBYTES) if mounts else Limit()
        try:
            documents = [str(ROOT / "corpus" / name) for name in DOCUMENTS]
            done = subprocess.run([program, "ingest", *documents, "--course", COURSE, "--data", data], cwd=ROOT,
                                  env=environment, capture_output=True, text=True)
            check(done.returncode == 0, f"ingest: {done.stdout}{done.stderr}")
            server = Server(program, data, environment, f"{scratch}/log")
            try:
                still_open, refused, accepted = check_full_disk(server, disk, data)
                check(server.stop() == 0, "the server does not end well")
            finally:
                if server.process.poll() is None:
                    server.process.kill()
            read_only = "not tried (it takes root)"
            if mounts:
                check_read_only(program, data, disk, f"{data}/originals", environment, f"{scratch}/log2")
                read_only = "refused and recovered"
        finally:
            disk.close()
    print(f"disk_check: {disk.name}: {still_open} of {accepted} accepted questions waited for room, all answered once; "
          f"{refused} refused with 503; a read-only disk: {read_only}")
    return 0


if __name__ == "__main__":
    end_with(main)
