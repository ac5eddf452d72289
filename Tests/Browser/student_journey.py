"""A student's day with the page, in a real Chromium: sign in, ask, read the source beside the chat, rate, come back.

    python Tests/Browser/student_journey.py http://127.0.0.1:8000 --user ana --password … [--pictures FOLDER]

The course must answer the question and not cover the other one.
"""

import sys

from journey import change_first_password, sign_in, travel
from page_check import check
from selenium.webdriver.common.keys import Keys

ENDED = "return document.querySelector('.turn:last-child .answer')?.getAttribute('aria-busy') === 'false'"
LAST = ".turn:last-child "


def ask(page, question):
    turns = page.run("return document.querySelectorAll('.turn').length")
    page.run("document.querySelector('#question').focus()")
    page.keys(question, Keys.ENTER)
    page.until("the question is shown", f"return document.querySelectorAll('.turn').length === {turns + 1}")
    page.until("the answer is ready", ENDED, 120)


def comes_in(page, axe, options):
    page.open()
    if not options.user:
        return
    page.appears("#gate .notice")
    check("perguntas" in page.text("#gate .notice"), "the sign-in page says who sees a question")
    axe.look("sign-in")
    page.both("sign-in")
    sign_in(page, options.user, "not the password")
    page.appears("#gate .problem", "não conferem")
    page.complaints()
    check(True, "a wrong password is told as a sentence")
    sign_in(page, options.user, options.password)
    change_first_password(page, axe, options.password, options.own)


def reads(page, axe, options):
    page.appears("#chat #welcome")
    axe.look("welcome")
    page.both("welcome")
    ask(page, options.question)
    check(page.run(f"return document.querySelectorAll('{LAST}.marker').length") > 0, "the answer cites its passages")
    axe.look("an answer")
    page.both("answer")

    page.run("document.querySelector('.turn:last-child .marker').focus()")
    page.keys(Keys.ENTER)
    page.appears("#passage mark")
    beside = page.run("""
        const chat = document.querySelector('.turn .question').getBoundingClientRect();
        const panel = document.querySelector('#passage').getBoundingClientRect();
        return chat.right <= panel.left + 1 && panel.width > 300;""")
    check(beside, "the source stands beside the chat, the quote marked")
    page.appears("#passage .original, #passage-original", seconds=30)
    axe.look("a source beside the chat")
    page.both("source")
    page.keys(Keys.ESCAPE)
    page.vanishes("#passage")
    check(page.run("return document.activeElement.matches('.marker')"), "Escape closes it, the focus is back on the citation")


def opens_pdf(page, options):
    """A source that is a PDF is opened at its page in the browser's own viewer."""
    ask(page, options.pdf_question)
    marker = page.run("""
        const found = [...document.querySelectorAll('.turn:last-child .source')].find((node) => /página/.test(node.textContent));
        found?.click();
        return found?.textContent ?? '';""")
    check("página" in marker, "an answer cites a page of a PDF")
    page.appears("#passage iframe.original", seconds=30)
    source = page.run("return document.querySelector('#passage iframe').src")
    check(source.startswith("blob:") and "#page=" in source, f"the PDF is opened at its page (#{source.split('#')[1]})")
    page.both("pdf")
    page.run("document.querySelector('#passage-close').click()")


def rates(page, axe):
    page.press("Ajudou", LAST)
    page.wait("the thumb is pressed", lambda: page.run(f"return document.querySelector('{LAST}.thumb').ariaPressed") == "true")
    page.press("Não ajudou", LAST)
    page.fill("Comentário", "Faltou um exemplo.")
    axe.look("the dialog of a comment", ("light", "dark", "phone"))
    page.both("comment")
    page.press("Enviar")
    page.vanishes("dialog.asking")
    page.appears(".told", "Obrigado")
    page.open()
    page.appears(".turn:last-child .thumb")
    pressed = page.run(f"return [...document.querySelectorAll('{LAST}.thumb')].map((node) => node.ariaPressed)")
    check(pressed == ["false", "true"], "a reload brings the conversation back, and how its answer was rated")


def is_told_honestly(page, options):
    ask(page, options.absent)
    page.appears(f"{LAST}.note.honest")
    nearest = page.run(f"return document.querySelectorAll('{LAST}.body li, {LAST}.body em').length")
    check(nearest > 0, f"what the material does not cover is said, with the nearest sections ({nearest})")
    page.both("not-covered")


def chooses_mode(page, axe):
    if page.run("return document.querySelector('#mode-choice').hidden"):
        return
    for mode in ("hint", "socratic", "quiz"):
        page.run("const m = document.querySelector('#mode'); m.value = arguments[0]; m.dispatchEvent(new Event('change'))", mode)
        check(len(page.text("#budget")) > 10, f"the mode {mode} says what it does")
    page.picture("mode")
    page.press("Baixar cartões", "#mode-choice")
    page.fill("Para", "anki")
    axe.look("the dialog of flashcards", ("light", "phone dark"))
    page.press("Baixar")
    page.wait("they were read", lambda: page.run(
        "return performance.getEntriesByType('resource').some((one) => one.name.includes('/flashcards'))"))
    check(not page.there("#problem"), "flashcards can be downloaded")
    page.run("const m = document.querySelector('#mode'); m.value = 'answer'; m.dispatchEvent(new Event('change'))")


def keeps_order(page, axe):
    page.run("document.querySelector('#new').click()")
    ask(page, "Segunda conversa: o que é recursão?")
    page.wait("both are listed", lambda: page.run("return document.querySelectorAll('#conversations li[data-id]').length") >= 2)
    page.run("document.querySelector('#conversations li[data-id] .icon').click()")
    page.fill("Nome", "Recursão, de novo")
    axe.look("a dialog", ("light", "dark", "phone"))
    page.press("Salvar")
    page.appears("#conversations .name", "Recursão, de novo")
    check(True, "a conversation can be renamed")
    page.fill("Procurar nas conversas", "de novo")
    page.wait("one is found", lambda: page.run("return document.querySelectorAll('#conversations li[data-id]').length") == 1)
    check(True, "and found again")
    words = page.run("return document.querySelector(arguments[0]).innerText", f"{LAST}.body p:last-of-type").split()
    word = max((one for one in words if one.isascii() and one.isalpha()), key=len)
    page.fill("Procurar nas conversas", word)
    page.appears("#conversations .snippet mark", word, 20)
    axe.look("conversations that were found", ("light", "dark"))
    page.picture("snippet")
    check(True, "a search shows the words that it found")
    page.fill("Procurar nas conversas", "")
    page.wait("all are listed", lambda: page.run("return document.querySelectorAll('#conversations li[data-id]').length") >= 2)
    page.run("document.querySelectorAll('#conversations .open')[1].click()")
    page.wait("the first one is shown", lambda: "Segunda" not in page.text("#thread") and page.there(".turn"))
    check(True, "another one can be opened")
    page.run("document.querySelector('#conversations li[data-id] .icon:last-child').click()")
    page.press("Apagar")
    page.wait("it is gone", lambda: "Recursão, de novo" not in page.text("#conversations"))
    check(True, "and one deleted")


def on_a_phone(page, axe):
    page.see("phone-light")
    page.run("document.querySelector('#menu').click()")
    page.appears("#side .open")
    page.picture("phone-menu")
    axe.look("the menu of a phone", ("phone", "phone dark"))
    page.see("phone-light")
    if page.run("return !document.body.classList.contains('with-menu')"):
        page.run("document.querySelector('#menu').click()")
    page.run("document.querySelector('#conversations .open').click()")
    page.appears(".turn .marker")
    check(not page.run("return document.body.classList.contains('with-menu')"), "the menu goes once a conversation is chosen")
    choose = "const m = document.querySelector('#mode'); m.value = arguments[0]; m.dispatchEvent(new Event('change'))"
    page.run(choose, "hint")
    seen = page.run("""
        const box = document.querySelector('#budget').getBoundingClientRect();
        return box.width > 0 && box.left >= 0 && box.right <= innerWidth;""")
    check(seen, "what a mode does can be read on a phone")
    page.picture("phone-mode")
    page.run(choose, "answer")
    page.run("document.querySelector('.turn .marker').click()")
    page.appears("#passage[open] mark")
    seen = page.run("""
        const mark = document.querySelector('#passage mark').getBoundingClientRect();
        const room = document.querySelector('#passage-text').getBoundingClientRect();
        return mark.top >= room.top - 2 && mark.top < room.bottom;""")
    check(seen, "on a phone the source lies over the chat, its quote in sight")
    axe.look("a source on a phone", ("phone",))
    page.see("phone-light")
    page.picture("phone-source")
    page.run("document.querySelector('#passage-close').click()")
    page.run("document.querySelector('#account').click()")
    page.appears("dialog.asking")
    page.picture("phone-account")
    page.press("Fechar")
    page.see("desktop-light")
    check(page.fits(), "nothing is wider than the window of 320 px")


def speaks_english(page, axe):
    choose = "const l = document.querySelector('#language'); l.value = arguments[0]; l.dispatchEvent(new Event('change'))"
    page.run(choose, "en")
    check(page.text("#send") == "Ask" and page.text("#to-chat") == "Chat", "the page speaks English as well")
    axe.look("in English", ("light", "phone"))
    page.picture("english")
    page.run(choose, "pt")


def goes_offline(page):
    page.driver.set_network_conditions(offline=True, latency=0, throughput=0)
    page.appears("#banner", "sem rede")
    page.picture("offline")
    page.driver.delete_network_conditions()
    page.vanishes("#banner")
    check(True, "the page says when it is offline, and when it is back")
    page.complaints()


def leaves(page, axe, options):
    page.run("document.querySelector('#account').click()")
    page.appears("dialog.asking")
    page.wait("tokens are read", lambda: page.there(".tokens li"))
    axe.look("the account", ("light", "dark", "phone"))
    page.picture("account")
    page.press("Nova chave")
    page.fill("Para que serve", "meu editor")
    axe.look("a dialog over the account", ("light", "dark", "phone"))
    page.picture("nested")
    page.press("Nova chave")
    page.appears("dialog .copyable output")
    check(len(page.text("dialog .copyable output")) > 20, "a token for programs is made, and shown once")
    page.press("Fechar")
    page.appears(".tokens li", "meu editor")
    page.press("Revogar a chave meu editor")
    page.appears(".tokens li", "Nenhuma chave")
    check(True, "and taken back")
    page.press("Baixar os meus dados")
    page.wait("it was read", lambda: page.run("return performance.getEntriesByName(location.origin + '/api/account/export').length") > 0)
    if not options.user:
        return page.press("Fechar")
    page.press("Sair")
    page.appears("#gate")
    page.open()
    check(page.there("#gate") and not page.there("#chat"), "signing out leaves nothing behind")


def journey(page, axe, options):
    comes_in(page, axe, options)
    reads(page, axe, options)
    rates(page, axe)
    if options.pdf_question:
        opens_pdf(page, options)
    is_told_honestly(page, options)
    chooses_mode(page, axe)
    keeps_order(page, axe)
    on_a_phone(page, axe)
    speaks_english(page, axe)
    complaints = page.complaints()
    check(not complaints, f"the console is silent {complaints or ''}".strip())
    goes_offline(page)
    leaves(page, axe, options)


def more(arguments):
    arguments.add_argument("--question", default="O que é recursão?")
    arguments.add_argument("--pdf-question", default="", help="one that a PDF of the course answers")
    arguments.add_argument("--absent", default="O que o material cobre sobre as luas de Saturno?")


if __name__ == "__main__":
    sys.exit(travel("student", __doc__, journey, more))
