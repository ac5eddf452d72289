"""LTI 1.3 launches of the real program by a platform made of independent libraries (lti_platform.py: `joserfc`, `pylti1p3`).

    python Tests/EndToEnd/lti_check.py PATH-TO-gepeto

Registers a platform on the command line, starts the program and plays platform and browser: good launches (staff who
connect a course, students, a deep link and what it opens, a browser without cookies), then launches that are forged,
replayed, expired or meant for others, each of which must be refused with its status, a page to read and no token. A second
tool, pylti1p3's, takes the platform's launches and refuses the forged ones. Prints one line a step.
"""

import argparse
import base64
import hashlib
import hmac
import html
import http.client
import json
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.parse

from joserfc import jwk, jwt

from harness import COURSE, ROOT, Server, check, clean_environment, end_with, ingest_corpus
from lti_platform import COURSE_ROLE, ISSUER, LINKS, LTI, PUBLIC, Platform, Witness, new_key

SECRET = "a-secret-of-at-least-thirty-two-bytes"
SHARED = jwk.OctKey.import_key(SECRET)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """Keeps cookies, sends forms, follows nothing by itself."""

    def __init__(self, server):
        self.port = int(server.url.rsplit(":", 1)[1])
        self.cookies = {}

    def send(self, method, path, form=None, headers=None):
        """Status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Host": "tutor.example"} | (headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = form if isinstance(form, bytes) else urllib.parse.urlencode(form).encode()
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            pair, *attributes = [part.strip() for part in line.split(";")]
            for wanted in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
                check(wanted in attributes, f"a cookie without {wanted}: {line}")
            name, value = pair.split("=", 1)
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer.status, answer.headers, text


def login(browser, platform, method="GET", headers=None, **changes):
    """Clicks in the platform; what the platform's authorization endpoint is asked."""
    fields = {"iss": ISSUER, "login_hint": "u-1", "target_link_uri": PUBLIC + "/api/lti/launch",
              "lti_message_hint": "m/1 é", "client_id": platform.client, "lti_deployment_id": platform.deployment}
    fields |= changes
    fields = {name: value for name, value in fields.items() if value is not None}
    if method == "GET":
        answer = browser.send("GET", "/api/lti/login?" + urllib.parse.urlencode(fields))
    else:
        answer = browser.send("POST", "/api/lti/login", fields, {"Origin": ISSUER})
    status, answered, text = answer
    if status != 302:
        return status, text, None
    address = urllib.parse.urlsplit(answered["Location"])
    check(f"{address.scheme}://{address.netloc}{address.path}" == ISSUER + "/auth", f"sent to {answered['Location']}")
    asked = dict(urllib.parse.parse_qsl(address.query, strict_parsing=True))
    check(asked["redirect_uri"] == PUBLIC + "/api/lti/launch" and asked["client_id"] == platform.client
          and asked["response_type"] == "id_token" and asked["response_mode"] == "form_post"
          and asked["prompt"] == "none" and asked["scope"] == "openid" and asked["login_hint"] == fields["login_hint"],
          f"asked {asked}")
    return status, text, asked


def launch(browser, token, state, **more):
    return browser.send("POST", "/api/lti/launch", {"id_token": token, "state": state} | more, {"Origin": ISSUER})


def whole_launch(server, platform, make=None, browser=None, method="GET", **changes):
    browser = browser or Browser(server)
    status, text, asked = login(browser, platform, method)
    check(status == 302, f"login: {status} {text}")
    claims = (make or platform.claims)(changes.pop("nonce", asked["nonce"]), **changes)
    return browser, launch(browser, platform.sign(claims), asked["state"])


def launched(answer, what):
    """What the page was given by a launch."""
    status, headers, text = answer
    check(status == 200, f"{what}: {status} {text}")
    found = re.search(r'<script type="application/json" id="gepeto-launch">(.*?)</script>', text, re.S)
    check(found, f"{what}: no launch in the page: {text[:400]}")
    policy = headers["Content-Security-Policy"]
    check(f"frame-ancestors {ISSUER}" in policy and "*" not in policy, f"{what}: {policy}")
    check(headers["Cache-Control"] == "no-store" and "Location" not in headers, f"{what}: {headers}")
    return json.loads(found.group(1))


def form_of(text, action):
    """The hidden fields of the form that goes to `action`, and its choices."""
    found = re.search(rf'<form[^>]*action="{re.escape(html.escape(action))}".*?</form>', text, re.S)
    check(found, f"no form to {action}: {text[:800]}")
    fields = {name: html.unescape(value) for name, value in
              re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found.group(0))}
    return fields, {html.unescape(v): html.unescape(t) for v, t in
                    re.findall(r'<option value="([^"]*)">(.*?)</option>', found.group(0))}


def api(browser, token, path, method="GET"):
    plain = Browser.__new__(Browser)
    plain.port, plain.cookies = browser.port, {}
    status, _, text = plain.send(method, path, headers={"Authorization": f"Bearer {token}"})
    return status, text


def refused(answer, status, label, what):
    code, headers, text = answer
    check(code == status, f"{what}: {code}, not {status}: {text[:600]}")
    check(headers["Content-Type"].startswith("text/html") and "<h1>" in text and 'role="alert"' in text,
          f"{what}: no page to read: {text[:300]}")
    check(f"lti_{label} " in text, f"{what}: not for that reason: {text}")
    check("gepeto-launch" not in text and "accessToken" not in text, f"{what}: a token was handed out")


def second_tool(platform):
    """What the platform sends are launches to another implementation of a tool too."""
    witness = Witness(platform)
    for role in ("Learner", "Instructor"):
        check(witness.takes(platform.claims, role=role) == "link", f"the second tool refuses a {role}'s launch")
    check(witness.takes(platform.wish, role="Instructor") == "wish", "the second tool refuses a wish for links")
    check(witness.takes(platform.claims, **{LTI + "version": "1.1"}) is None, "the second tool takes anything")
    print("the platform's launches are well-formed to pylti1p3 as well")


def good_launches(server, platform):
    """Staff connect a course, students enter it; returns the staff's browser page for later."""
    _, early = whole_launch(server, platform)
    refused(early, 404, "unconnected", "a student before the staff")

    browser, answer = whole_launch(server, platform, role="Instructor", user="t-1", method="POST")
    status, headers, text = answer
    check(status == 200 and "&lt;b&gt;" in text and "<b>" not in text, f"the course's choice: {status} {text}")
    fields, _ = form_of(text, "/api/lti/course")
    foreign = browser.send("POST", "/api/lti/course", fields | {"title": "x"}, {"Origin": "https://evil.example"})
    check(foreign[0] == 403, f"another site's page chose a course: {foreign[0]}")
    staff = launched(browser.send("POST", "/api/lti/course", fields | {"course": "", "title": "Introdução à Programação"},
                                  {"Origin": PUBLIC}), "staff")
    check(staff["course"] == "introducao-a-programacao" and staff["user"]["id"].startswith("lti:"), f"staff: {staff}")
    course = f"/api/courses/{staff['course']}"
    seen = {path: api(browser, staff["accessToken"], path)[0]
            for path in (course, course + "/documents", f"/api/courses/{COURSE}", "/api/lti/registrations")}
    check(list(seen.values()) == [200, 200, 404, 403], f"what staff may see: {seen}")

    _, answer = whole_launch(server, platform, role="Instructor", user="t-2")
    check(launched(answer, "another teacher")["course"] == staff["course"], "the course is settled")
    browser, answer = whole_launch(server, platform)
    student = launched(answer, "student")
    check(student["user"]["name"] == "Pessoa u-1" and "document" not in student, f"student: {student}")
    check(not browser.cookies, f"cookies are left: {browser.cookies}")
    seen = {path: api(browser, student["accessToken"], path)[0]
            for path in (course, course + "/search?q=a", course + "/documents", f"/api/courses/{COURSE}")}
    check(list(seen.values()) == [200, 200, 403, 404], f"what students may see: {seen}")
    claims = jwt.decode(student["accessToken"], SHARED, ["HS256"]).claims
    check(claims["aud"] == "gepeto" and claims["only_courses"] == [staff["course"]]
          and claims["exp"] - claims["iat"] == student["expiresIn"], f"{claims}")

    # The teacher who becomes a student at the platform is one here as well.
    _, answer = whole_launch(server, platform, role="Learner", user="t-2")
    token = launched(answer, "a teacher no more")["accessToken"]
    check(api(browser, token, course + "/documents")[0] == 403, "who is staff no more still may see the documents")
    for roles in ([COURSE_ROLE + "Mentor"], []):
        refused(whole_launch(server, platform, **{LTI + "roles": roles})[1], 403, "role", f"roles {roles}")


def deep_links(server, platform):
    """A link to a document, from the wish to the launch that opens it."""
    browser, answer = whole_launch(server, platform, platform.wish, role="Instructor", user="t-1", context="ctx-2")
    fields, choices = form_of(answer[2], "/api/lti/course")
    check(COURSE in choices, f"courses that the administrator has opened: {choices}")
    foreign = browser.send("POST", "/api/lti/course", fields | {"course": "introducao-a-programacao-2"}, {"Origin": PUBLIC})
    refused(foreign, 400, "course", "a course that is not offered")
    status, _, text = browser.send("POST", "/api/lti/course", fields | {"course": COURSE}, {"Origin": PUBLIC})
    check(status == 200, f"items: {status} {text}")
    fields, choices = form_of(text, "/api/lti/link")
    document, title = next((value, title) for value, title in choices.items() if value)
    refused(browser.send("POST", "/api/lti/link", fields | {"document": "0" * 32}, {"Origin": PUBLIC}), 400, "items",
            "a document that is not there")
    status, headers, text = browser.send("POST", "/api/lti/link", fields | {"document": document}, {"Origin": PUBLIC})
    check(status == 200, f"the answer: {status} {text}")
    answer, _ = form_of(text, ISSUER + "/return?x=1&y=2")
    keys = jwk.KeySet.import_key_set(json.loads(Browser(server).send("GET", "/api/lti/jwks")[2]))
    said = jwt.decode(answer["JWT"], keys, ["RS256"])
    check(said.header["kid"] in [key.kid for key in keys.keys], f"signed with a key that is not published: {said.header}")
    said = said.claims
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": platform.client}, aud={"essential": True, "value": ISSUER}, exp={"essential": True},
        iat={"essential": True}, nonce={"essential": True}).validate(said)
    item, = said[LINKS + "content_items"]
    check(said[LTI + "message_type"] == "LtiDeepLinkingResponse" and said[LTI + "deployment_id"] == platform.deployment
          and said[LTI + "version"] == "1.3.0" and said[LINKS + "data"] == "d\"<&", f"deep link: {said}")
    check(item["type"] == "ltiResourceLink" and item["title"] == title and item["url"].startswith(PUBLIC), f"{item}")
    _, answer = whole_launch(server, platform, context="ctx-2", **{LTI + "custom": item["custom"]})
    page = launched(answer, "the link")
    check(page["course"] == COURSE and page["document"] == document, f"the link opens {page}")
    refused(whole_launch(server, platform, platform.wish)[1], 403, "not_staff", "a student's wish for links")
    wish = lambda nonce, **more: platform.wish(nonce, **more) | {
        LINKS + "deep_linking_settings": {"deep_link_return_url": ISSUER + "/r", "accept_types": ["file"]}}
    refused(whole_launch(server, platform, wish, role="Instructor")[1], 400, "items", "a place for files only")


def without_cookies(server, platform):
    """A browser that blocks cookies: the platform keeps what it must know again."""
    browser = Browser(server)
    status, text, _ = login(browser, platform, lti_storage_target="post_message_forwarding")
    check(status == 200, f"login with storage: {status}")
    order = json.loads(re.search(r'id="data">(.*?)</script>', text, re.S).group(1))
    check(order["storage"]["origin"] == ISSUER and order["storage"]["frame"] == "post_message_forwarding", f"{order}")
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(order["next"]).query))
    check(order["value"] not in order["next"], "the binding stands in an address")
    browser.cookies.clear()
    token = platform.sign(platform.claims(asked["nonce"]))
    status, headers, text = launch(browser, token, asked["state"])
    check(status == 200 and "gepeto-launch" not in text and "lti.get_data" in text, f"asks the storage: {status}")
    check(order["value"] not in text, "the page holds what only the storage may know")
    refused(launch(browser, token, asked["state"], binding="0" * 32), 403, "storage", "another's binding")
    launched(launch(browser, token, asked["state"], binding=order["value"]), "with the platform's storage")
    refused(launch(browser, token, asked["state"], binding=order["value"]), 401, "nonce", "the same again")


def bad_launches(server, platform, other):
    """Every launch that must not be; returns how many."""
    now = int(time.time())
    stranger = new_key()
    pem = platform.key.as_pem(private=False)

    def by_hand(header, claims, secret=None):
        text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
        return text + "." + (b64(hmac.new(secret, text.encode(), hashlib.sha256).digest()) if secret else "")

    count = 0
    changed = [
        ("expired", 401, "expired", {"exp": now - 120}), ("from the future", 401, "expired", {"iat": now + 600}),
        ("old", 401, "expired", {"iat": now - 3600}), ("for another client", 401, "audience", {"aud": "client-9"}),
        ("for two clients", 401, "audience", {"aud": [platform.client, "client-9"]}),
        ("of another issuer", 401, "issuer", {"iss": "https://evil.example"}),
        ("with another nonce", 401, "nonce", {"nonce": "0" * 32}), ("without a nonce", 401, "nonce", {"nonce": None}),
        ("of a deployment nobody knows", 403, "deployment", {LTI + "deployment_id": "7"}),
        ("of the other deployment", 403, "deployment", {LTI + "deployment_id": "2"}),
        ("of LTI 1.1", 400, "version", {LTI + "version": "1.1"}),
        ("for something else", 400, "message", {LTI + "message_type": "LtiSubmissionReviewRequest"}),
        ("anonymous", 400, "anonymous", {"sub": None}), ("outside of a course", 400, "context", {LTI + "context": None}),
        ("for another server", 400, "target", {LTI + "target_link_uri": "https://evil.example/"}),
    ]
    for what, status, label, changes in changed:
        refused(whole_launch(server, platform, **changes)[1], status, label, what)
        count += 1
    signed = [
        ("without a signature", lambda c: by_hand({"alg": "none", "kid": platform.kid}, c)),
        ("HS256 by the public key", lambda c: by_hand({"alg": "HS256", "kid": platform.kid}, c, pem)),
        ("by a stranger's key", lambda c: platform.sign(c, stranger)),
        ("by a key nobody knows", lambda c: platform.sign(c, kid="stranger")),
        ("by the other client's key", lambda c: other.sign(c)),
        ("without a key's name", platform.sign_without_name),
        ("with other claims than were signed", lambda c: ".".join(
            [(good := platform.sign(c).split("."))[0], b64(json.dumps(c | {"sub": "u-9"}).encode()), good[2]])),
    ]
    for what, sign in signed:
        browser = Browser(server)
        _, _, asked = login(browser, platform)
        refused(launch(browser, sign(platform.claims(asked["nonce"])), asked["state"]), 401, "signature", what)
        check(Witness(platform).takes(platform.claims, sign) is None, f"{what}: the second tool takes it")
        count += 1

    browser = Browser(server)
    _, _, asked = login(browser, platform)
    good = platform.sign(platform.claims(asked["nonce"]))
    body, seal = asked["state"].split(".")
    opened = json.loads(base64.urlsafe_b64decode(body + "=="))
    opened["content"]["deploymentID"] = "2"
    for what, state in [("a changed state", b64(json.dumps(opened).encode()) + "." + seal), ("a torn state", asked["state"][:-1]),
                        ("no state of ours", "x"), ("another seal", body + "." + seal[::-1])]:
        refused(launch(browser, good, state), 400, "state", what)
        count += 1
    thief = Browser(server)
    refused(launch(thief, good, asked["state"]), 403, "browser", "in another browser")
    thief.cookies = {name: "0" * 32 for name in browser.cookies}
    refused(launch(thief, good, asked["state"]), 403, "browser", "with another's cookie")
    jar = dict(browser.cookies)
    launched(launch(browser, good, asked["state"]), "the real one, after all that")
    browser.cookies = jar
    refused(launch(browser, good, asked["state"]), 401, "nonce", "the same launch again")
    again = platform.sign(platform.claims(asked["nonce"], user="u-2"))
    refused(launch(browser, again, asked["state"]), 401, "nonce", "another token with a nonce that was used")
    count += 4

    # A launch of one client, brought to the login of another.
    browser = Browser(server)
    _, _, asked = login(browser, other)
    refused(launch(browser, platform.sign(platform.claims(asked["nonce"])), asked["state"]), 403, "deployment",
            "another client's launch")
    refused(launch(browser, platform.sign(platform.claims(asked["nonce"], **{LTI + "deployment_id": "2"})), asked["state"]),
            401, "signature", "another client's key")
    for what, form, status, label in [("no token", {"state": asked["state"]}, 400, "malformed"),
                                      ("the platform's no", {"error": "login_required", "state": asked["state"]}, 400, "platform"),
                                      ("twice the state", b"id_token=a&state=b&state=c", 400, "malformed"),
                                      ("no form", b"%zz=1", 400, "malformed")]:
        refused(browser.send("POST", "/api/lti/launch", form, {"Origin": ISSUER}), status, label, what)
        count += 1
    for what, changes, status, label in [
            ("an unknown issuer", {"iss": "https://evil.example"}, 403, "registration"),
            ("an unknown client", {"client_id": "client-9"}, 403, "registration"),
            ("an unknown deployment", {"lti_deployment_id": "7"}, 403, "deployment"),
            ("no client where there are several", {"client_id": None}, 400, "malformed"),
            ("another server's address", {"target_link_uri": "https://evil.example/x"}, 400, "target"),
            ("no hint", {"login_hint": None}, 400, "malformed")]:
        code, text, _ = login(Browser(server), platform, **changes)
        refused((code, {"Content-Type": "text/html"}, text), status, label, what)
        count += 1
    return count + 2


def administration(server, program, data, environment, hidden):
    """The key set of a private address is not read; registrations over the API; a new key of our own."""
    refused(whole_launch(server, hidden)[1], 502, "keys", "a key set at a private address")
    known = {"iss": "https://id.example", "aud": "gepeto", "exp": int(time.time()) + 600}
    admin = jwt.encode({"alg": "HS256"}, known | {"sub": "root", "role": "admin"}, SHARED)
    student = jwt.encode({"alg": "HS256"}, known | {"sub": "ana"}, SHARED)
    browser = Browser(server)
    check(api(browser, student, "/api/lti/registrations")[0] == 403, "a student lists registrations")
    status, text = api(browser, admin, "/api/lti/registrations")
    found = {each["clientId"]: each for each in json.loads(text)["registrations"]}
    check(status == 200 and len(found) == 3 and "keys" not in text.replace("keysUrl", ""), f"registrations: {text}")
    body = json.dumps({"issuer": "https://x.example", "clientId": "c", "deploymentId": "d", "keysUrl": "https://x.example/k",
                       "authorizationUrl": "https://x.example/a"}).encode()
    json_headers = {"Authorization": f"Bearer {admin}", "Content-Type": "application/json"}
    statuses = [browser.send("POST", "/api/lti/registrations", body, json_headers)[0] for _ in range(2)]
    check(statuses == [201, 409], f"adding twice: {statuses}")
    bad = browser.send("POST", "/api/lti/registrations", body.replace(b"https://x.example/k", b"http://x.example/k"), json_headers)
    check(bad[0] == 400 and "/keysUrl" in bad[2], f"keys over plain http: {bad}")
    check(api(browser, admin, f"/api/lti/registrations/{found['client-3']['id']}", "DELETE")[0] == 204, "delete")
    check(login(Browser(server), hidden)[0] == 403, "a removed platform may still log in")

    def lti(*words):
        return subprocess.run([program, "lti", *words, "--data", data], env=environment, capture_output=True, text=True)

    listed = json.loads(lti("list", "--json").stdout)["registrations"]
    added = next(each["id"] for each in listed if each["issuer"] == "https://x.example")
    check(len(listed) == 3 and "https://x.example/k" in lti("show", added).stdout, f"list and show: {listed}")
    codes = [lti("remove", added).returncode, lti("remove", added).returncode, lti("show", added).returncode,
             lti("add", "--client-id", "c").returncode, lti("list", "--issuer", "x").returncode]
    check(codes == [0, 1, 1, 2, 2], f"exit codes of remove, remove again, show what is gone, and misuse: {codes}")

    before = json.loads(browser.send("GET", "/api/lti/jwks")[2])["keys"]
    done = lti("rotate")
    after = json.loads(browser.send("GET", "/api/lti/jwks")[2])["keys"]
    check(done.returncode == 0 and len(before) == 1 and len(after) == 2 and before[0] in after, f"rotation: {done.stderr}")
    check(all(set(key) == {"kty", "use", "alg", "kid", "n", "e"} for key in after), "a key set with more than public halves")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    program = str(pathlib.Path(parser.parse_args().program).resolve())
    settings = {"GEPETO_AUTH": "jwt", "GEPETO_JWT_SECRET": SECRET, "GEPETO_JWT_ISSUER": "https://id.example",
                "GEPETO_JWT_AUDIENCE": "gepeto", "GEPETO_PUBLIC_URL": PUBLIC, "GEPETO_LOG_LEVEL": "info"}
    environment = clean_environment(**settings)
    platform, other, hidden = Platform(), Platform("client-2", "2"), Platform("client-3", "3")
    second_tool(platform)
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder, "data"))
        ingest_corpus(program, data, clean_environment())
        for each in (platform, other, hidden):
            keys = pathlib.Path(folder, each.client)
            keys.write_text(json.dumps(each.key_set()))
            where = ["--keys", str(keys)] if each is not hidden else ["--keys-url", "https://127.0.0.1:9/certs"]
            done = subprocess.run(
                [program, "lti", "add", "--issuer", ISSUER, "--auth-url", ISSUER + "/auth", "--client-id", each.client,
                 "--deployment", each.deployment, "--courses", COURSE, "--data", data, *where],
                env=environment, capture_output=True, text=True, cwd=ROOT)
            check(done.returncode == 0 and PUBLIC + "/api/lti/login" in done.stdout, f"lti add: {done.stdout}{done.stderr}")
        server = Server(program, data, environment, pathlib.Path(folder, "log"))
        try:
            good_launches(server, platform)
            print("staff connect a course, teachers and students enter it with their roles, and see that course only")
            deep_links(server, platform)
            print("a deep link: chosen, signed with a published key, and the launch that it opens")
            without_cookies(server, platform)
            print("a browser without cookies: bound by the platform's storage")
            print(f"{bad_launches(server, platform, other)} forged, replayed, expired and foreign launches: each refused "
                  "with its status, a page and no token")
            administration(server, program, data, environment, hidden)
            print("registrations by command line and API, a private key set refused, a new key of our own")
            log = server.log()
            for secret in ("Pessoa", "id_token", "eyJ", "BEGIN"):
                check(secret not in log, f"'{secret}' stands in the log")
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
