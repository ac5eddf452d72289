"""How fast `gepeto extract` reads each format, beside the usual converter on the same file.

    throughput.py PROGRAM MARKDOWN_FOLDER [--pdf BOOK.pdf] [--runs 5]

A book in every format is made by pandoc (and openpyxl for sheets) from a folder of Markdown chapters. Both sides then read
it in turn: `gepeto extract --json` in its sandbox with all its limits, and `pdftotext` or `pandoc -t plain` without any.
Prints the median wall time, MB/s and pages/s, the ratio to the peer, and which share of the peer's words is in our text
(letters and digits only, each word counted as often as it stands there). For memory see memory.py.
"""

import argparse
import collections
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata

PANDOC_FORMATS = {"docx": "docx", "odt": "odt", "pptx": "pptx", "epub": "epub", "rtf": "rtf", "html": "html",
                  "tex": "latex", "ipynb": "ipynb", "md": "markdown"}
# What pandoc reads; it writes pptx and reads none.
PANDOC_READS = {"docx": "docx", "odt": "odt", "epub": "epub", "rtf": "rtf", "html": "html", "tex": "latex",
                "ipynb": "ipynb", "md": "markdown", "csv": "csv"}


def make_books(chapters, folder):
    source = folder / "source.md"
    source.write_text("\n\n".join(path.read_text() for path in sorted(chapters.glob("*.md"))))
    for suffix, writer in PANDOC_FORMATS.items():
        command = ["pandoc", "-s", "-f", "markdown", "-t", writer, "--metadata", "title=A book", str(source), "-o",
                   str(folder / f"book.{suffix}")]
        subprocess.run(command, check=True, capture_output=True)
    lines = [line for line in source.read_text().splitlines() if line.strip()]
    rows = [["line", "words", "text"]] + [[str(n), str(len(line.split())), line] for n, line in enumerate(lines, 1)]
    import csv
    with open(folder / "book.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)
    try:
        import openpyxl
        workbook = openpyxl.Workbook(write_only=True)
        sheet = workbook.create_sheet("Book")
        for row in rows:
            sheet.append(row)
        workbook.save(folder / "book.xlsx")
    except ImportError:
        print("openpyxl is not installed: no xlsx", file=sys.stderr)
    (folder / "book.txt").write_text(re.sub(r"[#*_`]", "", source.read_text()))


def timed(command):
    """Wall seconds and what it printed."""
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin, done.stdout


def words(text):
    plain = unicodedata.normalize("NFKC", text).lower()
    return collections.Counter(re.findall(r"[^\W_]+", plain))


def peer_command(path):
    suffix = path.suffix[1:]
    if suffix == "pdf":
        return ["pdftotext", "-enc", "UTF-8", str(path), "-"]
    if suffix in PANDOC_READS:
        return ["pandoc", "-f", PANDOC_READS[suffix], "-t", "plain", "--wrap=none", str(path)]
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("chapters", type=pathlib.Path)
    parser.add_argument("--pdf", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_books(arguments.chapters, folder)
        paths = [path for path in sorted(folder.glob("book.*"))] + arguments.pdf
        print(f"{'file':<22}{'MB':>7}{'ours s':>9}{'MB/s':>8}{'pages/s':>9}{'peer':>11}{'peer s':>9}{'ours/peer':>11}"
              f"{'words':>8}")
        for path in paths:
            ours, theirs = [], []
            peer = peer_command(path)
            for _ in range(arguments.runs):
                ours.append(timed([arguments.program, "extract", "--json", str(path)]))
                if peer:
                    theirs.append(timed(peer))
            seconds = statistics.median(run[0] for run in ours)
            megabytes = path.stat().st_size / 1e6
            try:
                answer = json.loads(ours[-1][1])
                document = answer.get("document", answer)
                document = document.get("_0", document)
                text = document["text"]
            except (ValueError, KeyError, AttributeError):
                print(f"{path.name:<22} not read: {ours[-1][1][:150]!r}")
                continue
            pages = f"{document['pageCount'] / seconds:9.0f}" if document.get("pageCount") else f"{'-':>9}"
            line = f"{path.name:<22}{megabytes:7.2f}{seconds:9.2f}{megabytes / seconds:8.2f}{pages}"
            if peer:
                peer_seconds = statistics.median(run[0] for run in theirs)
                expected = words(theirs[-1][1].decode("utf-8", "replace"))
                found = words(text)
                recall = sum((expected & found).values()) / max(sum(expected.values()), 1)
                line += (f"{peer[0]:>11}{peer_seconds:9.2f}{seconds / peer_seconds:11.2f}{recall:8.4f}")
            else:
                line += f"{'-':>11}{'-':>9}{'-':>11}{'-':>8}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
