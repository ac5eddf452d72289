#!/usr/bin/env python3
"""Compares what the extractor reads with independent readers: python-pptx, openpyxl, EbookLib with BeautifulSoup.

    compare_slides.py EXTRACT FILE…        EXTRACT: a command that takes a file and prints its text, e.g. "gepeto extract"

For each file: how many of the other reader's words (with their number) are in our text, and which are missing. What is left
out on purpose (hidden, repeated or prompting text, contents pages) counts as missing, too.
"""
import collections
import re
import subprocess
import sys

import ebooklib
import openpyxl
from bs4 import BeautifulSoup
from ebooklib import epub
from pptx import Presentation


def shapes(container):
    for shape in container:
        if shape.shape_type == 6:
            yield from shapes(shape.shapes)
        else:
            yield shape


def slides(path):
    for slide in Presentation(path).slides:
        for shape in shapes(slide.shapes):
            if shape.has_text_frame:
                yield shape.text_frame.text
            if getattr(shape, "has_table", False) and shape.has_table:
                for row in shape.table.rows:
                    for cell in row.cells:
                        yield cell.text_frame.text
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            yield slide.notes_slide.notes_text_frame.text


def sheets(path):
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            for value in row:
                if isinstance(value, str):
                    yield value
                elif isinstance(value, (bool, int)):
                    yield str(value).upper()
                elif value is not None and not isinstance(value, float):
                    yield str(value).removesuffix(" 00:00:00").removesuffix(":00")


def book(path):
    made = epub.read_epub(path)
    for identifier, _ in made.spine:
        item = made.get_item_with_id(identifier)
        if item is not None and item.get_type() == ebooklib.ITEM_DOCUMENT:
            soup = BeautifulSoup(item.get_content(), "html.parser")
            for part in soup(["script", "style", "title"]):
                part.decompose()
            yield soup.get_text(" ")


READERS = {"pptx": slides, "xlsx": sheets, "epub": book}


def words(text):
    return collections.Counter(re.findall(r"\w+", text.lower()))


for path in sys.argv[2:]:
    name = path.rsplit("/", 1)[1]
    try:
        theirs = words("\n".join(READERS[path.rsplit(".", 1)[1]](path)))
    except Exception as error:
        print(f"{name:36} the other reader fails: {type(error).__name__}")
        continue
    run = subprocess.run(sys.argv[1].split() + [path], capture_output=True, text=True, timeout=120)
    missing = theirs - words(run.stdout)
    total = sum(theirs.values())
    print(f"{name:36} {total - sum(missing.values()):6} of {total:6}  {dict(missing.most_common(12)) or ''}")
