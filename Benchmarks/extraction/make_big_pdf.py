#!/usr/bin/env python3
"""Makes a book of 1,600 pages (about 5 MB) for measuring extraction: `make_big_pdf.py OUT [PAGES]`.

Needs reportlab (PyPI). Chapters with an outline, sections, prose over page breaks, bullet lists, programs, tables with
a head row, running heads that differ left and right, and page numbers. The same arguments give the same book.
"""

import random
import sys

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.platypus import (BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph, Preformatted, Spacer, Table,
                                TableStyle)

rl_config.invariant = 1
WORDS = """algoritmo dados estrutura lista árvore grafo vértice aresta função recursão ordenação busca tabela memória
tempo custo pior caso médio prova indução laço variável ponteiro fila pilha heap chave valor índice nó raiz folha
caminho ciclo peso mínimo máximo soma vetor matriz linha coluna the of a system memory process network layer packet
queue schedule page frame cache index query transaction lock thread message protocol model error rate sample mean
variance vector space basis linear map limit series integral proof theorem lemma graph tree search sort hash""".split()

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=10.5, leading=13, firstLineIndent=12)
BULLET = ParagraphStyle("bullet", parent=BODY, leftIndent=18, bulletIndent=6, firstLineIndent=0)
CHAPTER = ParagraphStyle("chapter", fontName="Helvetica-Bold", fontSize=22, leading=28, spaceAfter=18)
SECTION = ParagraphStyle("section", fontName="Helvetica-Bold", fontSize=14, leading=18, spaceBefore=10, spaceAfter=6)
CODE = ParagraphStyle("code", fontName="Courier", fontSize=9, leading=11)


def sentence(rng):
    words = [rng.choice(WORDS) for _ in range(rng.randint(8, 22))]
    return words[0].capitalize() + " " + " ".join(words[1:]) + "."


def paragraph(rng):
    return Paragraph(" ".join(sentence(rng) for _ in range(rng.randint(4, 9))), BODY)


class Book(BaseDocTemplate):
    chapter = ""

    def handle_flowable(self, flowables):
        first = flowables[0]
        if getattr(first, "gepeto", None):
            level, text, key = first.gepeto
            if level == 0:
                self.chapter = text
        return super().handle_flowable(flowables)

    def afterFlowable(self, flowable):
        if getattr(flowable, "gepeto", None):
            level, text, key = flowable.gepeto
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, level, closed=level > 0)


def furniture(canvas, book):
    canvas.setFont("Times-Italic", 9)
    number = canvas.getPageNumber()
    if number % 2:
        canvas.drawRightString(A4[0] - 2.5 * cm, A4[1] - 1.6 * cm, f"{book.chapter}    {number}")
    else:
        canvas.drawString(2.5 * cm, A4[1] - 1.6 * cm, f"{number}    Sistemas e Algoritmos")


def main():
    out, pages = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1600
    rng = random.Random(7)
    book = Book(out, pagesize=A4, title="Sistemas e Algoritmos", author="gepeto")
    frame = Frame(2.5 * cm, 2 * cm, A4[0] - 5 * cm, A4[1] - 4.2 * cm)
    book.addPageTemplates(PageTemplate(frames=[frame], onPageEnd=furniture))
    story = []
    for chapter in range(1, max(pages * 5 // 79, 1) + 1):
        title = f"Chapter {chapter} {rng.choice(WORDS).capitalize()} and {rng.choice(WORDS)}"
        heading = Paragraph(title, CHAPTER)
        heading.gepeto = (0, title, f"c{chapter}")
        story.append(heading)
        for section in range(1, 6):
            title = f"{chapter}.{section} {rng.choice(WORDS).capitalize()} {rng.choice(WORDS)}"
            heading = Paragraph(title, SECTION)
            heading.gepeto = (1, title, f"c{chapter}s{section}")
            story.append(heading)
            for part in range(18):
                story.append(paragraph(rng))
                if part % 6 == 2:
                    story += [Paragraph(sentence(rng), BULLET, bulletText="•") for _ in range(4)]
                if part % 9 == 4:
                    name = rng.choice(["f", "g", "walk"])
                    story.append(Spacer(1, 6))
                    story.append(Preformatted(
                        f"def {name}(v, n):\n    total = 0\n    for i in range(n):\n        total += v[i]\n"
                        f"    return total", CODE))
                    story.append(Spacer(1, 6))
                if part == 12:
                    rows = [["Método", "Casos", "Tempo (ms)", "Memória (KB)"]]
                    rows += [[rng.choice(WORDS), str(rng.randint(1, 999)), f"{rng.random() * 90:.2f}",
                              str(rng.randint(10, 9999))] for _ in range(6)]
                    table = Table(rows, colWidths=[4 * cm, 3 * cm, 3 * cm, 3 * cm])
                    table.setStyle(TableStyle([("FONTNAME", (0, 0), (-1, 0), "Times-Bold"), ("GRID", (0, 0), (-1, -1), 0.3, "black")]))
                    story += [Spacer(1, 6), table, Spacer(1, 6)]
        story.append(PageBreak())
    book.build(story)


main()
