"""Makes a page of the pictures and of axe's reports that scripts/browser-check left in a folder.

    python Tests/Browser/gallery.py FOLDER
"""

import html
import json
import pathlib
import sys

STYLE = """
body { margin: 2rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1.5rem; align-items: start }
figure { margin: 0 } img { max-width: 100%; border: 1px solid #888 } figcaption { font-size: 0.875rem; overflow-wrap: anywhere }
"""


def reports(folder):
    """A line for each journey: what axe is, how many states it looked at, what it found."""
    for path in sorted(folder.glob("*-axe.json")):
        report = json.loads(path.read_text())
        found = report["violations"]
        name = path.name.removesuffix("-axe.json")
        yield f"{name}: axe-core {report['axe']}, {len(report['looked'])} states, {len(found)} violations"
        yield from (f"— {one['where']}: {one['id']}: {one['help']}" for one in found)


def main():
    folder = pathlib.Path(sys.argv[1])
    pictures = sorted(path.name for path in folder.glob("*.png"))
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in reports(folder))
    figures = "".join(
        f'<figure><a href="{html.escape(name)}"><img src="{html.escape(name)}" alt="" loading="lazy"></a>'
        f"<figcaption>{html.escape(name.removesuffix('.png'))}</figcaption></figure>"
        for name in pictures
    )
    (folder / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>What the browser saw</title><style>{STYLE}</style>'
        f"<h1>What the browser saw</h1><ul>{lines}</ul><main>{figures}</main></html>"
    )
    print(f"{len(pictures)} pictures and what axe says: {folder / 'index.html'}")


if __name__ == "__main__":
    main()
