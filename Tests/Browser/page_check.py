"""Drives the page in a real Chromium against a running server: ask, watch, cite, read the passage, by keyboard too.

    python Tests/Browser/page_check.py http://127.0.0.1:8000 [--question TEXT] [--pictures FOLDER]

Needs `selenium` (PyPI) and Debian's `chromium` and `chromium-driver`. Each step prints one line; the first that fails
ends the run with exit code 1 and the reason. The question must be one that the course answers.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys

from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

# How the page is looked at: width, height and colour scheme.
SIGHTS = {
    "desktop-light": (1280, 860, "light"),
    "desktop-dark": (1280, 860, "dark"),
    "phone-light": (360, 740, "light"),
    "phone-dark": (360, 740, "dark"),
    "narrow": (320, 640, "light"),
}


class Failed(Exception):
    """A step did not hold; the text says which."""


class Page:
    """The browser with the page open, and what the steps need of it."""

    def __init__(self, url, pictures, language):
        options = webdriver.ChromeOptions()
        options.add_argument("--headless=new")
        options.add_argument("--disable-dev-shm-usage")
        options.add_argument(f"--accept-lang={language}")
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.prepare(options)
        # Named outright, or selenium would look for a browser of its own on the network.
        browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if not browser or not driver:
            raise Failed("chromium or chromedriver is missing: apt-get install chromium chromium-driver")
        options.binary_location = browser
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        self.url, self.pictures = url.rstrip("/") + "/", pictures

    def prepare(self, options):
        """What else this browser is started with."""

    def see(self, sight):
        width, height, scheme = SIGHTS[sight]
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
        )
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {
                "features": [
                    {"name": "prefers-color-scheme", "value": scheme},
                    {"name": "prefers-reduced-motion", "value": "reduce"},
                ]
            },
        )

    def open(self):
        self.driver.get(self.url)
        self.until("the page is ready", "return document.documentElement.dataset.ready === 'true'")

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def until(self, what, script, seconds=60):
        try:
            return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(
                lambda driver: driver.execute_script(script)
            )
        except TimeoutException:
            raise Failed(f"waited {seconds} s in vain until {what}") from None

    def picture(self, name):
        if self.pictures:
            self.driver.save_screenshot(str(self.pictures / f"{name}.png"))

    def keys(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def check(holds, what):
    if not holds:
        raise Failed(what)
    print(f"ok  {what}")


def steps(page, question):
    page.see("desktop-light")
    page.open()
    page.picture("welcome")
    check(page.run("return document.documentElement.lang") == "pt", "the page speaks the browser's language")
    check(not page.run("return document.querySelector('#problem').textContent"), "the page opens without a complaint")

    # Keyboard only: the first Tab is the skip link, and the question is reached without a mouse.
    page.run("document.activeElement.blur()")
    page.keys(Keys.TAB)
    check(page.run("return document.activeElement.className") == "skip", "the first Tab reaches the skip link")
    reached = False
    for _ in range(20):
        page.keys(Keys.TAB)
        if reached := page.run("return document.activeElement.id") == "question":
            break
    check(reached, "Tab reaches the question")
    page.keys(question)
    page.keys(Keys.ENTER)
    page.until("the question is shown", "return document.querySelector('.question p')?.textContent")
    check(page.run("return document.querySelector('.question p').textContent") == question, "Enter asks the question")

    # Each text that was shown, from the first frame on: the proof that it streamed.
    page.run("""
        window.seen = [];
        const look = () => {
            const text = document.querySelector('.body')?.textContent ?? '';
            if (text && text !== window.seen.at(-1)) window.seen.push(text);
            if (document.querySelector('.answer').getAttribute('aria-busy') === 'true') requestAnimationFrame(look);
        };
        look();""")
    page.until("words come", "return document.querySelector('.answer .body').textContent.length > 0")
    page.picture("streaming")
    page.until(
        "the answer is ready", "return document.querySelector('.answer').getAttribute('aria-busy') === 'false'", 120
    )
    check(not page.run("return document.querySelector('.failed')?.textContent ?? ''"), "the answer is no error")
    frames = page.run("return window.seen.length")
    # Quoting is over within a frame or two; how a slow answer grows is checked by story_check.py.
    check(frames >= 1, f"the answer was watched while it came ({frames} different texts)")
    spoken = page.run("return document.querySelector('#announcer').textContent")
    check(len(spoken) > 20, "the answer is announced to screen readers")
    page.picture("answer")

    markers = page.run("return document.querySelectorAll('.marker').length")
    check(markers > 0, f"the answer cites ({markers} markers)")
    page.run("document.querySelector('.marker').focus()")
    page.keys(Keys.ENTER)
    page.until("the passage opens", "return document.querySelector('#passage').open")
    passage = page.run("return document.querySelector('#passage-text').textContent")
    marked = page.run("return document.querySelector('#passage mark')?.textContent ?? ''")
    check(
        len(page.run("return document.querySelector('#passage-title').textContent")) > 0, "the panel names the document"
    )
    check(
        0 < len(marked) <= len(passage) and marked in passage,
        f"the quote is highlighted in its passage ({len(marked)} of {len(passage)} characters)",
    )
    check(
        page.run("return document.querySelector('#passage').contains(document.activeElement)"),
        "the focus is inside the panel",
    )
    for sight in SIGHTS:
        page.see(sight)
        page.picture(f"passage-{sight}")
    page.see("desktop-light")
    page.keys(Keys.ESCAPE)
    check(not page.run("return document.querySelector('#passage').open"), "Escape closes the panel")
    check(page.run("return document.activeElement.className") == "marker", "the focus is back on the citation")

    for sight, (width, _, _) in SIGHTS.items():
        page.see(sight)
        page.picture(f"answer-{sight}")
        wide = page.run("return document.documentElement.scrollWidth")
        check(wide <= width, f"nothing is wider than the window of {width} px ({sight})")
    page.see("desktop-light")
    check(contrast_holds(page), "text has a contrast of at least 4.5 in both colour schemes")

    page.open()
    page.until("the history is back", "return document.querySelectorAll('.turn').length === 1")
    check(
        page.run("return document.querySelector('.question p').textContent") == question,
        "a reload brings the conversation back",
    )
    page.until("its answer is back", "return document.querySelectorAll('.marker').length > 0")
    check(True, "the citations are back too")

    page.run(
        "document.querySelector('#language').value = 'en'; document.querySelector('#language').dispatchEvent(new Event('change'))"
    )
    check(page.run("return document.querySelector('#send').textContent") == "Ask", "the language can be switched")
    page.open()
    check(page.run("return document.documentElement.lang") == "en", "the choice of language is remembered")
    complaints = page.complaints()
    check(not complaints, f"the console is silent {json.dumps(complaints) if complaints else ''}".strip())


def contrast_holds(page):
    """WCAG 2 contrast of each text on the page against the first opaque background behind it, in both schemes."""
    script = """
        const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const light = (colour) => { const [r, g, b] = numbers(colour); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
        const behind = (node) => { for (; node; node = node.parentElement) {
            const colour = getComputedStyle(node).backgroundColor, alpha = numbers(colour)[3] ?? 1;
            if (colour.startsWith('rgb') && alpha === 1) return colour; } return 'rgb(255, 255, 255)'; };
        const bad = [];
        for (const node of document.querySelectorAll('body *')) {
            if (!node.checkVisibility() || ![...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim())) continue;
            const a = light(getComputedStyle(node).color), b = light(behind(node));
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) bad.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
        }
        return bad;"""
    bad = []
    for sight in ("desktop-light", "desktop-dark"):
        page.see(sight)
        bad += page.run(script)
    page.see("desktop-light")
    if bad:
        print("    too faint:", ", ".join(bad))
    return not bad


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("url")
    arguments.add_argument("--question", default="O que é recursão?")
    arguments.add_argument("--pictures", type=pathlib.Path, help="folder for PNG screenshots")
    options = arguments.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    try:
        page = Page(options.url, options.pictures, "pt-BR,pt")
    except Failed as failure:
        print(f"FAILED  {failure}", file=sys.stderr)
        return 1
    try:
        steps(page, options.question)
    except Failed as failure:
        page.picture("failed")
        print(f"FAILED  {failure}", file=sys.stderr)
        for complaint in page.complaints():
            print(f"        console: {complaint}", file=sys.stderr)
        return 1
    finally:
        page.driver.quit()
    print("the page holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
