#!/usr/bin/env python3
"""Makes the PDFs of Tests/Fixtures/pdf. Needs reportlab and pillow (PyPI). The same script gives the same files."""

import io
import os
import random

from PIL import Image, ImageDraw, ImageFont
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

rl_config.invariant = 1
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pdf")
PROSE = ("Um grafo é um conjunto de vértices e de arestas que os ligam. Muitos problemas de redes, de rotas e de "
         "dependências são problemas de grafos, e poucos algoritmos bastam para resolver a maior parte deles. ").split()


def sheet(name, **options):
    return canvas.Canvas(os.path.join(FOLDER, name), pagesize=options.pop("pagesize", A4), **options)


def prose(page, x, y, width, lines, seed=0, font="Times-Roman", size=11):
    """Lines of prose from y downwards, filled to the width; returns where the next line would stand."""
    rng = random.Random(seed)
    page.setFont(font, size)
    for _ in range(lines):
        text = ""
        while True:
            word = rng.choice(PROSE)
            if page.stringWidth(text + " " + word, font, size) > width:
                break
            text = (text + " " + word).strip()
        page.drawString(x, y, text)
        y -= size * 1.25
    return y


def hidden():
    """Every way of hiding text, a page each; the sixth is an honest slide of white text on a dark ground."""
    page = sheet("hidden.pdf")
    for number, what in enumerate(["ink", "tiny", "white-on-text", "white", "outside", "slide", "light", "small"]):
        if what == "slide":
            page.setFillGray(0.1)
            page.rect(0, 0, *A4, fill=1, stroke=0)
            page.setFillGray(1)
            page.setFont("Helvetica", 24)
            page.drawString(80, 600, "Letras brancas sobre fundo escuro")
            page.showPage()
            continue
        page.setFillGray(0)
        prose(page, 72, 750, 440, 12, seed=number)
        text = page.beginText(72, 400)
        text.setFont("Times-Roman", 11)
        if what == "ink":
            text.setTextRenderMode(3)
            text.textOut("instrução oculta sem tinta")
        elif what == "tiny":
            text.setFont("Times-Roman", 0.5)
            text.textOut("instrução oculta minúscula")
        elif what == "white-on-text":
            text.setTextOrigin(72, 750)
            text.setFillGray(1)
            text.textOut("instrução")
        elif what == "white":
            text.setFillGray(1)
            text.textOut("resposta branca")
        elif what == "light":
            text.setFillGray(0.92)
            for _ in range(20):
                text.textLine("uma instrução oculta quase branca, com mais palavras do que o resto da página")
        elif what == "small":
            text.setFont("Times-Roman", 1.5)
            text.textOut("letra miúda")
        elif what == "outside":
            page.setCropBox((36, 36, A4[0] - 36, A4[1] - 36))
            text.setTextOrigin(72, 10)
            text.textOut("instrução oculta fora da página")
        page.drawText(text)
        page.showPage()
    page.save()


def scan_image(lines):
    picture = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 34)
    for number, line in enumerate(lines):
        draw.text((120, 160 + 60 * number), line, fill=0, font=font)
    data = io.BytesIO()
    picture.convert("1").save(data, "PNG")
    data.seek(0)
    return ImageReader(data)


LINES = ["A ordenação por inserção compara cada elemento", "com os anteriores e o coloca em seu lugar.",
         "No pior caso, o custo cresce com o quadrado", "do número de elementos."]


def scans():
    page = sheet("scan-with-layer.pdf")
    page.drawImage(scan_image(LINES), 0, 0, *A4)
    text = page.beginText(58, 720)
    text.setTextRenderMode(3)
    text.setFont("Helvetica", 12)
    for line in LINES:
        text.textLine(line)
    page.drawText(text)
    page.save()

    page = sheet("mixed-scan.pdf")
    prose(page, 72, 750, 440, 12)
    page.showPage()
    page.drawImage(scan_image(LINES), 0, 0, *A4)
    page.showPage()
    page.showPage()
    page.setFont("Times-Roman", 11)
    prose(page, 72, 750, 440, 12, seed=1)
    page.save()


def outline():
    """Nested bookmarks; headings in the type of the text, so that only the outline tells them."""
    page = sheet("outline.pdf")
    sections = [(0, "Grafos"), (1, "Representações"), (2, "Matriz de adjacência"), (1, "Percursos"), (0, "Árvores")]
    for number, (level, title) in enumerate(sections):
        page.bookmarkPage(f"s{number}")
        page.addOutlineEntry(title, f"s{number}", level)
        page.setFont("Times-Roman", 11)
        page.drawString(72, 760, f"{number + 1} {title}" if level == 0 else title)
        prose(page, 72, 720, 440, 20, seed=number)
        page.showPage()
    page.save()


def columns():
    page = sheet("columns.pdf")
    page.setFont("Times-Bold", 18)
    page.drawString(72, 780, "Um título sobre as duas colunas")
    for x, word in ((72, "esquerda"), (312, "direita")):
        y = prose(page, x, 740, 210, 20, seed=x)
        page.setFont("Times-Bold", 13)
        page.drawString(x, y - 14, f"Seção da coluna {word}")
        prose(page, x, y - 40, 210, 20, seed=x + 1)
    page.save()


def table():
    page = sheet("table.pdf")
    prose(page, 72, 780, 440, 5)
    rows = [["Método", "Melhor caso", "Pior caso", "Estável"], ["Inserção", "n", "n²", "sim"], ["Seleção", "n²", "n²", "não"],
            ["Intercalação", "n log n", "n log n", "sim"], ["Heap", "n log n", "n log n", "não"]]
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.setFont("Helvetica-Bold" if line == 0 else "Helvetica", 10)
            page.rect(72 + 110 * column, 640 - 20 * line, 110, 20)
            page.drawString(76 + 110 * column, 646 - 20 * line, cell)
    prose(page, 72, 520, 440, 5, seed=3)
    page.save()


def heads():
    """Roman numbers first; then the book's title left and the chapter's right, the page number glued to either."""
    page = sheet("running-heads.pdf")
    chapters = ["Introdução", "Grafos", "Árvores"]
    roman = ["i", "ii", "iii"]
    for number in range(15):
        page.setFont("Times-Italic", 9)
        if number < 3:
            page.drawCentredString(A4[0] / 2, 40, roman[number])
        else:
            chapter = chapters[(number - 3) // 4]
            if number % 2:
                page.drawString(72, 800, f"{number - 2}   Estruturas de Dados")
            else:
                page.drawRightString(523, 800, f"{chapter}   {number - 2}")
            page.drawString(72, 40, f"Página {number + 1} de 15")
        if number >= 3 and (number - 3) % 4 == 0:
            page.setFont("Times-Bold", 18)
            page.drawString(72, 750, chapters[(number - 3) // 4])
        prose(page, 72, 700, 440, 25, seed=number)
        page.showPage()
    page.save()


def bullets():
    """Bullets between lines of prose, with no more room than between lines."""
    page = sheet("bullets.pdf")
    y = prose(page, 72, 780, 440, 4)
    for number in range(3):
        page.drawString(80, y, "•")
        page.drawString(94, y, f"item {number + 1} da lista, que é longo e por isso vai até a linha seguinte, onde")
        page.drawString(94, y - 13.75, "termina sem mais.")
        y -= 27.5
    prose(page, 72, y, 440, 4, seed=1)
    page.save()


def code():
    page = sheet("code.pdf")
    prose(page, 72, 780, 440, 4)
    page.setFont("Courier", 10)
    for number, line in enumerate(["def busca(grafo, inicio):", "    fila = [inicio]", "    while fila:",
                                   "        v = fila.pop(0)", "        for w in grafo[v]:", "            fila.append(w)", "",
                                   "    return None"]):
        page.drawString(90, 680 - 12 * number, line)
    prose(page, 72, 560, 440, 4, seed=2)
    page.save()


def greedy():
    """A second page on which poppler needs hundreds of megabytes: a graphics state is saved 300,000 times."""
    page = sheet("greedy.pdf", pageCompression=1)
    page.drawString(72, 700, "Antes da página voraz")
    page.showPage()
    page._code.append("q " * 300_000)
    page.drawString(72, 700, "Texto da página voraz")
    page.save()


def bare():
    """Pages that hold nothing but their number."""
    page = sheet("bare-numbers.pdf")
    for number in (1, 2):
        page.drawString(72, 760, str(number))
        page.showPage()
    page.save()


def upright():
    """Words set upwards and downwards."""
    page = sheet("vertical.pdf")
    for angle, x in ((90, 200), (270, 300)):
        page.saveState()
        page.translate(x, 500)
        page.rotate(angle)
        page.drawString(0, 0, "Número de características do grafo")
        page.restoreState()
    page.save()


os.makedirs(FOLDER, exist_ok=True)
for make in (hidden, scans, outline, columns, table, heads, bullets, code, greedy, bare, upright):
    make()
