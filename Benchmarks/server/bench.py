"""What the measurements of the server share: the peers, our own program and harness, the clients, and CPU time.

BENCHMARK_NICE=-10 in the environment (as root) gives clients and servers alike a higher priority than what else the machine
does; BENCHMARK_AS_BUILT=1 takes the program as it was built last.

Everything that is fetched or built outside this folder lands in `SCRATCH`: nginx, wrk, Go with gorilla/websocket and
Redis from Debian (apt-get, as root), FastAPI and uvicorn from PyPI in a venv.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCRATCH = pathlib.Path(os.environ.get("BENCHMARK_SCRATCH", pathlib.Path(tempfile.gettempdir()) / "server-benchmark"))
DEBIAN = {"nginx": "nginx-light", "wrk": "wrk", "go": "golang-go", "redis-server": "redis-server", "gcc": "gcc"}
GORILLA = pathlib.Path("/usr/share/gocode/src/github.com/gorilla/websocket")
PYPI = ["fastapi==0.165.0", "uvicorn[standard]==0.54.0", "redis==8.1.0", "websockets==17.4"]
SECRET = "0123456789abcdef0123456789abcdef"
PYTHON = SCRATCH / "venv/bin/python"
HARNESS = HERE / ".build/release/Harness"
PROGRAM = HERE / ".build/release/gepeto"
# Settings that older or newer versions of the program may not have; the others must be known.
PASSING = ("GEPETO_JOBS_PER_USER", "GEPETO_MAX_CONNECTIONS")
TICKS = os.sysconf("SC_CLK_TCK")


def prepare():
    """Installs what is missing, builds the program, the harness, the Go peer and the client, and raises the limits."""
    # Whoever is ended ends its servers too (`finally`).
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    SCRATCH.mkdir(parents=True, exist_ok=True)
    missing = [package for tool, package in DEBIAN.items() if not shutil.which(tool)]
    missing += [] if GORILLA.exists() else ["golang-github-gorilla-websocket-dev"]
    if missing:
        quiet(["apt-get", "update"])
        quiet(["apt-get", "install", "-y", "--no-install-recommends", *missing],
              env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    if not PYTHON.exists():
        quiet([sys.executable, "-m", "venv", SCRATCH / "venv"])
    installed = subprocess.run([PYTHON, "-m", "pip", "freeze"], capture_output=True, text=True).stdout
    if any(name.replace("[standard]", "") not in installed for name in PYPI):
        quiet([PYTHON, "-m", "pip", "install", *PYPI])
    if "BENCHMARK_AS_BUILT" not in os.environ:
        quiet(["swift", "build", "-c", "release", "--package-path", HERE])
    quiet(["gcc", "-O2", "-Wall", "-o", SCRATCH / "wsload", HERE / "client/wsload.c"])
    quiet(["go", "build", "-o", SCRATCH / "go-peer", HERE / "peers/server.go"],
          env=os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(SCRATCH / "go-cache")})
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if "BENCHMARK_NICE" in os.environ:
        os.nice(int(os.environ["BENCHMARK_NICE"]))
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, descriptors {most}, "
          f"net.core.somaxconn {pathlib.Path('/proc/sys/net/core/somaxconn').read_text().strip()}", flush=True)


def quiet(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def tree(pid):
    """A process and everything beneath it."""
    pids = [pid]
    for one in pids:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                children = pathlib.Path(f"/proc/{one}/task/{task}/children").read_text().split()
                pids += [int(child) for child in children]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return pids


def processor_seconds(pid):
    """User and system time of a process, its threads, its children and those it has waited for."""
    total = 0
    for one in tree(pid):
        try:
            fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / TICKS


def memory(pid, field="RssAnon"):
    """Bytes of a field of /proc/PID/status, of a process and everything beneath it."""
    total = 0
    for one in tree(pid):
        for line in pathlib.Path(f"/proc/{one}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                total += int(line.split()[1]) * 1024
    return total


class Peer:
    """A running server; `extra` are processes whose CPU time counts with it (its queue)."""

    def __init__(self, name, command, port=None, environment=None, extra=(), log=None):
        self.name, self.extra = name, list(extra)
        self.log = pathlib.Path(log or SCRATCH / f"{name.replace(' ', '-').replace('/', '-')}.log")
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                list(map(str, command)), env=environment, stderr=out,
                stdout=subprocess.PIPE if port is None else out, text=True)
        if port is None:
            line = self.process.stdout.readline()
            if "http://" not in line:
                sys.exit(f"{name} did not start: {line!r} {self.log.read_text()[-2000:]}")
            port = int(line.split("http://")[1].split()[0].rsplit(":", 1)[1])
        self.port, self.pid = port, self.process.pid
        self.url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        sys.exit(f"{name} does not listen: {self.log.read_text()[-2000:]}")

    def cpu(self):
        return processor_seconds(self.pid) + sum(processor_seconds(peer.pid) for peer in self.extra)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for peer in self.extra:
            peer.stop()


def settings(data, **more):
    """The environment of our program: nothing of this process's own settings, no log of single requests, room for all."""
    own = ("_API_KEY", "_BASE_URL", "_MODEL")
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("GEPETO_") and not name.endswith(own)}
    wanted = {
        "GEPETO_DATA": str(data), "GEPETO_PORT": "0", "GEPETO_LOG_LEVEL": "warning",
        "GEPETO_MODEL_DIR": str(ROOT / "models/all-MiniLM-L6-v2"), "GEPETO_WEB_DIR": str(SCRATCH / "files"),
        "GEPETO_RATE_PER_MINUTE": "1000000", "GEPETO_RATE_BURST": "1000000", "GEPETO_BACKLOG_LIMIT": "10000000",
        "GEPETO_MAX_CONNECTIONS": "20000"} | more
    known = subprocess.run([PROGRAM, "serve", "--help"], capture_output=True, text=True, env=environment).stdout
    return environment | {name: value for name, value in wanted.items() if name in known or name not in PASSING}


def with_tokens():
    return {"GEPETO_AUTH": "jwt", "GEPETO_JWT_SECRET": SECRET, "GEPETO_JWT_ISSUER": "bench",
            "GEPETO_JWT_AUDIENCE": "gepeto"}


def token(user):
    """A bearer token, HS256, for `with_tokens`."""
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    claims = {"iss": "bench", "aud": "gepeto", "sub": user, "exp": int(time.time()) + 86_400,
              "courses": {"algoritmos": "student"}}
    signed = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(claims).encode())
    return (signed + b"." + part(hmac.digest(SECRET.encode(), signed, hashlib.sha256))).decode()


def harness(intake, data, **more):
    """Our server and routes without workers; `intake` is memory or store."""
    pathlib.Path(data).mkdir(parents=True, exist_ok=True)
    return Peer(f"gepeto {intake}", [HARNESS, intake], environment=settings(data, **more))


def served(data, **more):
    """The whole program, `gepeto serve`."""
    return Peer("gepeto serve", [PROGRAM, "serve"], environment=settings(data, **more))


def go(*flags):
    return Peer("go", [SCRATCH / "go-peer", "-folder", SCRATCH / "files", *flags])


def nginx():
    """As many workers as cores; a static 202 at /api/chat, the files at /."""
    port, base = free_port(), SCRATCH / "nginx"
    base.mkdir(exist_ok=True)
    (base / "nginx.conf").write_text(f"""
        worker_processes auto; daemon off; pid {base}/pid; error_log {base}/error.log;
        user root;
        events {{ worker_connections 4096; }}
        http {{
            access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; default_type text/plain;
            client_body_temp_path {base}/body; proxy_temp_path {base}/proxy; fastcgi_temp_path {base}/fastcgi;
            uwsgi_temp_path {base}/uwsgi; scgi_temp_path {base}/scgi;
            server {{
                listen 127.0.0.1:{port} backlog=4096; root {SCRATCH}/files;
                location = /api/chat {{
                    default_type application/json;
                    return 202 '{{"jobId":"0123456789abcdef0123456789abcdef","conversationId":"0123456789abcdef0123456789abcdef","sessionId":"0123456789abcdef0123456789abcdef","traceId":"0123456789abcdef0123456789abcdef","status":"queued","timestamp":1733788120}}';
                }}
            }}
        }}""")
    return Peer("nginx", ["nginx", "-c", base / "nginx.conf", "-p", base], port=port)


def redis(folder, fsync="always"):
    port = free_port()
    return Peer("redis", ["redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                          "--appendonly", "yes", "--appendfsync", fsync, "--daemonize", "no"], port=port)


def fastapi(queue, folder, workers=1):
    """uvicorn with uvloop and httptools, its usual best; the Redis it needs counts with it."""
    port, extra = free_port(), []
    environment = os.environ | {"QUEUE": queue, "QUEUE_FILE": f"{folder}/queue.sqlite"}
    if queue == "redis":
        extra = [redis(folder)]
        environment["REDIS_PORT"] = str(extra[0].port)
    return Peer(f"fastapi {queue}", [PYTHON, "-m", "uvicorn", "fastapi_app:app", "--app-dir", HERE / "peers", "--port", port,
                                     "--no-access-log", "--log-level", "warning", "--workers", workers],
                port=port, environment=environment, extra=extra)


def files():
    """The folder of static files, with one of 1 KB."""
    folder = SCRATCH / "files"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1k.txt").write_bytes((b"0123456789abcde\n" * 64))
    return folder


def wrk(peer, path, method, seconds, connections=64, bearer=None):
    """One round; what wrk counted, and the server's CPU seconds."""
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(HERE / "client/load.lua"),
               peer.url + path, "--", method] + ([bearer] if bearer else [])
    begin = peer.cpu()
    done = subprocess.run(command, capture_output=True, text=True)
    used = peer.cpu() - begin
    if done.returncode != 0:
        sys.exit(f"wrk against {peer.name}: {done.stdout}{done.stderr}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    if found["wrong"] or found["requests"] < 10:
        sys.exit(f"{peer.name}: {found} {peer.log.read_text()[-2000:]}")
    return found | {"cpu": used, "each": used / found["requests"] * 1e6, "rate": found["requests"] / found["seconds"]}


def median(values):
    return statistics.median(values)


def row(name, *cells):
    print(f"{name:38}" + "".join(f"{cell:>14}" for cell in cells), flush=True)
