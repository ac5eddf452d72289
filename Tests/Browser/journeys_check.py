"""Both journeys against the program itself, with accounts: a student's day, and what staff do.

    python Tests/Browser/journeys_check.py PATH-TO-gepeto [--pictures FOLDER]
"""

import argparse
import json
import pathlib
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "EndToEnd"))
from harness import COURSE, ROOT, Failed, Server, call, check, clean_environment, end_with, ingest_corpus  # noqa: E402

OWN = "a sentence of the administrator"
PDF_QUESTION = "Qual é o pior caso do quicksort e quando ele acontece?"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accounts_environment(port):
    return clean_environment(
        GEPETO_AUTH="jwt",
        GEPETO_JWT_SECRET="a secret of this check, longer than thirty-two bytes",
        GEPETO_JWT_ISSUER="gepeto",
        GEPETO_JWT_AUDIENCE="gepeto",
        GEPETO_PUBLIC_URL=f"http://127.0.0.1:{port}",
        GEPETO_PORT=str(port),
        GEPETO_LOG_LEVEL="warning",
    )


def add_user(program, data, environment, *arguments):
    """Returns the password that the account is given."""
    done = subprocess.run(
        [program, "users", "add", *arguments, "--json", "--data", data], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    check(done.returncode == 0, f"users add {arguments}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)["accounts"][0]["temporaryPassword"]


def enrol(url, password, user, name, course):
    """The administrator makes somebody a student of the course; returns the password that they are given."""

    def send(path, body, token=None, method=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        status, answer, _ = call(url + path, body, method, headers)
        check(status in (200, 204), f"{path}: {status} {answer}")
        return answer

    first = send("/api/auth/login", {"user": "root", "password": password})
    send("/api/auth/password", {"current": password, "new": OWN}, first["accessToken"])
    token = send("/api/auth/refresh", {"refreshToken": first["refreshToken"]})["accessToken"]
    members = {"members": [{"user": user, "name": name, "role": "student"}]}
    return send(f"/api/courses/{course}/members", members, token, "PUT")["accounts"][0]["temporaryPassword"]


def travel(journey, *arguments):
    done = subprocess.run([sys.executable, str(HERE / f"{journey}_journey.py"), *arguments])
    if done.returncode:
        raise Failed(f"the {journey}'s journey ends early")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--pictures")
    options = parser.parse_args()
    pictures = ["--pictures", options.pictures] if options.pictures else []
    with tempfile.TemporaryDirectory() as folder:
        data, port = str(pathlib.Path(folder, "data")), free_port()
        environment = accounts_environment(port)
        ingest_corpus(options.program, data, environment)
        root = add_user(options.program, data, environment, "root", "--standing", "admin")
        rui = add_user(options.program, data, environment, "rui", "--name", "Rui Prado", "--standing", "staff")
        server = Server(options.program, data, environment, pathlib.Path(folder, "log"), port)
        try:
            ana = enrol(server.url, root, "ana", "Ana Lima", COURSE)
            travel("student", server.url, "--user", "ana", "--password", ana, "--pdf-question", PDF_QUESTION, *pictures)
            document = str(ROOT / "corpus/04-complexity.pdf")
            travel("staff", server.url, "--user", "rui", "--password", rui, "--file", document, *pictures)
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
