"""The widget on a page of another site, in a real Chromium: opened, asked through, closed; refused where it is not allowed.

    python Tests/Browser/widget_check.py PATH-TO-gepeto [--pictures FOLDER]

The surrounding page is served on a port of its own with the strictest policy that a widget can have. Prints one line a step.
"""

import argparse
import functools
import http.server
import os
import pathlib
import shutil
import sys
import tempfile
import threading

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "EndToEnd"))
from harness import COURSE, Server, check, clean_environment, end_with, ingest_corpus  # noqa: E402

QUESTION = "O que é recursão?"


class Host(http.server.BaseHTTPRequestHandler):
    """A page of a site that has the widget's script tag, and nothing else that may run."""

    def __init__(self, tutor, *arguments):
        self.tutor = tutor
        super().__init__(*arguments)

    def do_GET(self):
        body = (f'<!doctype html><html lang="pt"><meta name="viewport" content="width=device-width"><title>Moodle</title>'
                f'<h1>Algoritmos I</h1><script src="{self.tutor}/widget.js" data-course="{COURSE}" defer></script>').encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy",
                         f"default-src 'none'; script-src {self.tutor}; frame-src {self.tutor}; style-src 'none'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def browser():
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else []):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = shutil.which("chromium")
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


def size(driver, width, height):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})


def within(driver):
    """The widget's button and panel, in its shadow tree."""
    find = "const root = [...document.body.children].map((e) => e.shadowRoot).find(Boolean); return root && root.querySelector(arguments[0])"
    button = WebDriverWait(driver, 20).until(lambda d: d.execute_script(find, "button"))
    return button, driver.execute_script(find, "#panel")


def use(driver, url, pictures):
    for name, (width, height) in {"desktop": (1200, 800), "phone": (360, 740)}.items():
        size(driver, width, height)
        driver.get(url)
        button, panel = within(driver)
        check(not panel.is_displayed() and button.get_attribute("aria-expanded") == "false", "it is open before it is wanted")
        check(button.get_attribute("aria-label") == "Perguntar ao tutor do curso", "the button has no name")
        button.click()
        box = panel.rect
        check(box["width"] == width if name == "phone" else box["width"] == 420, f"{name}: {box}")
        driver.switch_to.frame(panel.find_element(By.TAG_NAME, "iframe"))
        field = WebDriverWait(driver, 30).until(lambda d: next(
            (e for e in d.find_elements(By.ID, "question") if e.is_displayed()), None))
        field.send_keys(QUESTION + Keys.ENTER)
        WebDriverWait(driver, 60).until(lambda d: "[1]" in d.find_element(By.TAG_NAME, "body").text
                                        or d.find_elements(By.CSS_SELECTOR, "[class*=cit], .marker, a[href*='/content']"))
        if pictures:
            driver.switch_to.default_content()
            driver.save_screenshot(str(pathlib.Path(pictures, f"widget-{name}.png")))
        driver.switch_to.default_content()
        button.click()
        check(not panel.is_displayed(), "it does not close")
        print(f"{name}: opened, a question answered within the frame, closed")
    severe = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE" and "favicon" not in entry["message"]]
    check(not severe, f"the console: {severe}")


def be_refused(driver, url):
    driver.get(url)
    button, panel = within(driver)
    button.click()
    driver.switch_to.frame(panel.find_element(By.TAG_NAME, "iframe"))
    WebDriverWait(driver, 20).until(lambda d: d.execute_script("return document.readyState") == "complete")
    check(not driver.find_elements(By.ID, "question"), "a site that is not allowed shows the page")
    driver.switch_to.default_content()
    driver.get_log("browser")
    print("a site that is not listed: the browser refuses the frame")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, log = str(pathlib.Path(folder, "data")), pathlib.Path(folder, "log")
        environment = clean_environment(GEPETO_LOG_LEVEL="warning")
        ingest_corpus(arguments.program, data, environment)
        for is_listed in (True, False):
            host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), None)
            url = f"http://127.0.0.1:{host.server_port}"
            listed = {"GEPETO_EMBED_ORIGINS": f"https://moodle.example.org, {url}"} if is_listed else {}
            server = Server(arguments.program, data, environment | listed, log)
            host.RequestHandlerClass = functools.partial(Host, server.url.replace("127.0.0.1", "localhost"))
            threading.Thread(target=host.serve_forever, daemon=True).start()
            driver = browser()
            try:
                if is_listed:
                    use(driver, url, arguments.pictures)
                else:
                    be_refused(driver, url)
            finally:
                driver.quit()
                host.shutdown()
                server.stop()
    return 0


if __name__ == "__main__":
    end_with(main)
