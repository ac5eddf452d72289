"""Runs axe-core on what a page shows. The script comes with the PyPI package axe-playwright-python, of which nothing else
is used (scripts/setup installs it without its dependencies)."""

import importlib.util
import json
import pathlib

from page_check import Failed

SCHEMES = {"light": "desktop-light", "dark": "desktop-dark", "phone": "phone-light", "phone dark": "phone-dark"}
OPTIONS = {"resultTypes": ["violations"], "iframes": False}


def script():
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        raise Failed("axe-playwright-python is missing: scripts/setup --all")
    return (pathlib.Path(package.origin).parent / "axe.min.js").read_text()


class Axe:
    """Looks at the page in both colour schemes, wide and on a phone, and keeps what it found for `write`."""

    def __init__(self, page):
        self.page, self.source = page, script()
        self.found, self.looked, self.version = [], [], "not run"

    def look(self, what, sights=("light", "dark", "phone", "phone dark")):
        violations = []
        for sight in sights:
            self.page.see(SCHEMES[sight])
            self.looked.append(f"{what}, {sight}")
            violations += self.violations(f"{what}, {sight}")
        self.page.see("desktop-light")
        self.found += violations
        for one in violations:
            print(f"    axe: {one['where']}: {one['id']}: {one['help']}: {'; '.join(one['nodes'])}")
        if violations:
            raise Failed(f"axe finds nothing to complain of: {what}")
        print(f"ok  axe finds nothing to complain of: {what} ({', '.join(sights)})")

    def violations(self, where):
        if not self.page.run("return typeof axe !== 'undefined'"):
            self.page.run(self.source + "; window.axe = axe;")
        found = self.page.driver.execute_async_script(
            "const done = arguments[1]; axe.run(document, arguments[0]).then(done, (e) => done({error: String(e)}));", OPTIONS
        )
        if "error" in found:
            raise Failed(f"axe ended with {found['error']}")
        self.version = found["testEngine"]["version"]
        return [
            {
                "where": where,
                "id": one["id"],
                "help": one["help"],
                "nodes": [f"{node['target']} {node.get('failureSummary', '')[:160]}" for node in one["nodes"][:4]],
            }
            for one in found["violations"]
        ]

    def write(self, folder, name):
        if folder:
            report = {"axe": self.version, "looked": self.looked, "violations": self.found}
            (folder / f"{name}-axe.json").write_text(json.dumps(report, ensure_ascii=False, indent=2))
