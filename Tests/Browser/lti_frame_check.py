"""A student opens the tutor inside a learning platform's page, in a real Chromium: the launch in a frame of another site
over HTTPS, the page in it, a question and its answer; then the same in a browser that keeps nothing for anybody, where the
platform's page has to keep what binds the launch (LTI "postMessage storage").

    python Tests/Browser/lti_frame_check.py PATH-TO-gepeto [--pictures FOLDER]

The platform is the one of Tests/EndToEnd/lti_check.py, here with pages of its own.
"""

import argparse
import asyncio
import datetime
import html
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "EndToEnd"))
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from harness import COURSE, ROOT, Failed, Server, clean_environment, end_with, ingest_corpus  # noqa: E402
from lti_check import ISSUER, PUBLIC, SECRET, Platform, form_of, launched, whole_launch  # noqa: E402
from page_check import Page, check  # noqa: E402

ENDED = "return document.querySelector('.turn:last-child .answer')?.getAttribute('aria-busy') === 'false'"
TOOL, SITE = (urllib.parse.urlsplit(address).netloc for address in (PUBLIC, ISSUER))

# What a platform does for tools whose cookies are blocked (1EdTech, "LTI Client Side postMessages").
STORAGE = """
const kept = new Map();
addEventListener('message', ({data, source, origin}) => {
  if (origin !== '%s' || !/^lti\\.(put|get)_data$/.test(data?.subject)) return;
  if (data.subject === 'lti.put_data') kept.set(data.key, data.value);
  document.body.dataset.kept = kept.size;
  source.postMessage({subject: data.subject + '.response', message_id: data.message_id, key: data.key, value: kept.get(data.key)}, origin);
});
""" % PUBLIC


def certificate(folder):
    """A key and a certificate of its own for both names."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, TOOL)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(TOOL), x509.DNSName(SITE)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = pathlib.Path(folder, "site.pem")
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


class Site(http.server.BaseHTTPRequestHandler):
    """The platform's pages: a course with the tool in a frame, and where the tool asks who is there."""

    platform, storage = None, False

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(address.query))
        pages = {"/course": self.course, "/auth": lambda: self.answer(asked)}
        body = pages[address.path]() if address.path in pages else None
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def course(self):
        fields = {"iss": ISSUER, "login_hint": "u-1", "target_link_uri": PUBLIC + "/api/lti/launch",
                  "client_id": self.platform.client, "lti_deployment_id": self.platform.deployment}
        if self.storage:
            fields["lti_storage_target"] = "_parent"
        source = f"{PUBLIC}/api/lti/login?{urllib.parse.urlencode(fields)}"
        return (f'<!doctype html><html lang="pt"><meta name="viewport" content="width=device-width"><title>Algoritmos I</title>'
                f'<style>body {{ margin: 0; font: 1rem system-ui }} h1 {{ margin: 0; padding: 0.6rem 1rem; font-size: 1.1rem; '
                f'background: #f98012; color: #000 }} iframe {{ width: 100%; height: calc(100vh - 2.6rem); border: 0 }}</style>'
                f'<h1>Algoritmos I</h1><script>{STORAGE}</script>'
                f'<iframe title="Tutor" allow="clipboard-write" src="{html.escape(source)}"></iframe></html>')

    def answer(self, asked):
        token = self.platform.sign(self.platform.claims(asked["nonce"]))
        fields = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
                         for name, value in (("id_token", token), ("state", asked["state"])))
        return (f'<!doctype html><form method="post" action="{html.escape(asked["redirect_uri"])}">{fields}</form>'
                f'<script>document.forms[0].submit()</script>')

    def log_message(self, *_):
        pass


class Shields:
    """TLS before the tool and the platform, on ports of their own, until the block ends."""

    def __init__(self, folder, port):
        self.context, self.port = certificate(folder), port
        self.loop = asyncio.new_event_loop()

    def __enter__(self):
        self.site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
        self.site.socket = self.context.wrap_socket(self.site.socket, server_side=True)
        threading.Thread(target=self.site.serve_forever, daemon=True).start()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        started = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self.relay, "127.0.0.1", 0, ssl=self.context), self.loop).result(10)
        return started.sockets[0].getsockname()[1], self.site.server_address[1]

    def __exit__(self, *_):
        self.site.shutdown()
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def relay(self, reader, writer):
        inner, outer = await asyncio.open_connection("127.0.0.1", self.port)

        async def carry(source, target):
            try:
                while part := await source.read(65_536):
                    target.write(part)
                    await target.drain()
            except OSError:
                pass
            finally:
                target.close()

        await asyncio.gather(carry(reader, outer), carry(inner, writer))


class Framed(Page):
    """A browser that finds both names at this machine; `keeps` says whether it keeps cookies and storage for anybody."""

    def __init__(self, ports, pictures, keeps=True):
        self.names = f"MAP {TOOL}:443 127.0.0.1:{ports[0]},MAP {SITE}:443 127.0.0.1:{ports[1]}"
        self.keeps = keeps
        super().__init__(ISSUER, pictures, "pt-BR,pt")

    def prepare(self, options):
        options.add_argument(f"--host-resolver-rules={self.names}")
        options.add_argument("--ignore-certificate-errors")
        if not self.keeps:
            options.add_experimental_option("prefs", {"profile.default_content_setting_values.cookies": 2})


def connect(server, platform):
    """Staff open the tool first, and choose the course."""
    browser, answer = whole_launch(server, platform, role="Instructor", user="t-1")
    fields, _ = form_of(answer[2], "/api/lti/course")
    launched(browser.send("POST", "/api/lti/course", fields | {"course": COURSE}, {"Origin": PUBLIC}), "staff")


def walks(page, name):
    """From the platform's page to an answer in the frame."""
    page.see("desktop-light")
    page.driver.get(f"{ISSUER}/course")
    page.driver.switch_to.frame(0)
    page.until("the tutor is in the frame", "return document.documentElement.dataset.ready === 'true'")
    check(page.run("return self !== top && document.querySelector('#chat').checkVisibility()"), f"{name}: the chat is in the frame")
    check(page.run("return document.querySelector('#gate-form') === null"), f"{name}: nobody is asked for a password")
    kept = page.run("return location.href + document.documentElement.outerHTML")
    check("eyJ" not in kept and "gepeto-launch" not in kept, f"{name}: no token is left in the page or its address")
    page.run("document.querySelector('#question').value = 'O que é recursão?'; document.querySelector('#composer').requestSubmit()")
    page.until("the question is shown", "return document.querySelector('.turn') !== null")
    page.until("the answer is ready", ENDED, 120)
    check(page.run("return document.querySelectorAll('.marker').length") > 0, f"{name}: the answer cites its passages")
    page.picture(f"lti-{name}")
    page.see("phone-light")
    page.picture(f"lti-{name}-phone")
    check(page.run("return document.documentElement.scrollWidth <= innerWidth"), f"{name}: it is not wider than a phone's frame")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--pictures", type=pathlib.Path)
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    program = str(pathlib.Path(options.program).resolve())
    environment = clean_environment(
        GEPETO_AUTH="jwt", GEPETO_JWT_SECRET=SECRET, GEPETO_JWT_ISSUER="https://id.example", GEPETO_JWT_AUDIENCE="gepeto",
        GEPETO_PUBLIC_URL=PUBLIC, GEPETO_LOG_LEVEL="warning")
    Site.platform = platform = Platform()
    with tempfile.TemporaryDirectory() as folder:
        data, keys = str(pathlib.Path(folder, "data")), pathlib.Path(folder, "keys")
        ingest_corpus(program, data, clean_environment())
        keys.write_text(json.dumps(platform.key_set()))
        done = subprocess.run(
            [program, "lti", "add", "--issuer", ISSUER, "--auth-url", ISSUER + "/auth", "--client-id", platform.client,
             "--deployment", platform.deployment, "--courses", COURSE, "--data", data, "--keys", str(keys)],
            env=environment, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise Failed(f"lti add: {done.stdout}{done.stderr}")
        server = Server(program, data, environment, pathlib.Path(folder, "log"))
        try:
            connect(server, platform)
            with Shields(folder, int(server.url.rsplit(":", 1)[1])) as ports:
                for name, keeps, storage in (("frame", True, False), ("no-cookies", False, True)):
                    Site.storage = storage
                    page = Framed(ports, options.pictures, keeps)
                    try:
                        walks(page, name)
                        if storage:
                            page.driver.switch_to.default_content()
                            check(page.run("return document.body.dataset.kept") == "1", "the platform's page kept what binds the launch")
                    except BaseException:
                        page.picture(f"failed-lti-{name}")
                        print(*page.complaints(), sep="\n", file=sys.stderr)
                        raise
                    finally:
                        page.driver.quit()
        finally:
            server.stop()
    print("the tutor opens inside a platform's page")
    return 0


if __name__ == "__main__":
    end_with(main)
