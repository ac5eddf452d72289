"""What both journeys are made of: find by what a person sees, press, type, wait."""

import argparse
import pathlib
import sys

from axe import Axe
from page_check import SIGHTS, Failed, Page


class Traveller(Page):
    """A page whose parts are found by what they say."""

    def __init__(self, url, pictures, name, language="pt-BR,pt"):
        super().__init__(url, pictures, language)
        self.name, self.count = name, 0
        self.see("desktop-light")

    def picture(self, name):
        """Numbered in the order of the journey."""
        if self.pictures:
            self.count += 1
            super().picture(f"{self.name}-{self.count:02}-{name}")

    def both(self, name):
        """Wide, on a phone, and in the dark; nothing may be wider than the window."""
        for sight in ("phone-light", "desktop-dark", "desktop-light"):
            self.see(sight)
            self.picture(f"{name}-{sight}")
            if (wide := self.run("return document.documentElement.scrollWidth")) > SIGHTS[sight][0]:
                raise Failed(f"{name} is {wide} px wide in a window of {SIGHTS[sight][0]} px")

    def press(self, words, within="body", seconds=20):
        """The button or link that is called so, as far as it can be seen; an open dialog lies over all else."""
        script = """
            const [words, within] = arguments;
            const name = (node) => (node.getAttribute('aria-label') ?? node.textContent).trim();
            const modal = [...document.querySelectorAll('dialog:modal')].at(-1);
            const place = modal ?? document.querySelector(within) ?? document.body;
            const found = [...place.querySelectorAll('button, a, label.choose')]
                .find((node) => node.checkVisibility({visibilityProperty: true}) && !node.disabled && name(node) === words);
            found?.click();
            return found !== undefined;"""
        self.wait(f"there is “{words}” to press", lambda: self.run(script, words, within), seconds)

    def fill(self, label, value):
        """The field with that label; a choice takes the value that it sends."""
        script = """
            const [label, value] = arguments;
            const modal = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
            const found = [...modal.querySelectorAll('label')]
                .find((node) => node.checkVisibility() && node.textContent.trim() === label && node.control)?.control
                ?? modal.querySelector(`[aria-label="${label}"]`);
            if (!found) return false;
            found.focus();
            if (found.type === 'checkbox') { if (found.checked !== value) found.click(); return true; }
            found.value = value;
            found.dispatchEvent(new Event('input', {bubbles: true}));
            found.dispatchEvent(new Event('change', {bubbles: true}));
            return true;"""
        self.wait(f"there is a field “{label}”", lambda: self.run(script, label, value), 20)

    def wait(self, what, holds, seconds=60):
        from selenium.common.exceptions import TimeoutException
        from selenium.webdriver.support.ui import WebDriverWait

        try:
            return WebDriverWait(self.driver, seconds, poll_frequency=0.1).until(lambda _: holds())
        except TimeoutException:
            raise Failed(f"waited {seconds} s in vain until {what}") from None

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def there(self, selector):
        return self.run("return document.querySelector(arguments[0])?.checkVisibility() === true", selector)

    def appears(self, selector, words="", seconds=60):
        """Until the part is seen and holds the words."""
        script = """
            return [...document.querySelectorAll(arguments[0])]
                .some((node) => node.checkVisibility() && node.textContent.includes(arguments[1]));"""
        self.wait(f"{selector} shows “{words}”", lambda: self.run(script, selector, words), seconds)

    def vanishes(self, selector, seconds=30):
        self.wait(f"{selector} is gone", lambda: not self.there(selector), seconds)

    def fits(self):
        """Nothing is wider than the window, on the narrowest phone."""
        self.see("narrow")
        wide = self.run("return document.documentElement.scrollWidth")
        self.see("desktop-light")
        return wide <= 320


def sign_in(page, user, password):
    page.appears("#gate")
    page.run("for (const name of ['user', 'password']) document.querySelector(`#gate [name=${name}]`).value = ''")
    page.run("document.querySelector('#gate [name=user]').value = arguments[0]", user)
    page.run("document.querySelector('#gate [name=password]').value = arguments[0]", password)
    page.run("document.querySelector('#gate-form').requestSubmit()")


def change_first_password(page, axe, password, own):
    """After a password that was given: one of one's own. Does nothing when none is asked for."""
    page.appears("#gate [name=current], #chat #welcome, #desk h1, #gate .problem")
    if not page.there("#gate [name=current]"):
        return False
    axe.look("the first password", ("light", "dark", "phone"))
    page.run("document.querySelector('#gate [name=current]').value = arguments[0]", password)
    page.run("document.querySelector('#gate [name=password]').value = arguments[0]", own)
    page.run("document.querySelector('#gate-form').requestSubmit()")
    page.vanishes("#gate")
    print("ok  a password that was given is changed at the first sign-in")
    return True


def travel(name, description, journey, more=lambda arguments: None):
    """Runs `journey(page, axe, options)`; exit code 1 and the reason when a step does not hold."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("url")
    arguments.add_argument("--user", help="who signs in; left out on a server that is open")
    arguments.add_argument("--password", default="correct horse", help="if it has to be changed, --own is the next one")
    arguments.add_argument("--own", default="a sentence of my own")
    arguments.add_argument("--pictures", type=pathlib.Path, help="folder for PNG screenshots and the report of axe")
    more(arguments)
    options = arguments.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    page = None
    try:
        page = Traveller(options.url, options.pictures, name)
        axe = Axe(page)
        try:
            journey(page, axe, options)
        finally:
            # What was found matters most when a step fails.
            axe.write(options.pictures, name)
    except Failed as failure:
        print(f"FAILED  {failure}", file=sys.stderr)
        if page:
            page.picture("failed")
            for complaint in page.complaints():
                print(f"        console: {complaint}", file=sys.stderr)
        return 1
    finally:
        if page:
            page.driver.quit()
    print(f"the {name}'s journey holds; axe {axe.version}: no violations")
    return 0
