"""The OpenAPI document, held against the running server: schemathesis asks what the document allows and what it does not.

    python Tests/EndToEnd/openapi_check.py PATH-TO-gepeto [--seconds N] [--seed N]

No server error, no status and no media type that is not in the document, every answer true to its schema; the document is
valid OpenAPI 3.1, its examples are true to their schemas, and docs/api.md is what it says. Bounded in time.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
from openapi_spec_validator import OpenAPIV31SpecValidator

from harness import COURSE, ROOT, Server, call, check, clean_environment, end_with, ingest_corpus

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# A WebSocket is spoken to by socket_check.py and Autobahn.
ELSEWHERE = "^/api/ws$"
# They take away what the others are asked about: asked last.
LAST = ("deleteCourse", "deleteAccount")
# TRACE is left out: 501 is the right answer to a method that a server does not have at all (RFC 9110, section 15.6.2), but a
# "server error" to the check.
SETTINGS = '[phases.coverage]\nunexpected-methods = ["get", "put", "post", "delete", "options", "patch"]\n'


def examples_are_true(document):
    """Every example against its schema; returns how many there are."""
    count = 0

    def look(node):
        nonlocal count
        if isinstance(node, dict):
            if "schema" in node and "example" in node:
                jsonschema.validate(node["example"], node["schema"] | {"components": document["components"]})
                count += 1
            for value in node.values():
                look(value)
        elif isinstance(node, list):
            for value in node:
                look(value)

    look(document["paths"])
    return count


def fuzz(url, seconds, seed, folder, which):
    """One bounded run over operations; returns its closing lines."""
    pathlib.Path(folder, "schemathesis.toml").write_text(SETTINGS)
    command = [str(pathlib.Path(sys.executable).with_name("schemathesis")), "run", url + "/api/openapi.json",
               "--checks", CHECKS, *which, "--max-time", str(seconds), "--seed", str(seed),
               "--phases", "examples,coverage,fuzzing", "--request-timeout", "40", "--generation-database", "none",
               "--continue-on-failure", "--no-shrink", "--max-failures", "40", "--warnings", "off"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds * 3 + 240)
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    found = text.split("FAILURES")[-1]
    check(done.returncode == 0, f"schemathesis found: {found[:12000]} {done.stderr[-2000:]}")
    return [line.strip() for line in text.split("SUMMARY")[-1].splitlines() if line.strip() and "=" not in line]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=90)
    parser.add_argument("--seed", type=int, default=20261121)
    arguments = parser.parse_args()
    environment = clean_environment(GEPETO_LOG_LEVEL="warning")
    with tempfile.TemporaryDirectory() as folder:
        data, log = str(pathlib.Path(folder, "data")), pathlib.Path(folder, "log")
        ingest_corpus(arguments.program, data, environment)
        server = Server(arguments.program, data, environment, log)
        try:
            status, document, _ = call(server.url + "/api/openapi.json")
            check(status == 200, f"the document: {status}")
            OpenAPIV31SpecValidator(document).validate()
            routes = sum(len(methods) for methods in document["paths"].values())
            print(f"valid OpenAPI 3.1: {routes} routes, {len(document['components']['schemas'])} schemas, "
                  f"{examples_are_true(document)} examples true to theirs")
            page = subprocess.run([sys.executable, ROOT / "scripts/api-reference", "-"], input=json.dumps(document),
                                  capture_output=True, text=True, check=True).stdout
            check(page == (ROOT / "docs/api.md").read_text(),
                  "docs/api.md is not what the document says; run scripts/api-reference PATH-TO-gepeto")
            names = lambda option: [word for name in LAST for word in (option, name)]
            first = ["--exclude-path-regex", ELSEWHERE, *names("--exclude-operation-id")]
            for line in fuzz(server.url, arguments.seconds, arguments.seed, folder, first):
                print(line)
            fuzz(server.url, 10, arguments.seed, folder, names("--include-operation-id"))
            print(f"{len(LAST)} operations that take a course and an account away, last")
            status, answer, _ = call(server.url + "/api/ready")
            check(status == 200, f"the server afterwards: {status} {answer}")
            errors = [line for line in log.read_text().splitlines() if '"level":"error"' in line]
            # What was asked has no answer in the course, so that alarm sounds as it shall.
            check(all("answer rate low" in line for line in errors), f"the log: {errors[:5]}")
        finally:
            code = server.stop()
        check(code == 0, f"the server ended with {code}")
    return 0


if __name__ == "__main__":
    end_with(main)
