"""Both journeys against the program itself, with accounts: a student's day, and what staff do.

    python Tests/Browser/journeys_check.py PATH-TO-gepeto [--pictures FOLDER]
"""

import argparse
import pathlib
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "EndToEnd"))
from harness import COURSE, ROOT, Failed, Server, check, clean_environment, end_with, ingest_corpus  # noqa: E402

PASSWORD = "correct horse battery"
PDF_QUESTION = "Qual é a complexidade do quicksort no pior caso?"


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
    done = subprocess.run(
        [program, "users", "add", *arguments, "--data", data], cwd=ROOT, env=environment, input=PASSWORD + "\n",
        capture_output=True, text=True,
    )
    check(done.returncode == 0, f"users add {arguments}: {done.stdout}{done.stderr}")


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
        add_user(options.program, data, environment, "ana", "--name", "Ana Lima", "--course", COURSE)
        add_user(options.program, data, environment, "rui", "--name", "Rui Prado", "--standing", "staff")
        server = Server(options.program, data, environment, pathlib.Path(folder, "log"), port)
        try:
            common = ["--password", PASSWORD, *pictures]
            travel("student", server.url, "--user", "ana", "--pdf-question", PDF_QUESTION, *common)
            travel("staff", server.url, "--user", "rui", "--file", str(ROOT / "corpus/04-complexity.pdf"), *common)
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
