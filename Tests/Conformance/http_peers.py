"""Sends the cases of Tests/Fixtures/conformance/http.json to other servers and says where they differ from the table.

    http_peers.py [--markdown]

The peers are nginx, Go's net/http and Node's http, as far as they are installed; each reads the body and answers 200 to
whatever it understands. So only this is compared: whether a request is accepted or refused. Sections whose answers
depend on routes and files are left out. The table's reading is checked by nobody else in this way, so a difference is
something to think about; docs/conformance.md has a sentence on each kind.
"""

import argparse
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
TABLE = HERE.parent / "Fixtures/conformance/http.json"
SECTIONS = {
    "The request line", "Lines", "Fields", "Host and the forms of the target", "Framing of the body", "Chunks",
}
# Of these sections, what the peers have no route for.
LEFT_OUT = {"OPTIONS of one that does not", "an empty first segment is one", "absolute-form without a path"}


def text(piece) -> str:
    if isinstance(piece, list):
        return "".join(map(text, piece))
    if isinstance(piece, str):
        return piece
    if "repeat" in piece:
        return piece["repeat"] * piece["times"]
    return "".join(piece["of"].replace("#", str(number)) for number in range(1, piece["count"] + 1))


def cases():
    section = ""
    for line in json.loads(TABLE.read_text()):
        section = line.get("section", section)
        if "send" in line and section in SECTIONS and line["name"] not in LEFT_OUT and len(line["answers"]) == 1:
            answer = line["answers"][0]
            status = answer["status"] if isinstance(answer, dict) else int(answer[:3])
            status = status[0] if isinstance(status, list) else status
            yield section, line["name"], text(line["send"]).encode("latin-1"), status < 400


def start_nginx(folder: pathlib.Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {folder}/pid; error_log /dev/null;
events {{}}
http {{
    access_log off; client_body_temp_path {folder}/body; client_max_body_size 1m; large_client_header_buffers 4 8k;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200 ok; }} }}
}}
""")
    return subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL), port


def start_printing(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return process, int(process.stdout.readline())


def start_go(folder: pathlib.Path):
    subprocess.run(["go", "build", "-o", folder / "peer", HERE / "peers/peer.go"], check=True)
    return start_printing([folder / "peer"])


def start_node(_):
    return start_printing(["node", HERE / "peers/peer.js"])


def status(port: int, request: bytes) -> int:
    """Of the first answer; 0 for the end of the connection, or silence for two seconds, without one."""
    for _ in range(20):
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=2)
            break
        except ConnectionRefusedError:
            subprocess.run(["sleep", "0.1"], check=True)
    with connection:
        answer = b""
        try:
            connection.sendall(request)
            while b"\r\n" not in answer:
                piece = connection.recv(4096)
                if not piece:
                    break
                answer += piece
        except OSError:
            pass
        parts = answer.split(b" ", 2)
        return int(parts[1]) if len(parts) > 1 and parts[1][:3].isdigit() else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    table = list(cases())
    starters = {"nginx": start_nginx, "go": start_go, "node": start_node}
    found: dict[str, list[int]] = {}
    for name, start in starters.items():
        if shutil.which(name) is None:
            print(f"{name} is not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            process, port = start(pathlib.Path(folder))
            try:
                found[name] = [status(port, request) for _, _, request, _ in table]
            finally:
                process.terminate()
                process.wait()

    bar = (lambda cells: "| " + " | ".join(cells) + " |") if arguments.markdown else "\t".join
    print(bar(["", *found]))
    if arguments.markdown:
        print(bar(["---", *["---:"] * len(found)]))
    refused = [index for index, row in enumerate(table) if not row[3]]
    accepted = [index for index, row in enumerate(table) if row[3]]
    for title, rows, is_same in [
        (f"accepted, of the {len(accepted)} that we accept", accepted, lambda code: 100 <= code < 400),
        (f"refused, of the {len(refused)} that we refuse", refused, lambda code: not 100 <= code < 400),
    ]:
        print(bar([title, *[str(sum(is_same(codes[index]) for index in rows)) for codes in found.values()]]))
    print()
    print(bar(["case", "here", *found]))
    if arguments.markdown:
        print(bar(["---", "---", *["---:"] * len(found)]))
    for index, (_, name, _, is_accepted) in enumerate(table):
        codes = [codes[index] for codes in found.values()]
        if any((100 <= code < 400) != is_accepted for code in codes):
            shown = [str(code) if code else "no answer" for code in codes]
            print(bar([name.replace("|", "\\|"), "accepted" if is_accepted else "refused", *shown]))


if __name__ == "__main__":
    main()
