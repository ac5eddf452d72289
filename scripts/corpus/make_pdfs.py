#!/usr/bin/env python3
"""Makes the PDF handouts of the corpus from scripts/corpus/handouts/*.md.

The Markdown understood here is the little that the handouts use: headings, paragraphs, lists, fenced code,
pipe tables, `code`, **bold** and *italic*. Each page carries a running head and "page n of m", as printed
handouts do, so that page numbers in citations mean something and extractors meet real furniture.

The output depends on nothing but the sources and the library (no dates, no random ids), so making it twice
gives the same bytes.

    pip install reportlab==5.1.0        fonts: apt-get install fonts-dejavu-core fonts-dejavu-extra
    python3 scripts/corpus/make_pdfs.py
"""

import argparse
import io
import pathlib
import re
import sys

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Preformatted,
    Table,
    TableStyle,
)

HERE = pathlib.Path(__file__).resolve().parent
FONTS = {
    "Body": "DejaVuSerif.ttf",
    "Body-Bold": "DejaVuSerif-Bold.ttf",
    "Body-Italic": "DejaVuSerif-Italic.ttf",
    "Body-BoldItalic": "DejaVuSerif-BoldItalic.ttf",
    "Code": "DejaVuSansMono.ttf",
}

BODY = ParagraphStyle("body", fontName="Body", fontSize=10, leading=14.5, spaceAfter=6)
NUMBERED = ParagraphStyle("numbered", parent=BODY, leftIndent=18, bulletFontName="Body", bulletFontSize=10, spaceAfter=3)
BULLET = ParagraphStyle("bullet", parent=NUMBERED, leftIndent=10)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=8.5, leading=11.5, spaceAfter=0)
CODE = ParagraphStyle(
    "code", fontName="Code", fontSize=8.5, leading=11, leftIndent=8, spaceBefore=3, spaceAfter=9
)
HEADINGS = {
    1: ParagraphStyle("h1", fontName="Body-Bold", fontSize=18, leading=23, spaceAfter=10),
    2: ParagraphStyle("h2", fontName="Body-Bold", fontSize=13, leading=17, spaceBefore=10, spaceAfter=5, keepWithNext=1),
    3: ParagraphStyle("h3", fontName="Body-Bold", fontSize=11, leading=15, spaceBefore=7, spaceAfter=4, keepWithNext=1),
}


def register_fonts(folder: pathlib.Path) -> None:
    for name, file in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily(
        "Body", normal="Body", bold="Body-Bold", italic="Body-Italic", boldItalic="Body-BoldItalic"
    )


def check_glyphs(text: str, source: pathlib.Path) -> None:
    """A character without a glyph would print as an empty box and be lost for the reader."""
    for font in ("Body", "Body-Bold", "Code"):
        known = pdfmetrics.getFont(font).face.charToGlyph
        missing = {c for c in text if ord(c) not in known and c != "\n"}
        if missing:
            sys.exit(f"{source.name}: {FONTS[font]} has no glyph for {sorted(missing)}")


def inline(text: str) -> str:
    """Markdown spans to the markup of reportlab's Paragraph; code spans are taken out first."""
    parts = re.split(r"(`[^`]+`)", text)
    out = []
    for part in parts:
        code = part.startswith("`") and part.endswith("`") and len(part) > 2
        plain = (part[1:-1] if code else part).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if code:
            out.append(f'<font name="Code">{plain}</font>')
        else:
            plain = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", plain)
            out.append(re.sub(r"(?<![\w*])\*(?!\s)(.+?)\*(?!\w)", r"<i>\1</i>", plain))
    return "".join(out)


def table(rows: list[str], width: float) -> Table:
    cells = [[c.strip() for c in row.strip().strip("|").split("|")] for row in rows]
    cells = [cells[0]] + cells[2:]  # the second line is the ruler
    columns = list(zip(*cells))
    # No word may be broken: a column is at least as wide as its longest word; the rest is shared by text length.
    least = [
        max(pdfmetrics.stringWidth(word.strip("`*"), "Body-Bold", CELL.fontSize)
            for c in column for word in c.split() or [""])
        + 14 for column in columns
    ]
    share = [min(max(len(c) for c in column), 40) for column in columns]
    spare = max(width - sum(least), 0)
    widths = [m + spare * s / sum(share) for m, s in zip(least, share)]
    data = [
        [Paragraph(f"<b>{inline(c)}</b>" if n == 0 else inline(c), CELL) for c in row] for n, row in enumerate(cells)
    ]
    made = Table(data, colWidths=widths, repeatRows=1, spaceBefore=3, spaceAfter=9, hAlign="LEFT")
    made.setStyle(TableStyle([
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e8e8e8")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]))
    return made


def flowables(body: str, width: float) -> list:
    story, lines, i = [], body.split("\n"), 0
    while i < len(lines):
        line = lines[i]
        if not line.strip():
            i += 1
        elif line.startswith("```"):
            end = next(j for j in range(i + 1, len(lines)) if lines[j].startswith("```"))
            block = Preformatted("\n".join(lines[i + 1:end]), CODE)
            story.append(KeepTogether([block]) if end - i < 24 else block)
            i = end + 1
        elif match := re.match(r"(#{1,3}) (.+)", line):
            heading = Paragraph(inline(match[2]), HEADINGS[len(match[1])])
            heading.outline = (len(match[1]) - 1, match[2])
            story.append(heading)
            i += 1
        elif line.startswith("|"):
            end = i
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            story.append(table(lines[i:end], width))
            i = end
        elif re.match(r"(- |\d+\. )", line):
            # The mark shares the first line's baseline and size and stands near it: extractors then read one line.
            while i < len(lines) and (item := re.match(r"(-|\d+\.) (.+)", lines[i])):
                style, mark = (BULLET, "•") if item[1] == "-" else (NUMBERED, item[1])
                story.append(Paragraph(inline(item[2]), style, bulletText=mark))
                i += 1
        else:
            end = i
            while end < len(lines) and lines[end].strip() and not re.match(r"(#{1,3} |```|\||- |\d+\. )", lines[end]):
                end += 1
            story.append(Paragraph(inline(" ".join(lines[i:end])), BODY))
            i = end
    return story


class Handout(BaseDocTemplate):
    """A4, one column, running head above and page number below."""

    def __init__(self, target, fields: dict, pages: int):
        super().__init__(target, pagesize=A4, leftMargin=24 * mm, rightMargin=24 * mm, topMargin=26 * mm,
                         bottomMargin=24 * mm, title=fields["title"], author="COMP1010", lang=fields["language"],
                         invariant=1)
        self.fields, self.pages = fields, pages
        frame = Frame(self.leftMargin, self.bottomMargin, self.width, self.height, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self.furniture))

    def furniture(self, canvas, _):
        canvas.saveState()
        canvas.setFont("Body", 8)
        canvas.drawString(self.leftMargin, A4[1] - 16 * mm, self.fields["head"])
        canvas.line(self.leftMargin, A4[1] - 18 * mm, A4[0] - self.rightMargin, A4[1] - 18 * mm)
        label = self.fields["page"].format(page=canvas.getPageNumber(), pages=self.pages)
        canvas.drawCentredString(A4[0] / 2, 13 * mm, label)
        canvas.restoreState()

    def afterFlowable(self, flowable):
        if hasattr(flowable, "outline"):
            level, text = flowable.outline
            key = f"{self.page}-{text}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text.replace("`", ""), key, level)


def make(source: pathlib.Path, target: pathlib.Path) -> int:
    text = source.read_text(encoding="utf-8")
    check_glyphs(text, source)
    _, head, body = text.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in head.strip().split("\n"))
    width = A4[0] - 48 * mm
    draft = Handout(io.BytesIO(), fields, 0)  # once to count the pages
    draft.build(flowables(body, width))
    pages = draft.page
    Handout(str(target), fields, pages).build(flowables(body, width))
    return pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--fonts", type=pathlib.Path, default=pathlib.Path("/usr/share/fonts/truetype/dejavu"))
    parser.add_argument("--output", type=pathlib.Path, default=HERE.parent.parent / "corpus")
    arguments = parser.parse_args()
    register_fonts(arguments.fonts)
    for source in sorted((HERE / "handouts").glob("*.md")):
        target = arguments.output / (source.stem + ".pdf")
        print(f"{target.name}: {make(source, target)} pages, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
