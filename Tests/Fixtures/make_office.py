"""Makes the fixtures of Tests/Fixtures/office with programs that are not ours.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install python-docx==1.2.0 odfpy==1.4.1
    /tmp/venv/bin/python Tests/Fixtures/make_office.py

pandoc (2.17) writes pandoc.docx and pandoc.odt from the same text, python-docx word.docx with what pandoc has no words
for, odfpy slides.odp and sheets.ods. Where LibreOffice is installed it turns word.docx into libreoffice.odt and
libreoffice.docx.
"""

import os
import re
import shutil
import subprocess
import tempfile
import zipfile

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from odf import draw, office, presentation, style, table, text
from odf.opendocument import OpenDocumentPresentation, OpenDocumentSpreadsheet

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "office")
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

MARKDOWN = """---
title: Física básica
author: Equipe de física
lang: pt-BR
---

# Movimento

A velocidade média é a razão entre deslocamento e tempo.[^v] Em símbolos, $v = \\frac{\\Delta s}{\\Delta t}$ vale sempre.

[^v]: Grandeza vetorial, medida em metros por segundo.

## Queda livre

$$s = \\frac{1}{2} g t^{2} + \\sum_{i=1}^{n} \\sqrt{x_i}$$

1. Medir o tempo
2. Medir a altura
    - com régua
    - com trena
3. Calcular

| Corpo | Massa (kg) |
|-------|-----------:|
| Bola  | 2,5        |
| Pena  | 0,01       |

```
for t in range(10):
    print(t * 9.8)
```

A área é de 10 m^2^ e a fórmula da água é H~2~O.
"""


def pandoc(name):
    subprocess.run(
        ["pandoc", "-f", "markdown", "-o", os.path.join(HERE, name)], input=MARKDOWN.encode(), check=True)


def paragraph(document, inner, style_name=None):
    """A paragraph whose runs are given as XML."""
    element = document.add_paragraph(style=style_name)._p
    for child in parse_xml(f"<w:p {W}>{inner}</w:p>"):
        element.append(child)


def word():
    document = docx.Document()
    document.core_properties.title = "Introdução aos algoritmos"
    document.add_paragraph("Algoritmos", style="Title")
    document.add_heading("Conceitos", 1)
    # A style of the author's own, based on a heading.
    own = document.styles.add_style("Capítulo próprio", WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = document.styles["Heading 2"]
    document.add_paragraph("Um título de estilo próprio", style="Capítulo próprio")
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>".format
    paragraph(document, run("Texto mantido ")
              + f"<w:ins w:id='1' w:author='a'>{run('inserido ')}</w:ins>"
              + "<w:del w:id='2' w:author='a'><w:r><w:delText>apagado</w:delText></w:r></w:del>"
              + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>escondido</w:t></w:r>" + run("até o fim."))
    paragraph(document, run("Um campo: ") + "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
              + "<w:r><w:instrText> HYPERLINK &quot;http://example.org&quot; </w:instrText></w:r>"
              + "<w:r><w:fldChar w:fldCharType='separate'/></w:r>" + run("resultado visível")
              + "<w:r><w:fldChar w:fldCharType='end'/></w:r>" + run(" e ")
              + f"<w:fldSimple w:instr=' PAGE '>{run('simples')}</w:fldSimple>" + run("."))
    paragraph(document, "<w:r><w:t>pré</w:t><w:noBreakHyphen/><w:t>requisito in</w:t><w:softHyphen/><w:t>teiro</w:t>"
              + "<w:br/><w:t>segunda linha</w:t><w:tab/><w:t>coluna</w:t></w:r>"
              + "<w:r><w:sym w:font='Symbol' w:char='F061'/></w:r>"
              + "<w:r><w:rPr><w:rFonts w:ascii='Symbol' w:hAnsi='Symbol'/></w:rPr><w:t>\uf0ae</w:t></w:r>"
              + "<w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>3</w:t></w:r>")
    for item, name in [("primeiro", "List Number"), ("segundo", "List Number"), ("ponto", "List Bullet")]:
        document.add_paragraph(item, style=name)
    grid = document.add_table(rows=3, cols=3)
    for row, texts in enumerate([["Aluno", "Prova 1", "Prova 2"], ["Ana", "8,5", "9,0"], ["Bia", "7,0", ""]]):
        for column, value in enumerate(texts):
            grid.cell(row, column).text = value
    grid.cell(1, 2).merge(grid.cell(2, 2))
    frame = document.add_table(rows=1, cols=1)
    frame.cell(0, 0).text = "Atenção: texto em moldura."
    for line in ["x = 1", "while x < 10:", "    x *= 2"]:
        document.add_paragraph().add_run(line).font.name = "Courier New"
    document.sections[0].header.paragraphs[0].text = "CABEÇALHO REPETIDO"
    document.sections[0].footer.paragraphs[0].text = "RODAPÉ REPETIDO"
    paragraph(document, "<w:r><w:t>Lado a lado com a caixa.</w:t></w:r><w:r><w:pict>"
              "<v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
              "<w:p><w:r><w:t>Dentro da caixa.</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>")
    document.save(os.path.join(HERE, "word.docx"))


def slides():
    document = OpenDocumentPresentation()
    layout = style.PageLayout(name="layout")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="master", pagelayoutname=layout)
    document.masterstyles.addElement(master)

    def box(page, kind, *paragraphs):
        frame = draw.Frame(width="10cm", height="2cm", attributes={"class": kind} if kind else {})
        content = draw.TextBox()
        frame.addElement(content)
        for item in paragraphs:
            content.addElement(item)
        page.addElement(frame)

    first = draw.Page(name="um", masterpagename=master)
    bullets = text.List()
    for line in ["Pilha", "Fila"]:
        item = text.ListItem()
        item.addElement(text.P(text=line))
        bullets.addElement(item)
    box(first, "outline", bullets)
    box(first, "title", text.P(text="Estruturas de dados"))
    notes = presentation.Notes()
    box(notes, "notes", text.P(text="Perguntar à turma sobre filas de banco."))
    first.addElement(notes)
    empty = draw.Page(name="dois", masterpagename=master)
    last = draw.Page(name="tres", masterpagename=master)
    box(last, None, text.P(text="Obrigado pela atenção"))
    for page in [first, empty, last]:
        document.presentation.addElement(page)
    document.save(os.path.join(HERE, "slides.odp"))


def sheets():
    document = OpenDocumentSpreadsheet()
    hidden = style.Style(name="hidden", family="table")
    hidden.addElement(style.TableProperties(display="false"))
    document.automaticstyles.addElement(hidden)

    def sheet(name, rows, **attributes):
        result = table.Table(name=name, **attributes)
        for values, repeated in rows:
            row = table.TableRow(numberrowsrepeated=repeated) if repeated > 1 else table.TableRow()
            for value, times in values:
                extra = {"numbercolumnsrepeated": times} if times > 1 else {}
                kind = "float" if value.replace(",", "").isdigit() else "string"
                if kind == "float":
                    extra["value"] = value.replace(",", ".")
                cell = table.TableCell(valuetype=kind, **extra) if value else table.TableCell(**extra)
                if value:
                    cell.addElement(text.P(text=value))
                row.addElement(cell)
            result.addElement(row)
        document.spreadsheet.addElement(result)

    sheet("Notas", [
        ([("Aluno", 1), ("Prova", 1), ("Nota", 1)], 1), ([("Ana", 1), ("P1", 1), ("8,5", 1)], 1),
        ([("Bia", 1), ("", 1), ("7", 1)], 1), ([("", 16384)], 1_000_000), ([("Fim", 1), ("x", 2)], 1)])
    sheet("Segredo", [([("gabarito", 1)], 1)], stylename=hidden)
    document.save(os.path.join(HERE, "sheets.ods"))


def libreoffice():
    program = shutil.which("soffice")
    if not program:
        return
    with tempfile.TemporaryDirectory() as folder:
        for kind in ["odt", "docx"]:
            subprocess.run(
                [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind,
                 "--outdir", folder, os.path.join(HERE, "word.docx")], check=True, stdout=subprocess.DEVNULL)
            shutil.move(os.path.join(folder, f"word.{kind}"), os.path.join(HERE, f"libreoffice.{kind}"))


def strip(name):
    """Leaves out what changes with each run or takes room: times, pictures, themes."""
    path = os.path.join(HERE, name)
    with zipfile.ZipFile(path) as archive:
        parts = [(part, archive.read(part)) for part in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts:
            if re.search(r"thumbnail|stylesWithEffects|theme", part, re.I):
                continue
            if part.endswith((".xml", ".rels")):
                content = re.sub(rb'<Relationship [^>]*(thumbnail|stylesWithEffects|/theme)[^>]*/>', b"", content)
                content = re.sub(rb'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?', b"2026-01-01T00:00:00Z", content)
            information = zipfile.ZipInfo(part, (2026, 1, 1, 0, 0, 0))
            information.compress_type = zipfile.ZIP_STORED if part == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(information, content)


if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    pandoc("pandoc.docx")
    pandoc("pandoc.odt")
    word()
    slides()
    sheets()
    libreoffice()
    for made in sorted(os.listdir(HERE)):
        if made.endswith((".docx", ".odt", ".odp", ".ods")):
            strip(made)
