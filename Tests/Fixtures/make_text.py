"""Makes the fixtures of Tests/Fixtures/text that are not written by hand (aula.tex, aula.ipynb are).

    python3 Tests/Fixtures/make_text.py

Needs Python 3.9 or later and nothing else; running it again changes nothing.
"""

import json
import os

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "text")

PORTUGUESE = (
    "Ação e reação\n\nA lei de ação e reação não é difícil: às forças que um corpo exerce sobre outro "
    "correspondem forças iguais e contrárias. “Três exemplos”, disse a professora, custam R$ 5 – nada além disso.\n\n"
    "Órgãos, pães, corações, avós, ímã, pônei e linguiça têm acentos; Índia e Ásia também.\n"
)


def write(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def encodings():
    """The same Portuguese text in every encoding that is told apart."""
    write("utf8.txt", PORTUGUESE.encode("utf-8"))
    write("utf8-bom.txt", PORTUGUESE.encode("utf-8-sig"))
    write("utf16-le.txt", PORTUGUESE.encode("utf-16-le"))
    write("utf16-be.txt", PORTUGUESE.encode("utf-16-be"))
    write("utf16-bom.txt", PORTUGUESE.encode("utf-16"))
    write("windows1252.txt", PORTUGUESE.encode("cp1252"))
    write("macroman.txt", PORTUGUESE.encode("mac_roman"))
    plain = PORTUGUESE.replace("“", '"').replace("”", '"').replace("–", "-")
    write("latin1.txt", plain.encode("latin-1"))
    write("cp850.txt", plain.encode("cp850"))


def rtf():
    """Everything a word processor puts into a file, and what hostile ones do."""
    parts = [
        r"{\rtf1\ansi\ansicpg1252\uc1\deff0\deflang1046",
        r"{\fonttbl{\f0\froman\fcharset0 Times New Roman{\*\falt Times};}{\f1\fnil\fcharset2 Symbol;}"
        r"{\f2\fswiss\fcharset77 Geneva;}}",
        r"{\colortbl;\red255\green0\blue0;}",
        r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 T\'edtulo 2;}{\*\cs10 Default Paragraph Font;}}",
        r"{\info{\title Relat\'f3rio da disciplina}{\author Ana}{\*\company Escola}}",
        r"{\header\pard Cabe\'e7alho que se repete\par}{\footer\pard P\'e1gina \chpgn\par}",
        r"{\*\generator Riched20 10.0;}\viewkind4",
        "\n" r"\pard\s1\b Introdu\'e7\'e3o\b0\par",
        "\n" r"\pard\s2 O que \'e9 recurs\'e3o\par",
        "\n" r"\pard\plain Uma fun\'e7\'e3o \{recursiva\} chama a si mesma\emdash sempre com um caso \ldblquote menor\rdblquote .",
        r" Ela termina{\footnote\pard\plain{\super\chftn} Sem caso base, a pilha estoura.} no caso base.\par",
        "\n" r"\pard Uni\u231\'e7\u227\'e3o, \u8364?uro, \uc2\u8212-- fim, \uc0\u233 , \uc1\u-10179?\u-8694? sorriso.\par",
        "\n" r"\pard{\f2 Macintosh: a\'8d\'8bo.}\par",
        "\n" r"\pard Linha um\line Linha dois\tab tabulada\~junta\_se co\-ra\-\'e7\'e3o\par",
        "\n" r"\pard{\listtext\f1\'b7\tab}\ls1\ilvl0 Primeiro item\par",
        r"\pard{\listtext\f1\'b7\tab}\ls1\ilvl1 Subitem\par",
        r"\pard{\listtext 2.\tab}\ls2\ilvl0 Segundo passo\par",
        "\n" r"\pard Visite {\field{\*\fldinst{HYPERLINK \"https://exemplo.br/oculto\"}}{\fldrslt{o s\'edtio}}} hoje.\par",
        "\n" r"\pard Vis\'edvel{\v  isto est\'e1 escondido de quem l\'ea o documento} e{\deleted  apagado} pronto.\par",
        "\n" r"\trowd\trhdr\cellx3000\cellx6000\pard\intbl Nome\cell Nota\cell\row",
        r"\trowd\cellx3000\cellx6000\pard\intbl Jo\'e3o\par da Silva\cell 9,5\cell\row",
        r"\trowd\cellx3000\cellx6000\pard\intbl Ana\cell 10\cell\row\pard",
        "\n" r"\pard Depois da tabela.\par",
        "\n" r"{\pict\wmetafile8\picw10\pich10 0123456789abcdef}",
        r"{\shp{\*\shpinst\shpleft0{\sp{\sn fillColor}{\sv 255}}{\shptxt\pard Texto da caixa\par}}{\shprslt\pard c\'f3pia\par}}",
        r"{\object\objemb{\*\objdata 0105}{\result\pard Resultado do objeto\par}}",
        r"{\*\desconhecido nunca aparece}",
        "\n" r"\pard\bin5 ",
    ]
    data = "".join(parts).encode("ascii") + b"\x00{}\\}" + rb" Fim.\par}" + b"\n"
    write("aula.rtf", data)


def notebook():
    """nbformat 4 with every kind of cell and output, and the same in nbformat 3."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Médias\n", "\n", "Some **todos** os valores de $x_i$.\n"]},
        {"cell_type": "markdown", "metadata": {}, "attachments": {"a.png": {"image/png": "iVBORw0KGgo="}},
         "source": "![quadro](attachment:a.png)\n\n$$\n\\bar{x} = \\frac{1}{n} \\sum_{i=1}^{n} x_i\n$$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"},
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["def media(v):\n", "    return sum(v) / len(v)\n"],
         "outputs": []},
        {"cell_type": "code", "execution_count": 2, "metadata": {}, "source": "media([7, 8])",
         "outputs": [
             {"output_type": "stream", "name": "stdout", "text": ["calculando\n", "50%\r100%\n"]},
             {"output_type": "stream", "name": "stderr", "text": "FutureWarning: /home/ana/x.py\n"},
             {"output_type": "execute_result", "execution_count": 2, "metadata": {},
              "data": {"text/plain": ["7.5"], "text/html": "<b>7.5 em HTML</b>"}},
             {"output_type": "display_data", "metadata": {},
              "data": {"image/png": "iVBORw0KGgo" * 500, "text/plain": "<Figure size 640x480 with 1 Axes>"}},
         ]},
        {"cell_type": "code", "execution_count": 3, "metadata": {}, "source": "media([])",
         "outputs": [{"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero",
                      "traceback": ["\u001b[0;31mZeroDivisionError\u001b[0m: long story"]}]},
        {"cell_type": "code", "metadata": {}, "source": "print('linha\\n' * 2000)",
         "outputs": [{"output_type": "stream", "name": "stdout", "text": "linha é\n" * 2000}]},
        {"cell_type": "raw", "metadata": {}, "source": "Nota crua."},
        {"cell_type": 7, "source": None},
        "no cell at all",
    ]
    write("aula.ipynb", json.dumps(
        {"cells": cells, "metadata": {"kernelspec": {"language": "python", "name": "python3"}}, "nbformat": 4,
         "nbformat_minor": 5}, ensure_ascii=False, indent=1).encode("utf-8"))
    old = [
        {"cell_type": "heading", "level": 2, "source": ["Formato antigo"]},
        {"cell_type": "code", "input": ["print('olá')"], "language": "python",
         "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["olá\n"]},
                     {"output_type": "pyout", "text": ["42"], "prompt_number": 1},
                     {"output_type": "pyerr", "ename": "NameError", "evalue": "x", "traceback": []}]},
    ]
    write("antigo.json.txt", json.dumps(
        {"metadata": {"name": "antigo"}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": old}]}).encode())


if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    encodings()
    rtf()
    notebook()
