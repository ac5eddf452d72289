"""Writes stems/english.txt and stems/portuguese.txt: a word and its stem a line, by PyStemmer (Snowball's own C code).

    python Tests/SupportTests/Fixtures/make_stems.py CORPUS.jsonl...

The words are those of the corpora (BEIR form) by their number, as they are written in lower case, and awkward ones: for
English the words without marks, for Portuguese those of Latin-1 letters. Made with PyStemmer 3.1.0.
"""

import collections
import json
import pathlib
import re
import sys

import Stemmer

LIMIT = 21_000
ENDINGS = """'s ' s es ed ing ingly edly ly li ational tional ization izer ator iveness fulness ousness alism ogist ogi lessli
    ement ment ent ion e l ll eed eedly ied ies sses us y ção ções são sões ável ível áveis amente mente idade idades
    iva ivo ência ências logia uciva ução uções eira eiras asse íssemos ávamos aríeis ço ça gue que cia ice é ê"""
ROOTS = """a b y succ proc exc even cann inn earr herr out past gener commun arsen univers later emerg organ inter sk news
    how atlas cosmos bias andes early only d l t dy yy ayy hop hopp fil fail tr crit bl at iz rapp add egg off ebb ação u
    c g ig ic at ativ iv os ad ant abil fal com part prefer uni vi la pa ma cor ra á é í ão õe que caf guard tranq"""


def main():
    counts = collections.Counter()
    for name in sys.argv[1:]:
        for line in open(name, encoding="utf-8"):
            document = json.loads(line)
            counts.update(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", f"{document.get('title', '')} {document['text']}".lower()))
    awkward = [root + ending for root in ROOTS.split() for ending in ENDINGS.split()] + ROOTS.split()
    folder = pathlib.Path(__file__).parent / "stems"
    for language, letters in (("english", r"[a-z']+"), ("portuguese", r"[a-zà-öø-ÿ]+")):
        stemmer = Stemmer.Stemmer(language)
        usual = [word for word, _ in counts.most_common() if re.fullmatch(letters, word)]
        if language == "portuguese":
            usual.sort(key=lambda word: (word.isascii(), -counts[word]))
            usual = usual[:LIMIT // 2] + [word for word, _ in counts.most_common() if word.isascii() and word.isalpha()]
        words = list(dict.fromkeys(usual))[:LIMIT]
        words = sorted(set(words) | {word for word in awkward if re.fullmatch(letters, word)})
        (folder / f"{language}.txt").write_text("".join(f"{word} {stemmer.stemWord(word)}\n" for word in words),
                                                encoding="utf-8")


if __name__ == "__main__":
    main()
