"""Stories of who signs in, of courses that are closed, and of what staff have under way: played by story_check.py."""

import time

from page_check import check
from story import ENDED, WORDS, ask, look, sign_in


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


def closed_course(page):
    page.open()
    sign_in(page, "ana")
    page.until("it is said", "return document.querySelector('#closed').checkVisibility()")
    words = page.run("return document.querySelector('#closed').textContent")
    check(words.startswith("Prova P1. Fechada até "), f"a course that is closed says so before a question is written ({words})")
    look(page, "a course that is closed")


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
