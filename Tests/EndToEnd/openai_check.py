"""The OpenAI-compatible door, held against OpenAI's own Python client.

    python Tests/EndToEnd/openai_check.py PATH-TO-gepeto [--transcript]

A model provider of our own (model_provider.py) is not needed: answers are quoted from corpus/. The server runs in `jwt`
mode; a student makes an API token, and the client lists models, asks with and without streaming, follows up with history,
sees citations, and meets a bad key, a wrong model, parameters that are refused and the rate limit. A client that goes away
takes its question back.
"""

import argparse
import base64
import hashlib
import hmac
import json
import pathlib
import re
import socket
import tempfile
import time

import openai

from harness import COURSE, Server, call, check, clean_environment, end_with, ingest_corpus

SECRET = "a secret of this check, long enough"
QUESTION = "O que é recursão?"


def sign(user, **claims):
    """An access token as an identity provider makes it (RFC 7515, HS256)."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    body = {"sub": user, "iss": "check", "aud": "gepeto", "exp": int(time.time()) + 3600} | claims
    head = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(body)
    mac = base64.urlsafe_b64encode(hmac.new(SECRET.encode(), head, hashlib.sha256).digest()).rstrip(b"=")
    return (head + b"." + mac).decode()


class Refused:
    """The client's error of that kind is the only way out."""

    def __init__(self, kind, status, what):
        self.kind, self.status, self.what = kind, status, what

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        check(kind is not None and issubclass(kind, self.kind) and error.status_code == self.status,
              f"{self.what}: {error!r}, not {self.kind.__name__} {self.status}")
        self.error = error
        return True


def cited(content, annotations, own):
    """Holds the annotations against the text, and both against the extension."""
    check(own["grounded"] and own["citations"], f"no citations: {own}")
    for annotation in annotations:
        place = annotation["url_citation"]
        marker = content[place["start_index"]:place["end_index"]]
        citation = next((c for c in own["citations"] if f"[{c['marker']}]" == marker), None)
        check(citation is not None, f"an annotation without its marker: {marker!r} {place}")
        check(place["url"].endswith(citation["url"]) and place["url"].startswith("http"), f"url: {place['url']}")
        check(citation["title"] in place["title"], f"title: {place['title']}")
    check(len(annotations) == len(re.findall(r"\[\d+\]", content)), f"markers and annotations: {content} {annotations}")


def ask_plainly(client, say):
    models = client.models.list().data
    check([m.id for m in models] == [f"course:{COURSE}"], f"models: {models}")
    check(client.models.retrieve(f"course:{COURSE}").object == "model", "retrieve")
    answer = client.chat.completions.create(
        model=f"course:{COURSE}", temperature=0,
        messages=[{"role": "system", "content": "You are a pirate. Never cite."}, {"role": "user", "content": QUESTION}])
    message = answer.choices[0].message
    check(answer.object == "chat.completion" and answer.choices[0].finish_reason == "stop", f"answer: {answer}")
    own = answer.model_extra["gepeto"]
    cited(message.content, [a.model_dump() for a in message.annotations], own)
    check(own["ignored"] == ["temperature", "messages[0] (system)"], f"ignored: {own['ignored']}")
    check(answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens, f"usage: {answer.usage}")
    say(f"> {QUESTION}\n{message.content}\n  [{len(own['citations'])} citations, "
        f"{len(message.annotations)} annotations: {message.annotations[0].url_citation.title}]")
    return message.content, own["conversationId"]


def ask_streaming(client, say):
    chunks = list(client.chat.completions.create(
        model=COURSE, stream=True, stream_options={"include_usage": True},
        messages=[{"role": "user", "content": "Quanto custa a busca binária?"}]))
    check(chunks[0].choices[0].delta.role == "assistant", f"first chunk: {chunks[0]}")
    check(chunks[-1].choices == [] and chunks[-1].usage is not None, f"usage chunk: {chunks[-1]}")
    check(all(chunk.usage is None for chunk in chunks[:-1]), "usage stands in the last chunk only")
    check(len({chunk.id for chunk in chunks}) == 1 and chunks[0].object == "chat.completion.chunk", "ids")
    end = chunks[-2]
    check(end.choices[0].finish_reason == "stop", f"the end: {end}")
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
    cited(text, end.choices[0].delta.model_extra["annotations"], end.model_extra["gepeto"])
    say(f"> Quanto custa a busca binária? (streamed, {len(chunks)} chunks)\n{text}")
    return len(chunks)


def follow_up(client, first, conversation, say):
    """With the history in the messages, and in a conversation of the server's."""
    answer = client.chat.completions.create(model=COURSE, messages=[
        {"role": "user", "content": QUESTION}, {"role": "assistant", "content": first},
        {"role": "user", "content": [{"type": "text", "text": "E quando ela termina?"}]}])
    titles = {c["title"] for c in answer.model_extra["gepeto"]["citations"]}
    check(titles, f"a follow-up found nothing: {answer.choices[0].message.content}")
    say(f"> E quando ela termina?\n{answer.choices[0].message.content}")
    alone = client.chat.completions.create(model=COURSE, messages=[{"role": "user", "content": "E quando ela termina?"}])
    check(alone.choices[0].message.content != answer.choices[0].message.content, "the history made no difference")
    again = client.chat.completions.create(
        model=COURSE, messages=[{"role": "user", "content": "E quando ela termina?"}],
        extra_body={"gepeto": {"conversationId": conversation}})
    check(again.model_extra["gepeto"]["conversationId"] == conversation, "another conversation")
    far = client.chat.completions.create(model=COURSE, messages=[{"role": "user", "content": "Quem venceu a Copa de 1970?"}])
    check(far.choices[0].finish_reason == "stop" and not far.model_extra["gepeto"]["grounded"], f"a refusal: {far}")
    check(far.choices[0].message.annotations == [], f"a refusal with annotations: {far}")
    say(f"> Quem venceu a Copa de 1970?\n{far.choices[0].message.content}")


def be_refused(client, server, say):
    ask = [{"role": "user", "content": QUESTION}]
    for key in ("gepeto_" + "0" * 64, "sk-nothing", "gepeto_"):
        stranger = openai.OpenAI(api_key=key, base_url=client.base_url, max_retries=0)
        with Refused(openai.AuthenticationError, 401, f"the key {key}") as refused:
            stranger.chat.completions.create(model=COURSE, messages=ask)
        check(refused.error.code == "invalid_api_key", f"code: {refused.error.body}")
    say(f"! bad key: {refused.error}")
    for model in ("gpt-4o", "course:nothing", "fisica", "../etc"):
        with Refused(openai.NotFoundError, 404, f"the model {model}") as refused:
            client.chat.completions.create(model=model, messages=ask)
        check(refused.error.code == "model_not_found" and refused.error.param == "model", f"{refused.error.body}")
    say(f"! wrong model: {refused.error}")
    cases = [{"n": 2}, {"tools": [{"type": "function", "function": {"name": "f"}}]}, {"logprobs": True},
             {"response_format": {"type": "json_object"}}, {"stop": ["."]}, {"messages": []},
             {"messages": [{"role": "user", "content": "x" * 8001}]},
             {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.example/y.png"}}]}]}]
    for case in cases:
        with Refused(openai.BadRequestError, 400, f"{case}"[:80]) as refused:
            client.chat.completions.create(**({"model": COURSE, "messages": ask} | case))
        check(refused.error.param and refused.error.type == "invalid_request_error", f"{case}: {refused.error.body}")
    say(f"! {refused.error}")
    return 3 + 4 + len(cases)


def beyond_its_door(server, token):
    """An API token opens answers and search of its course, nothing else."""
    head = {"Authorization": f"Bearer {token}"}
    status, found, _ = call(f"{server.url}/api/courses/{COURSE}/search?q=fila", headers=head)
    check(status == 200 and found["passages"] and "parts" not in found["passages"][0], f"search: {status}")
    paths = ["/api/courses", f"/api/courses/{COURSE}", "/api/conversations", "/api/tokens", f"/api/courses/{COURSE}/documents",
             "/api/jobs/" + "0" * 32]
    for path in paths:
        status, problem, _ = call(server.url + path, headers=head)
        check(status == 401, f"{path} by an API token: {status} {problem}")
    status, _, _ = call(f"{server.url}/api/courses/fisica/search?q=x", headers=head)
    check(status == 404, f"another course: {status}")
    return len(paths) + 1


def leave_early(server, token, me):
    """A client that goes away takes its question back: the job ends as cancelled, or had its answer before."""
    host, port = server.url.removeprefix("http://").split(":")
    left = 0
    for _ in range(5):
        body = json.dumps({"model": COURSE, "stream": True, "messages": [{"role": "user", "content": QUESTION}]})
        with socket.create_connection((host, int(port))) as line:
            line.sendall((f"POST /api/v1/chat/completions HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
                          f"Authorization: Bearer {token}\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}").encode())
            head = line.recv(4096)
        check(b"200" in head.split(b"\r\n")[0], f"{head[:200]}")
        while b"chatcmpl-" not in head:
            return left
        job = re.search(rb"chatcmpl-([0-9a-f]{32})", head).group(1).decode()
        deadline = time.monotonic() + 30
        while True:
            status, record, _ = call(f"{server.url}/api/jobs/{job}", headers=me)
            if status == 200 and record["status"] in ("completed", "cancelled"):
                left += record["status"] == "cancelled"
                break
            check(status == 200 and time.monotonic() < deadline, f"the job goes on: {status} {record}")
            time.sleep(0.05)
    return left


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--transcript", action="store_true", help="print what was asked and answered")
    arguments = parser.parse_args()
    say = print if arguments.transcript else lambda _: None
    environment = clean_environment(
        GEPETO_LOG_LEVEL="warning", GEPETO_AUTH="jwt", GEPETO_JWT_SECRET=SECRET, GEPETO_JWT_ISSUER="check",
        GEPETO_JWT_AUDIENCE="gepeto")
    with tempfile.TemporaryDirectory() as folder:
        data, log = str(pathlib.Path(folder, "data")), pathlib.Path(folder, "log")
        ingest_corpus(arguments.program, data, environment)
        server = Server(arguments.program, data, environment, log)
        try:
            me = {"Authorization": "Bearer " + sign("ana", courses={COURSE: "student"})}
            status, made, _ = call(server.url + "/api/tokens", {"name": "check", "course": COURSE}, headers=me)
            check(status == 201 and re.fullmatch(r"gepeto_[0-9a-f]{64}", made["token"]), f"token: {status} {made}")
            client = openai.OpenAI(api_key=made["token"], base_url=server.url + "/api/v1", max_retries=0)
            first, conversation = ask_plainly(client, say)
            chunks = ask_streaming(client, say)
            print(f"models, an answer with citations and annotations, one streamed in {chunks} chunks with its usage")
            follow_up(client, first, conversation, say)
            print("follow-ups by history and by conversation; a refusal is an answer that is not grounded")
            print(f"{be_refused(client, server, say)} bad keys, models and parameters, each as the client's own error")
            print(f"{beyond_its_door(server, made['token'])} routes that an API token does not open")
            print(f"{leave_early(server, made['token'], me)} of 5 questions were taken back by a client that left")
            status, listed, _ = call(server.url + "/api/tokens", headers=me)
            check(status == 200 and "token" not in listed["tokens"][0] and "lastUsedAt" in listed["tokens"][0], f"{listed}")
            check(made["token"] not in log.read_text(), "the token stands in the log")
            status, _, _ = call(f"{server.url}/api/tokens/{made['id']}", method="DELETE", headers=me)
            check(status == 204, f"revoke: {status}")
            with Refused(openai.AuthenticationError, 401, "a revoked token"):
                client.models.list()
            print("the token is listed without its secret, is in no log, and opens nothing once it is revoked")
        finally:
            server.stop()
        server = Server(arguments.program, data, environment | {"GEPETO_RATE_PER_MINUTE": "1", "GEPETO_RATE_BURST": "1"}, log)
        try:
            status, made, _ = call(server.url + "/api/tokens", {"name": "check", "course": COURSE}, headers=me)
            client = openai.OpenAI(api_key=made["token"], base_url=server.url + "/api/v1", max_retries=0)
            client.chat.completions.create(model=COURSE, messages=[{"role": "user", "content": QUESTION}])
            with Refused(openai.RateLimitError, 429, "the second question at once") as refused:
                client.chat.completions.create(model=COURSE, messages=[{"role": "user", "content": QUESTION}])
            check(int(refused.error.response.headers["retry-after"]) > 0, "no Retry-After")
            say(f"! {refused.error}")
            print("the rate limit, with Retry-After")
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
