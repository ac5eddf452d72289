"""What happens to the page when things go wrong: plays the stories of contract_fake.py in a real Chromium.

    python Tests/Browser/story_check.py [--pictures FOLDER]              (needs selenium, aiohttp, chromium)

It starts the double of the contract by itself, with and without sockets, and ends it again.
"""

import argparse
import pathlib
import socket
import subprocess
import sys
import time

from axe import Axe
from page_check import Failed, Page, check

DOUBLE = pathlib.Path(__file__).with_name("contract_fake.py")
ENDED = "return document.querySelector('.turn:last-child .answer')?.getAttribute('aria-busy') === 'false'"
WORDS = "return document.querySelector('.turn:last-child .body').textContent"


class Double:
    """contract_fake.py in its own process, on a free port, until the block ends."""

    def __init__(self, *options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.command = [sys.executable, str(DOUBLE), "--port", str(self.port), *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return f"http://127.0.0.1:{self.port}"
            time.sleep(0.05)
        raise Failed("the double of the contract did not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)


def ask(page, question):
    turns = page.run("return document.querySelectorAll('.turn').length")
    page.run(
        "document.querySelector('#question').value = arguments[0]; document.querySelector('#composer').requestSubmit()",
        question,
    )
    page.until("the turn is there", f"return document.querySelectorAll('.turn').length === {turns + 1}")


def with_sockets(page):
    page.open()
    ask(page, "O que é recursão?")
    page.run(
        """
        window.seen = new Set();
        const body = document.querySelector('.turn:last-child .body');
        new MutationObserver(() => window.seen.add(body.textContent)).observe(body, { childList: true, subtree: true });"""
    )
    page.until("the answer is ready", ENDED)
    check(page.run("return window.seen.size") >= 20, "an answer is shown as it comes, piece by piece")
    ask(page, "repete: o que é recursão?")
    page.until(
        "the retry is told",
        "return document.querySelector('.turn:last-child .progress').textContent.includes('tentando de novo')",
    )
    page.picture("story-retrying")
    page.until("the answer is ready", ENDED)
    words = page.run(WORDS)
    check(
        words.count("é quando uma função") == 1 and "return n * fatorial" in words,
        "a second attempt replaces the first one's words",
    )

    ask(page, "corta o fio: o que é recursão?")
    page.until("the answer is ready", ENDED)
    check("Sem o caso base" in page.run(WORDS), "a socket cut in mid-answer loses nothing")

    ask(page, "O que a disciplina cobre sobre o Saturno?")
    page.until("the answer is ready", ENDED)
    check(
        page.run("return document.querySelector('.turn:last-child .note.honest') !== null"),
        "no evidence is shown as such",
    )
    page.picture("story-honest")

    ask(page, "erro, por favor")
    page.until("the answer is ready", ENDED)
    check("não está disponível" in page.run(WORDS), "an error event is a sentence")
    check(
        page.run("return document.querySelector('.turn:last-child .failed button').textContent") == "Perguntar de novo",
        "and can be asked again",
    )
    page.picture("story-error")
    look(page, "an answer that failed")

    ask(page, "Pare no meio: o que é recursão?")
    page.until("words come", f"{WORDS}.length > 20")
    page.run("document.querySelector('#cancel').click()")
    page.until("the answer has ended", ENDED)
    check("interrompida a seu pedido" in page.run(WORDS), "Stop ends the answer")

    ask(page, "Recarregada no meio: o que é recursão?")
    page.until("words come", f"{WORDS}.length > 20")
    page.open()
    page.until("the words so far are back", f"{WORDS}.length > 20", 2)
    page.until("the answer is ready", ENDED)
    check(
        page.run("return document.querySelectorAll('.turn').length") == 7, "a reload in mid-answer keeps each turn once"
    )
    check("Sem o caso base" in page.run(WORDS), "and the answer comes to its end")

    page.run(
        "document.querySelector('#question').value = 'x'.repeat(8001); document.querySelector('#composer').requestSubmit()"
    )
    check(
        "8000" in page.run("return document.querySelector('#problem').textContent"),
        "a question that is too long is refused with a sentence",
    )
    page.run("document.querySelector('#new').click()")
    check(page.run("return document.querySelectorAll('.turn').length") == 0, "a new conversation starts empty")


def without_sockets(page):
    page.open()
    ask(page, "O que é recursão?")
    page.until("the other way is told", "return !document.querySelector('#connection').hidden")
    page.picture("story-no-socket")
    look(page, "no live connection", ("light", "dark"))
    page.until("the answer is ready", ENDED)
    check("Sem o caso base" in page.run(WORDS), "without a socket the answer comes over the event stream")


def polling_only(page):
    page.open()
    ask(page, "O que é recursão?")
    page.until("the answer is ready", ENDED)
    check("Sem o caso base" in page.run(WORDS), "without event streams either it is asked for now and then")


def left_behind(page):
    page.open()
    ask(page, "Deixada: o que é recursão?")
    page.until("words come", f"{WORDS}.length > 20")
    page.run("document.querySelector('#new').click()")
    ask(page, "O que a disciplina cobre sobre o Saturno?")
    page.until("the answer is ready", ENDED)
    check(
        page.run("return document.querySelectorAll('.turn').length") == 1 and "não cobre" in page.run(WORDS),
        "a conversation that was left does not come back",
    )


def come_back(page):
    """Another conversation is read while an answer comes."""
    page.open()
    ask(page, "Primeira: o que é recursão?")
    page.until("the answer is ready", ENDED)
    page.run("document.querySelector('#new').click()")
    ask(page, "Segunda: o que é recursão?")
    page.until("words come", f"{WORDS}.length > 40")
    before = len(page.run(WORDS))
    page.until("the first one is listed", "return document.querySelectorAll('#conversations .open').length >= 1")
    page.run("[...document.querySelectorAll('#conversations .open')].find((one) => one.textContent.includes('Primeira')).click()")
    page.until("the first one is shown", "return document.querySelector('.question p').textContent.startsWith('Primeira')")
    page.run("document.querySelector('#find').dispatchEvent(new Event('input'))")
    page.until("both are listed", "return document.querySelectorAll('#conversations .open').length === 2")
    page.run("[...document.querySelectorAll('#conversations .open')].find((one) => one.textContent.includes('Segunda')).click()")
    page.until("its words are back", f"{WORDS}.length > {before}", 10)
    check(not page.run(ENDED), "an answer that was left is watched again, none of its words lost")
    page.until("the answer is ready", ENDED)
    check(page.run(WORDS).count("é quando uma função") == 1, "and comes to its end")


def token_refused(page):
    """Tokens are refused after a second, although fifteen minutes were promised: as after a change of the server's key."""
    page.open()
    sign_in(page, "ana")
    page.until("the chat is there", "return document.querySelector('#chat').checkVisibility()")
    time.sleep(1.2)
    ask(page, "O que é recursão?")
    page.until("the answer is ready", ENDED)
    check("Sem o caso base" in page.run(WORDS), "a token that is refused is renewed, and the answer comes")
    time.sleep(1.2)
    page.open()
    page.until("the answer is back", "return document.querySelectorAll('.marker').length > 0")
    check(not page.run("return document.querySelector('#chat').hidden"), "a reload finds the sign-in as it was")


def launched(page):
    """Another tool opens the page and hands it a token within it."""
    page.driver.get(page.url + "api/lti/launch")
    page.until("the chat is there", "return document.querySelector('#chat').checkVisibility()")
    check(page.run("return document.querySelector('#course').value") == "fisica", "a launch opens its course without a sign-in")
    page.until("its document is there", "return document.querySelector('#passage iframe') !== null")
    check(page.run("return document.querySelector('#gepeto-launch') === null"), "and the document it names; the token leaves the page")
    ask(page, "O que é recursão?")
    page.until("the answer is ready", ENDED)
    check("Sem o caso base" in page.run(WORDS), "its token opens the socket too")


def keeps_the_mode(page):
    """Asked again, a question is asked in the mode it was asked in, whatever is chosen by now."""
    page.open()
    page.run("""
        window.asked = [];
        const send = window.fetch;
        window.fetch = (address, options) => {
            if (String(address).endsWith('/api/chat')) window.asked.push(JSON.parse(options.body));
            return send(address, options);
        };""")
    choose = "const m = document.querySelector('#mode'); m.value = arguments[0]; m.dispatchEvent(new Event('change'))"
    page.until("there are modes", "return document.querySelector('#mode').options.length > 1")
    page.run(choose, "hint")
    ask(page, "erro: dê uma dica")
    page.until("the failure is told", ENDED)
    page.run(choose, "answer")
    page.run("document.querySelector('.turn:last-child .failed button').click()")
    page.until("it was asked again", "return window.asked.length === 2")
    check(page.run("return window.asked.map((one) => one.mode)") == ["hint", "hint"], "a question is asked again in its own mode")
    page.until("the failure is told", ENDED)
    ask(page, "prova: o que é recursão?")
    page.until("the refusal is told", ENDED)
    words = page.run(WORDS)
    check("fechada por causa de uma prova até" in words and "closed" not in words, "a refusal is said in the page's language")
    page.open()
    page.until("the history is there", "return document.querySelectorAll('.turn').length === 3")
    check("ficou sem resposta" in page.run(WORDS) and page.run(ENDED), "a question that failed says so after a reload")


def sign_in(page, user):
    page.until("the sign-in is there", "return document.querySelector('#gate-form') !== null")
    page.run("""
        document.querySelector('#gate [name=user]').value = arguments[0];
        document.querySelector('#gate [name=password]').value = 'correct horse';
        document.querySelector('#gate-form').requestSubmit();""", user)
    page.until("somebody is in", "return document.querySelector('#gate').hidden")


def uploads_go_on(page):
    """Each upload takes two seconds; staff look elsewhere meanwhile."""
    page.open()
    sign_in(page, "rui")
    page.run("location.hash = '#/c/algoritmos/desk/materials'")
    page.until("files can be brought in", "return document.querySelector('#files') !== null")
    page.run("""
        document.querySelector('.drop [name=hidden]').click();
        const files = new DataTransfer();
        for (const name of ['um.md', 'dois.md', 'tres.md']) files.items.add(new File(['# Texto'], name));
        const input = document.querySelector('#files');
        input.files = files.files;
        input.dispatchEvent(new Event('change'));""")
    page.until("they are sent", "return document.querySelectorAll('.uploads li[data-state=sending]').length === 2")
    page.run("location.hash = '#/c/algoritmos/desk/search'")
    page.until("the tab tells of them", "return /enviando [123]/.test(document.querySelector('#desk-tabs').textContent)")
    page.picture("story-uploading-elsewhere")
    look(page, "files on their way while another sheet is open", ("light", "dark"))
    check(page.run("return !dispatchEvent(new Event('beforeunload', {cancelable: true}))"), "closing the page in mid-upload is asked about")
    page.until("they were sent", "return !/enviando/.test(document.querySelector('#desk-tabs').textContent)", 30)
    page.run("location.hash = '#/c/algoritmos/desk/materials'")
    page.until("all three arrived", "return document.querySelectorAll('.uploads li[data-state=ready]').length === 3", 30)
    check(True, "uploads go on while another sheet is open")
    listed = "return [...document.querySelectorAll('#documents tr')].filter((row) => /Ainda não disponível/.test(row.textContent)).length"
    page.until("they are hidden", listed + " === 3")
    check(True, "and are hidden from students as it was asked")

    page.run("location.hash = '#/c/algoritmos/desk/members'")
    page.until("members are there", "return document.querySelector('#members select') !== null")
    page.run("""
        const role = document.querySelector('[aria-label="Papel de Rui Prado"]');
        role.value = 'student';
        role.dispatchEvent(new Event('change'));""")
    page.until("it is asked about", "return document.querySelector('dialog .primary') !== null")
    page.run("document.querySelector('dialog .primary').click()")
    page.until("it is refused", "return document.querySelector('dialog .problem')?.textContent.includes('sem ninguém da equipe')")
    check(True, "the last of the staff stays one")
    page.picture("story-last-staff")
    look(page, "a dialog that was refused")


def launch_over(page):
    """A token that another tool gave ends; there is no way to renew it, and no password that would help."""
    page.driver.get(page.url + "api/lti/launch")
    # On a machine that is busy the token may end before the page is there.
    page.until("somebody is there", "return !document.querySelector('#chat').hidden || !document.querySelector('#gate').hidden")
    time.sleep(1.2)
    page.run("document.querySelector('#question').value = 'O que é recursão?'; document.querySelector('#composer').requestSubmit()")
    page.until("its end is told", "return document.querySelector('#gate').checkVisibility()")
    words = page.run("return document.querySelector('#gate').textContent")
    check("Moodle" in words and page.run("return document.querySelector('#gate input') === null"),
          "who came from another tool is sent back to it, and asked for no password")
    page.picture("story-launch-over")
    look(page, "a launch that is over")


def closed_course(page):
    page.open()
    sign_in(page, "ana")
    page.until("it is said", "return document.querySelector('#closed').checkVisibility()")
    words = page.run("return document.querySelector('#closed').textContent")
    check(words.startswith("Prova P1. Fechada até "), f"a course that is closed says so before a question is written ({words})")
    look(page, "a course that is closed")


def look(page, what, sights=("light", "dark", "phone")):
    """By the eyes of axe."""
    page.axe.look(what, sights)


def server_gone(page, double):
    page.open()
    double.__exit__()
    ask(page, "O que é recursão?")
    page.until("the failure is told", ENDED)
    check("O servidor não respondeu" in page.run(WORDS), "a server that is gone is told as a sentence")
    check(page.run("return document.querySelector('#cancel').hidden"), "and the next question can be asked")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pictures", type=pathlib.Path, help="folder for PNG screenshots")
    options = arguments.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    page = None
    try:
        page = Page("http://127.0.0.1", options.pictures, "pt-BR,pt")
        page.axe = Axe(page)
        page.see("desktop-light")
        for story, flags in (
            (with_sockets, []),
            (without_sockets, ["--no-socket", "--pace", "0.1"]),
            (polling_only, ["--no-socket", "--no-streams"]),
            (left_behind, []),
            (come_back, ["--pace", "0.1"]),
            (launched, ["--auth", "jwt"]),
            (keeps_the_mode, []),
            (closed_course, ["--auth", "jwt", "--locked"]),
            (uploads_go_on, ["--auth", "jwt", "--slow", "2"]),
            (launch_over, ["--auth", "jwt", "--lasting", "1"]),
            (token_refused, ["--auth", "jwt", "--lasting", "1"]),
        ):
            with Double(*flags) as url:
                page.url = url + "/"
                story(page)
        double = Double()
        page.url = double.__enter__() + "/"
        server_gone(page, double)
    except Failed as failure:
        if page:
            page.picture("failed")
        print(f"FAILED  {failure}", file=sys.stderr)
        return 1
    finally:
        if page:
            page.axe.write(options.pictures, "stories")
            page.driver.quit()
    print("the stories end well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
