"""People: accounts, courses, tokens, export and erasure, with PyJWT as the issuer and the reader of tokens.

    python Tests/EndToEnd/auth_check.py PATH-TO-gepeto

Starts the real program with accounts of its own, makes people and courses with the command line beside it, and walks what a
class does in its first week. Tokens that PyJWT signs must be good here, those signed here good for PyJWT, and each forgery
PyJWT can make must be refused. Prints one line a step.
"""

import argparse
import json
import pathlib
import sqlite3
import subprocess
import tempfile
import time

import jwt

from harness import COURSE, ROOT, Server, call, check, clean_environment, end_with, ingest_corpus

SECRET, OLD = "s" * 20 + "ecret-of-this-check", "o" * 20 + "ld-secret-of-this-check"
ISSUER, AUDIENCE = "https://id.example", "gepeto"
PASSWORD = "uma senha bem comprida"


def settings(**more):
    return clean_environment(
        GEPETO_AUTH="jwt", GEPETO_JWT_SECRET=SECRET, GEPETO_JWT_OLD_SECRETS=OLD, GEPETO_JWT_ISSUER=ISSUER,
        GEPETO_JWT_AUDIENCE=AUDIENCE, GEPETO_LLM="extractive", GEPETO_TRUSTED_PROXIES="127.0.0.1", **more)


class House:
    def __init__(self, program, folder):
        self.program, self.data, self.environment = program, f"{folder}/data", settings()
        ingest_corpus(program, self.data, self.environment)
        self.server = Server(program, self.data, self.environment, f"{folder}/log")

    def run(self, *words):
        done = subprocess.run([self.program, *words, "--data", self.data, "--json"], cwd=ROOT, env=self.environment,
                              capture_output=True, text=True)
        check(done.returncode == 0, f"{words}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def call(self, path, body=None, token=None, method=None, **headers):
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return call(self.server.url + path, body, method, headers)

    def login(self, user, password, expected=200):
        status, answer, _ = self.call("/api/auth/login", {"user": user, "password": password})
        check(status == expected, f"login of {user}: {status} {answer}")
        return answer

    def first_sign_in(self, user, temporary):
        """Changes the password for once, as the page makes everybody do."""
        first = self.login(user, temporary)
        check(first["mustChangePassword"], f"{first}")
        status, answer, _ = self.call(f"/api/courses/{COURSE}", token=first["accessToken"])
        check(status == 403, f"a password for once opened a course: {status} {answer}")
        status, answer, _ = self.call(
            "/api/auth/password", {"current": temporary, "new": PASSWORD}, first["accessToken"])
        check(status == 204, f"{status} {answer}")
        status, answer, _ = self.call("/api/auth/refresh", {"refreshToken": first["refreshToken"]})
        check(status == 200 and not answer["mustChangePassword"], f"{status} {answer}")
        return answer


def claims(**more):
    now = int(time.time())
    return {"sub": "guest", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 60,
            "courses": {COURSE: "student"}} | more


def tokens(house, issued):
    """PyJWT against ours, both ways."""
    read = jwt.decode(issued, SECRET, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER,
                      options={"require": ["exp", "iat", "sub", "jti"]})
    check(read["sub"] == "rui" and read["exp"] - read["iat"] == 900, f"{read}")
    check(jwt.get_unverified_header(issued)["alg"] == "HS256", "alg")
    good = [
        jwt.encode(claims(), SECRET, "HS256"), jwt.encode(claims(), OLD, "HS256"),
        jwt.encode(claims(aud=["other", AUDIENCE]), SECRET, "HS256", headers={"kid": "of-the-issuer"}),
        jwt.encode(claims(exp=int(time.time()) - 20), SECRET, "HS256"),
    ]
    for token in good:
        status, answer, _ = house.call(f"/api/courses/{COURSE}", token=token)
        check(status == 200, f"a good token: {status} {answer}")
    head, body, signature = issued.split(".")
    forged = [
        jwt.encode(claims(), "x" * 40, "HS256"), jwt.encode(claims(), SECRET, "HS512"),
        jwt.encode(claims(), None, "none"), jwt.encode(claims(exp=int(time.time()) - 60), SECRET, "HS256"),
        jwt.encode(claims(nbf=int(time.time()) + 60), SECRET, "HS256"),
        jwt.encode(claims(iss="https://evil.example"), SECRET, "HS256"),
        jwt.encode(claims(aud="other"), SECRET, "HS256"), jwt.encode(claims(courses="all"), SECRET, "HS256"),
        f"{head}.{jwt.encode(claims(sub='root', role='admin'), 'x' * 40, 'HS256').split('.')[1]}.{signature}",
        issued[:-2], issued + "A",
    ]
    for token in forged:
        status, answer, _ = house.call(f"/api/courses/{COURSE}", token=token)
        check(status == 401, f"a forged token: {status} {answer} {token}")
    print(f"tokens: ours read by PyJWT, {len(good)} of PyJWT taken, {len(forged)} forgeries refused")


def classroom(house, staff):
    """Enrolment by table and by invitation."""
    base = f"/api/courses/{COURSE}"
    table = "user,name,role\r\n" + "".join(f"aluno{n:03},\"Silva, {n}\",student\r\n" for n in range(200))
    begin = time.monotonic()
    status, answer, _ = house.call(
        f"{base}/members", table.encode(), staff, "PUT", **{"Content-Type": "text/csv"})
    check(status == 200 and answer["added"] == 200 and len(answer["accounts"]) == 200, f"{status} {answer}")
    took = time.monotonic() - begin
    students = {each["user"]: each["temporaryPassword"] for each in answer["accounts"]}
    status, made, _ = house.call(f"{base}/invitations", {"role": "student", "uses": 1}, staff)
    check(status == 201, f"{status} {made}")
    join = {"user": "nova", "password": PASSWORD}
    status, joined, _ = house.call(f"/api/invitations/{made['code']}", join)
    check(status == 200, f"{status} {joined}")
    status, answer, _ = house.call(f"/api/invitations/{made['code']}", join | {"user": "outra"})
    check(status == 404, f"a spent invitation: {status} {answer}")
    print(f"members: 200 with accounts in {took:.1f} s, one by invitation")
    return students


def guessing(house):
    """What a guesser meets: one answer, then a wall for that account and address; others are let in."""
    answers = set()
    for user in ("rui", "nobody"):
        for _ in range(10):
            status, answer, _ = house.call(
                "/api/auth/login", {"user": user, "password": "x"}, **{"X-Forwarded-For": "203.0.113.9"})
            check(status == 401, f"{status} {answer}")
            answers.add(answer["detail"])
        status, answer, headers = house.call(
            "/api/auth/login", {"user": user, "password": "x"}, **{"X-Forwarded-For": "203.0.113.9"})
        check(status == 429 and int(headers["Retry-After"]) > 0, f"{status} {answer}")
    check(len(answers) == 1, f"{answers}")
    times = []
    for user in ("nova", "ghost"):
        begin = time.monotonic()
        house.login(user, "wrong password", 401)
        times.append(time.monotonic() - begin)
    print(f"guessing: one sentence for all, 429 after ten tries; {times[0]:.2f} s for an account, {times[1]:.2f} s for none")


def farewell(house, student):
    """Export, then erasure: nothing of it is left in any file of the data folder."""
    secret = "O que é recursão, perguntou uma pessoa muito particular?"
    token = student["accessToken"]
    status, asked, _ = house.call("/api/chat", {"message": secret, "course": COURSE}, token)
    check(status == 202, f"{status} {asked}")
    for _ in range(600):
        status, job, _ = house.call(f"/api/jobs/{asked['jobId']}", token=token)
        if job["status"] in ("completed", "failed", "cancelled"):
            break
        time.sleep(0.05)
    status, export, _ = house.call("/api/account/export", token=token)
    texts = [message["content"] for each in export["conversations"] for message in each["messages"]]
    check(status == 200 and secret in texts and export["memberships"] == {COURSE: "student"}, f"{status} {export}")
    status, answer, _ = house.call("/api/account", {"password": PASSWORD}, token, "DELETE")
    check(status == 204, f"{status} {answer}")
    status, answer, _ = house.call("/api/auth/me", token=token)
    check(status == 401, f"the token of an erased account: {status}")
    house.server.stop()
    name = student["user"]["id"]
    for file in pathlib.Path(house.data).glob("*.sqlite*"):
        content = file.read_bytes()
        check(secret.encode() not in content and name.encode() not in content, f"{file} still holds what was erased")
    with sqlite3.connect(f"{house.data}/directory.sqlite") as directory:
        check(directory.execute("PRAGMA integrity_check").fetchone() == ("ok",), "directory.sqlite is damaged")
    print("export holds the question; after erasure no file of the data folder does, nor the name")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    program = str(pathlib.Path(arguments.parse_args().program).resolve())
    with tempfile.TemporaryDirectory() as folder:
        house = House(program, folder)
        try:
            opened = house.run("users", "add", "rui", "--standing", "staff")["accounts"][0]
            house.run("courses", "add", COURSE, "--staff", "rui")
            staff = house.first_sign_in("rui", opened["temporaryPassword"])
            print("the command line made an account and its course beside the server; the password for once was changed")
            tokens(house, staff["accessToken"])
            students = classroom(house, staff["accessToken"])
            guessing(house)
            student = house.first_sign_in("aluno007", students["aluno007"])
            status, answer, _ = house.call(f"/api/courses/{COURSE}/documents", token=student["accessToken"])
            check(status == 403, f"a student among the documents: {status} {answer}")
            farewell(house, student)
        finally:
            house.server.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
