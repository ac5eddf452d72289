"""Every awkward document through the front door: uploaded, ingested, held against what the manifest says of it.

    python Tests/EndToEnd/documents_check.py PATH-TO-gepeto [FOLDER]

Starts the real program on a free port with a data folder of its own, uploads each file of FOLDER (Tests/Fixtures/documents
when none is given; it needs a manifest.jsonl) as a raw body and as a form by turns, and waits for each job by its event
stream and by asking for it by turns. Then:
  text    the document is ready, and the phrase is in what its extractor finds
  ocr     the same where tesseract is installed; else failed, because it has no text
  empty   failed, because it has no text
  reject  failed, with a reason
  any     ready or failed, as long as it ends
No file may take more than 60 s (20 s more for a page that is recognised) or 512 MB. All the while another client asks for
/api/health and a search every 100 ms: each is answered. At the end a document is read in parts, uploaded again, retried and
deleted, and a long one survives SIGTERM and SIGKILL of its server. Prints a line a file and `documents_check: 74 of 74 as expected`; exit code 1 when it is not so.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
import uuid

from harness import COURSE, ROOT, Server, call, check, clean_environment, end_with, ingest_corpus

SECONDS, SECONDS_A_RECOGNISED_PAGE, MEGABYTES = 60, 20, 512
NO_TEXT = {"ingest_no_text", "ingest_empty"}
# What a refusal may be; anything else is the program's own trouble.
REFUSED = NO_TEXT | {f"ingest_{code}" for code in (
    "unsupported", "encrypted", "broken", "crashed", "too_large", "timed_out", "out_of_memory", "unreadable")}


def send(url, data, headers):
    request = urllib.request.Request(url, data=data, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def upload(server, course, name, data, as_form):
    """Status and receipt of one upload, as the body itself or as the one file of a form."""
    url = f"{server.url}/api/courses/{course}/documents"
    if not as_form:
        quoted = urllib.parse.quote(name)
        return send(url, data, {"Content-Type": "application/octet-stream",
                                "Content-Disposition": f"attachment; filename*=UTF-8''{quoted}"})
    boundary = uuid.uuid4().hex
    head = (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n").encode()
    body = head + data + f"\r\n--{boundary}--\r\n".encode()
    return send(url, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})


def follow(server, job):
    """The states a job's event stream tells, up to the end."""
    states = []
    with urllib.request.urlopen(f"{server.url}/api/jobs/{job}/events", timeout=600) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                event = json.loads(line[6:])
                check(event["event"] == "document_status", f"event {event}")
                states.append(event["state"])
    return states


def poll(server, job):
    while True:
        status, body, _ = call(f"{server.url}/api/jobs/{job}")
        check(status == 200, f"job {job}: {status} {body}")
        if body["status"] in ("completed", "failed", "cancelled"):
            return [body["document"]["state"]]
        time.sleep(0.2)


def one_file(server, course, folder, index, entry):
    """Uploads a file and waits for its end; what became of it."""
    data = (folder / entry["file"]).read_bytes()
    begun = time.monotonic()
    status, receipt = upload(server, course, entry["file"], data, as_form=index % 2 == 1)
    if status != 202:
        # An empty file never gets as far as a job.
        return {"entry": entry, "status": status, "label": receipt.get("type", "").rsplit(":", 1)[-1],
                "reason": receipt.get("detail", ""), "state": "failed", "waited": time.monotonic() - begun}
    states = (follow if index % 4 < 2 else poll)(server, receipt["jobId"])
    terminal = [state for state in states if state in ("ready", "failed")]
    check(len(terminal) == 1 and states[-1] == terminal[0], f"{entry['file']}: states {states}")
    code, document, _ = call(f"{server.url}/api/courses/{course}/documents/{receipt['documentId']}")
    check(code == 200, f"{entry['file']}: {code} {document}")
    check(document["state"] == terminal[0], f"{entry['file']}: {document['state']} is not {terminal[0]}")
    return {"entry": entry, "status": status, "job": receipt["jobId"], "id": receipt["documentId"],
            "state": document["state"], "label": document.get("label"), "reason": document.get("reason"),
            "report": document.get("report") or {}, "waited": time.monotonic() - begun}


def normal(text):
    return " ".join(unicodedata.normalize("NFKC", text).split())


def extracted_text(program, path):
    done = subprocess.run([program, "extract", "--json", str(path)], capture_output=True, timeout=600)
    answer = json.loads(done.stdout or b"{}")
    document = answer.get("document", {})
    return document.get("_0", document).get("text", "")


def verdict(program, folder, result, has_ocr):
    """What is wrong with a result; empty when it is as the manifest says."""
    entry, state, label = result["entry"], result["state"], result["label"] or ""
    expect = entry["expect"]
    if expect == "ocr":
        expect = "text" if has_ocr else "empty"
    faults = []
    if state == "failed" and not (result["reason"] or "").strip():
        faults.append("failed without a reason")
    if state == "failed" and label not in REFUSED | {"upload_empty", "duplicate"}:
        faults.append(f"failed by {label}: {result['reason']}")
    if expect == "text":
        if state != "ready":
            faults.append(f"{label}: {result['reason']}")
        else:
            text = normal(extracted_text(program, folder / entry["file"]))
            phrase = normal(entry["phrase"] or "")
            if entry.get("phrase_without_spaces"):
                found = phrase.replace(" ", "") in text.replace(" ", "")
            else:
                found = phrase in text
            if not found:
                faults.append(f"without its phrase {phrase!r}")
            if entry.get("must_not_appear") and normal(entry["must_not_appear"]) in text:
                faults.append(f"with {entry['must_not_appear']!r}")
    elif expect == "empty" and (state != "failed" or label not in NO_TEXT | {"upload_empty"}):
        faults.append(f"{state} {label} instead of having no text")
    elif expect == "reject" and state != "failed":
        faults.append("ready, though it should be refused")
    report = result.get("report", {})
    most = SECONDS + SECONDS_A_RECOGNISED_PAGE * len(report.get("recognisedPages", []))
    if has_ocr and expect != "reject":
        most += SECONDS_A_RECOGNISED_PAGE * (report.get("pages") or 1)
    if result.get("seconds", 0) > most:
        faults.append(f"took {result['seconds']:.0f} s")
    if report.get("peakMemory", 0) > MEGABYTES << 20:
        faults.append(f"took {report['peakMemory'] >> 20} MB")
    return "; ".join(faults)


class Prober(threading.Thread):
    """Asks for health and for a search every 100 ms until told to stop."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.stopping = server, threading.Event()
        self.latency = {"health": [], "search": []}
        self.failures = []

    def run(self):
        query = urllib.parse.quote("pior caso do quicksort")
        while not self.stopping.is_set():
            for name, path in (("health", "/api/health"), ("search", f"/api/courses/{COURSE}/search?q={query}&k=5")):
                begun = time.monotonic()
                try:
                    status, body, _ = call(self.server.url + path)
                    if status != 200 or (name == "search" and not body["passages"]):
                        self.failures.append(f"{name}: {status}")
                except Exception as error:  # noqa: BLE001 - whatever it is, it was no answer
                    self.failures.append(f"{name}: {error}")
                self.latency[name].append((time.monotonic() - begun) * 1000)
            self.stopping.wait(0.1)

    def stop(self):
        self.stopping.set()
        self.join()

    def line(self, when):
        parts = []
        for name, values in self.latency.items():
            ordered = sorted(values) or [0]
            parts.append(f"{name} p50 {statistics.median(ordered):.1f} p95 {ordered[int(len(ordered) * 0.95)]:.1f} "
                         f"worst {ordered[-1]:.1f} ms")
        return f"{when}: {', '.join(parts)} ({len(self.latency['search'])} of each, {len(self.failures)} not answered)"


def seconds_by_job(server):
    """How long the last try at each document took, as the server's own log says."""
    seconds = {}
    for line in server.log().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("action") in ("document failed", "document finished") and entry["duration_ms"] is not None:
            seconds[entry["jobId"]] = entry["duration_ms"] / 1000
    return seconds


def the_rest(server, course, folder, results):
    """Parts of an original, another upload of it, a retry, and a deletion; returns what was checked."""
    ready = next(r for r in results if r["state"] == "ready" and r["entry"]["file"].endswith(".pdf"))
    data = (folder / ready["entry"]["file"]).read_bytes()
    base = f"{server.url}/api/courses/{course}/documents"
    one = f"{base}/{ready['id']}"

    def get(headers=None, method="GET"):
        try:
            with urllib.request.urlopen(urllib.request.Request(one + "/content", headers=headers or {}, method=method)) as a:
                return a.status, a.headers, a.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    status, headers, body = get()
    check(status == 200 and body == data, "the original is not what was uploaded")
    check(headers["Content-Type"] == "application/pdf" and headers["Content-Disposition"].startswith("inline"), "PDF")
    check(headers["X-Content-Type-Options"] == "nosniff" and headers["Content-Security-Policy"] == "sandbox", "headers")
    check(headers["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"', f"ETag {headers['ETag']}")
    status, headers, body = get({"Range": "bytes=10-19"})
    check(status == 206 and body == data[10:20], f"range {status}")
    check(headers["Content-Range"] == f"bytes 10-19/{len(data)}", headers["Content-Range"])
    check(get({"Range": f"bytes={len(data)}-"})[0] == 416, "a range beyond the end")
    check(get({"If-None-Match": headers["ETag"]})[0] == 304, "If-None-Match")
    status, headers, body = get(method="HEAD")
    check(status == 200 and not body and int(headers["Content-Length"]) == len(data), "HEAD")

    status, receipt = upload(server, course, ready["entry"]["file"], data, as_form=True)
    check(status == 202, f"the same again: {status}")
    check(poll(server, receipt["jobId"]) == ["ready"], "the same again is ready at once")
    status, known = upload(server, course, "another name.pdf", data, as_form=False)
    check(status == 200 and known["duplicateOf"]["documentId"] == ready["id"], f"another name: {status} {known}")

    failed = next(r for r in results if r["state"] == "failed" and "id" in r)
    status, receipt, _ = call(f"{base}/{failed['id']}/retry", body=b"", method="POST")
    check(status == 202, f"retry: {status} {receipt}")
    check(poll(server, receipt["jobId"]) == ["failed"], "a bad file stays bad")
    check(call(one + "/retry", body=b"", method="POST")[0] == 409, "retry of a ready document")

    for result in (ready, failed):
        with urllib.request.urlopen(urllib.request.Request(f"{base}/{result['id']}", method="DELETE")) as answer:
            check(answer.status == 204, f"delete: {answer.status}")
        check(call(f"{base}/{result['id']}")[0] == 404, "deleted, and still there")
    check(get()[0] == 404, "the original of a deleted document")
    listed = call(base + "?limit=1000")[1]
    check({ready["id"], failed["id"]}.isdisjoint(d["documentId"] for d in listed["documents"]), "deleted, and listed")
    return "content in parts, upload again, duplicate, retry, delete"


def interrupted(start, course):
    """A long document whose server is ended while it embeds, once with SIGTERM and once with SIGKILL: ready all the same.

    `start` makes a server over the same data folder. Returns what was seen.
    """
    paragraphs = [f"## Section {n}\n\n" + " ".join(f"Statement {n}.{m} of this long text is about item {m * n}."
                                                    for m in range(40)) for n in range(120)]
    server = start()
    try:
        status, receipt = upload(server, course, "long.md", "\n\n".join(paragraphs).encode(), as_form=False)
        check(status == 202, f"long document: {status} {receipt}")
        job, seen = receipt["jobId"], []
        one = f"/api/courses/{course}/documents/{receipt['documentId']}"
        for sign in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + 60
            while (state := call(server.url + one)[1]["state"]) != "embedding":
                check(state not in ("ready", "failed"), f"too soon {state}")
                check(time.monotonic() < deadline, f"still {state} after a minute")
                time.sleep(0.02)
            begun = time.monotonic()
            server.process.send_signal(sign)
            server.process.wait(timeout=40)
            seen.append(f"{sign.name} took {time.monotonic() - begun:.1f} s")
            server = start()
        check(poll(server, job) == ["ready"], "the interrupted document is ready")
        attempts = call(f"{server.url}/api/jobs/{job}")[1]["attempt"]
        check(attempts == 3, f"{attempts} attempts")
        document = call(server.url + one)[1]
        check(document["report"]["selfCheck"]["found"] > 0, f"self-check {document['report']}")
        return ", ".join(seen) + f"; ready after attempt {attempts}"
    finally:
        server.stop()


def peak_memory(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder", nargs="?", default=ROOT / "Tests/Fixtures/documents", type=pathlib.Path)
    arguments = parser.parse_args()
    program, folder = str(pathlib.Path(arguments.program).resolve()), arguments.folder.resolve()
    entries = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines() if line.strip()]
    has_ocr = shutil.which("tesseract") is not None
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        environment = clean_environment(GEPETO_INGEST_JOBS="2")
        ingest_corpus(program, scratch + "/data", environment)
        server = Server(program, scratch + "/data", environment, scratch + "/log")
        try:
            status, _, _ = call(server.url + "/api/courses", {"id": "documents", "title": "Awkward documents"})
            check(status == 201, f"course: {status}")
            quiet = Prober(server)
            quiet.start()
            time.sleep(5)
            quiet.stop()
            prober = Prober(server)
            prober.start()
            with concurrent.futures.ThreadPoolExecutor(6) as pool:
                results = list(pool.map(lambda pair: one_file(server, "documents", folder, *pair), enumerate(entries)))
            prober.stop()
            took = time.monotonic() - begun
            seconds = seconds_by_job(server)
            for result in results:
                result["seconds"] = seconds.get(result.get("job"), 0)
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                faults = list(pool.map(lambda result: verdict(program, folder, result, has_ocr), results))
            rest = the_rest(server, "documents", folder, results)
            memory = peak_memory(server)
            left = list(pathlib.Path(scratch, "data/originals").glob(".*"))
            check(not left, f"left over: {left}")
        finally:
            code = server.stop()
        check(code == 0, f"the server ended with {code}")
        ends = interrupted(lambda: Server(program, scratch + "/data", environment, scratch + "/log"), "documents")

    print(f"{'file':58} {'expect':7} {'result':34} {'s':>6} {'peak MB':>8}")
    for result, fault in zip(results, faults):
        entry, peak = result["entry"], result.get("report", {}).get("peakMemory", 0)
        outcome = result["state"] if result["state"] == "ready" else result["label"] or "failed"
        print(f"{entry['file'][:58]:58} {entry['expect']:7} {outcome:34} {result['seconds']:6.1f} "
              f"{f'{peak / (1 << 20):8.0f}' if peak else '       -'}{'  <-- ' + fault if fault else ''}")
    print(quiet.line("quiet"))
    print(prober.line("during ingest"))
    print(f"server: peak {memory:.0f} MB; uploads and ingest of all took {took:.0f} s; tesseract: {has_ocr}")
    print(f"also: {rest}")
    print(f"interrupted while it embeds: {ends}")
    good = faults.count("")
    print(f"documents_check: {good} of {len(entries)} as expected")
    return 0 if good == len(entries) and not prober.failures else 1


if __name__ == "__main__":
    end_with(main)
