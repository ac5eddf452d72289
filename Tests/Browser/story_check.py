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
from people_stories import closed_course, keeps_the_mode, launch_over, launched, token_refused, uploads_go_on
from story import ENDED, WORDS, ask, look

DOUBLE = pathlib.Path(__file__).with_name("contract_fake.py")


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
