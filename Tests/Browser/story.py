"""What the stories of the page are made of: ask, sign in, look."""

ENDED = "return document.querySelector('.turn:last-child .answer')?.getAttribute('aria-busy') === 'false'"
WORDS = "return document.querySelector('.turn:last-child .body').textContent"


def ask(page, question):
    turns = page.run("return document.querySelectorAll('.turn').length")
    page.run(
        "document.querySelector('#question').value = arguments[0]; document.querySelector('#composer').requestSubmit()",
        question,
    )
    page.until("the turn is there", f"return document.querySelectorAll('.turn').length === {turns + 1}")


def look(page, what, sights=("light", "dark", "phone")):
    """By the eyes of axe."""
    page.axe.look(what, sights)


def sign_in(page, user):
    page.until("the sign-in is there", "return document.querySelector('#gate-form') !== null")
    page.run("""
        document.querySelector('#gate [name=user]').value = arguments[0];
        document.querySelector('#gate [name=password]').value = 'correct horse';
        document.querySelector('#gate-form').requestSubmit();""", user)
    page.until("somebody is in", "return document.querySelector('#gate').hidden")
