"""Which words that pandoc finds in office documents our text lacks.

    office_words.py PROGRAM FILE...

PROGRAM is `gepeto`, or anything that takes `extract FILE`. Each file is read by both; a word counts as often as it
stands there. Formulas differ by design (pandoc prints TeX), and so do tables of contents, which we leave out; the words
that are missing are printed, so that each can be judged.
"""

import collections
import re
import resource
import subprocess
import sys
import unicodedata

KINDS = {"docx": "docx", "docm": "docx", "doc": "docx", "odt": "odt"}


def words(text):
    text = unicodedata.normalize("NFKC", text)
    # The kinds of blocks and marks of notes are our own.
    return collections.Counter(re.findall(r"[^\W\d_]{2,}", text.lower()))


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


def run(command):
    result = subprocess.run(command, capture_output=True, timeout=120, preexec_fn=limited)
    return result.stdout.decode("utf-8", "replace") if result.returncode == 0 else None


total = found = 0
for path in sys.argv[2:]:
    kind = KINDS.get(path.rsplit(".", 1)[-1].lower())
    theirs = kind and run(["pandoc", "-f", kind, "-t", "plain", "--wrap=none", path])
    ours = run([sys.argv[1], "extract", path])
    if not theirs or ours is None:
        print(f"{path.rsplit('/', 1)[-1]:36} {'not read by pandoc' if not theirs else 'not read by us'}")
        continue
    lines = [line for line in ours.split("\n") if not re.fullmatch(r"\[(heading|paragraph|list|table|code)( \d)?\]", line)]
    theirs, ours = words(theirs), words("\n".join(lines))
    missing = theirs - ours
    total += theirs.total()
    found += theirs.total() - missing.total()
    share = 1 - missing.total() / max(theirs.total(), 1)
    print(f"{path.rsplit('/', 1)[-1]:36} {theirs.total():6} words {share:7.2%}  {' '.join(sorted(missing)[:12])}")
print(f"{'all':36} {total:6} words {found / max(total, 1):7.2%}")
