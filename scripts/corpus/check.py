#!/usr/bin/env python3
"""Holds corpus/ against what its README says: documents, formats, encodings, code that runs, questions with true quotes.

    python3 scripts/corpus/check.py        needs pdftotext (poppler-utils) and Python 3.11 or later, nothing else

Prints the figures and ends with exit code 1 if anything is wrong. Each fault is one line on stderr.
"""

import collections
import contextlib
import doctest
import html.parser
import io
import json
import pathlib
import re
import subprocess
import sys
import textwrap
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT / "corpus"
HANDOUTS = ROOT / "scripts" / "corpus" / "handouts"
QUESTIONS = CORPUS / "questions.jsonl"
LEGACY = {"12-perguntas-frequentes.txt"}  # windows-1252, on purpose
PORTUGUESE = {"01", "03", "05", "07", "09", "12", "13", "16", "17"}  # the rest is in English

faults: list[str] = []


def fault(message: str) -> None:
    faults.append(message)
    print(f"fault: {message}", file=sys.stderr)


def normalised(text: str) -> str:
    """NFC with every run of white space as one blank: the form in which quotes are compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


class VisibleText(html.parser.HTMLParser):
    """The text of an HTML page without scripts and styles, and its <pre><code> blocks by language."""

    BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "pre", "tr", "caption", "title", "br", "nav", "footer", "header"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.text, self.code, self.hidden, self.language = [], [], 0, None

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "style"):
            self.hidden += 1
        if tag in self.BLOCKS:
            self.text.append("\n")
        name = dict(attributes).get("class") or ""
        if tag == "code" and name.startswith("language-"):
            self.language = name.removeprefix("language-")
            self.code.append((self.language, ""))
        if tag == "q":
            self.text.append("“")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.hidden -= 1
        if tag in self.BLOCKS:
            self.text.append("\n")
        if tag == "code":
            self.language = None
        if tag == "q":
            self.text.append("”")

    def handle_data(self, data):
        if self.hidden:
            return
        self.text.append(data)
        if self.language:
            language, code = self.code[-1]
            self.code[-1] = (language, code + data)


def pdf_pages(path: pathlib.Path) -> list[str]:
    made = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True, timeout=60)
    return made.stdout.decode("utf-8").removesuffix("\f").split("\f")


def text_of(path: pathlib.Path) -> str:
    if path.suffix == ".pdf":
        return "\n".join(pdf_pages(path))
    raw = path.read_bytes()
    text = raw.decode("cp1252" if path.name in LEGACY else "utf-8")
    if path.suffix == ".html":
        page = VisibleText()
        page.feed(text)
        return "".join(page.text)
    return text


def code_blocks(path: pathlib.Path) -> list[tuple[str, str]]:
    """(language, code) in reading order; for plain text the indented blocks that are Python."""
    source = HANDOUTS / (path.stem + ".md") if path.suffix == ".pdf" else path
    if source.suffix == ".html":
        page = VisibleText()
        page.feed(source.read_text(encoding="utf-8"))
        return page.code
    if source.suffix == ".md":
        return re.findall(r"^```(\w+)\n(.*?)^```$", source.read_text(encoding="utf-8"), re.M | re.S)
    blocks = []
    for block in re.findall(r"(?:^(?: {4}.*)?\n)+", text_of(path).replace("\r\n", "\n"), re.M):
        code = textwrap.dedent(block).strip("\n") + "\n"
        if ">>> " in code:
            blocks.append(("pycon", code))
        elif re.match(r"def |import |from |class ", code):
            blocks.append(("python", code))
    return blocks


def run_code(path: pathlib.Path) -> tuple[int, int]:
    """Runs the blocks of a document in one namespace; returns (blocks, examples compared)."""
    space: dict = {"__name__": "document"}
    blocks = examples = 0
    for language, code in code_blocks(path):
        if language == "python":
            blocks += 1
            try:
                exec(compile(code, path.name, "exec"), space)  # the course's own code
            except Exception as error:
                fault(f"{path.name}: a code block fails: {error!r}")
            for name, value in list(space.items()):  # test functions shown in the text
                if name.startswith("test_") and callable(value):
                    value()
        elif language == "pycon":
            blocks += 1
            test = doctest.DocTestParser().get_doctest(code, space, path.name, path.name, 0)
            report = io.StringIO()
            result = doctest.DocTestRunner(verbose=False).run(test, out=report.write, clear_globs=False)
            space = test.globs
            examples += result.attempted
            if result.failed:
                fault(f"{path.name}: {report.getvalue()}")
        elif language != "text":
            fault(f"{path.name}: a block in an unknown language {language}")
    return blocks, examples


def check_up_to_date(path: pathlib.Path) -> None:
    """Every line of the handout's source must be in the PDF, or somebody forgot to make it again."""
    pages = ["".join(re.sub(r"^(COMP1010 · .*|(?:Page|Página) \d+ (?:of|de) \d+)$", "", p, flags=re.M).split())
             for p in pdf_pages(path)]
    printed = "".join(pages)
    _, _, body = (HANDOUTS / (path.stem + ".md")).read_text(encoding="utf-8").split("---\n", 2)
    code = False
    for line in body.split("\n"):
        if line.startswith("```"):
            code = not code
            continue
        pieces = [line] if code else re.sub(r"^(#+ |- |\d+\. )", "", line).strip("|").split("|")
        for piece in pieces:
            plain = piece if code else re.sub(r"\*\*|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", piece)
            if not set(plain.strip()) <= set("-") and "".join(plain.split()) not in printed:
                fault(f"{path.name}: is older than its source, or lost a line: {plain.strip()}")


def check_documents() -> dict[str, str]:
    documents = sorted(p for p in CORPUS.iterdir() if p != QUESTIONS)
    texts, formats, words = {}, collections.Counter(), collections.Counter()
    print(f"{'document':34}{'words':>7}{'pages':>7}{'blocks':>8}{'examples':>10}")
    for path in documents:
        if path.suffix not in (".md", ".txt", ".html", ".pdf"):
            fault(f"{path.name}: not a format of the corpus")
            continue
        try:
            text = texts[path.name] = text_of(path)
        except UnicodeDecodeError as error:
            fault(f"{path.name}: not in its encoding: {error}")
            continue
        if not unicodedata.is_normalized("NFC", text):
            fault(f"{path.name}: text is not NFC")
        if bad := set(re.findall(r"[\ufb00-\ufb06\ufffd]|[^\W\d_]\u0301", text)):
            fault(f"{path.name}: ligatures or broken characters {bad}")
        pages = len(pdf_pages(path)) if path.suffix == ".pdf" else None
        if pages is not None:
            if pages < 3:
                fault(f"{path.name}: {pages} pages")
            for number, page in enumerate(pdf_pages(path), 1):
                if not re.search(rf"^(Page|Página) {number} (of|de) {pages}$", page, re.M):
                    fault(f"{path.name}: page {number} does not carry its number")
            check_up_to_date(path)
        with contextlib.redirect_stdout(io.StringIO()):
            blocks, examples = run_code(path)
        count = len(text.split())
        words["pt" if path.name[:2] in PORTUGUESE else "en"] += count
        formats[path.suffix] += 1
        print(f"{path.name:34}{count:7}{pages or '':>7}{blocks:8}{examples:10}")
    for name in LEGACY:
        raw = (CORPUS / name).read_bytes()
        try:
            raw.decode("utf-8")
            fault(f"{name}: is valid UTF-8, should be windows-1252")
        except UnicodeDecodeError:
            pass
        if not any(0x80 <= b <= 0x9F for b in raw):
            fault(f"{name}: no byte tells windows-1252 from Latin-1")
    total = sum(words.values())
    print(f"{len(texts)} documents {dict(formats)}; {total} words: {dict(words)}")
    if len(texts) < 14 or set(formats) != {".md", ".txt", ".html", ".pdf"} or total < 15_000:
        fault("too few documents, formats or words")
    if not any("Ignore all previous instructions" in normalised(t) for t in texts.values()):
        fault("the sentence that looks like an instruction is missing")
    return {name: normalised(text) for name, text in texts.items()}


def check_questions(texts: dict[str, str]) -> None:
    kinds, languages, documents, ids = (collections.Counter() for _ in range(4))
    across = 0
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        q = json.loads(line)
        where = f"questions.jsonl:{number} ({q.get('id')})"
        fields = ["id", "question", "language", "kind", "documents", "answer", "quote", "history"]
        if list(q) != fields:
            fault(f"{where}: fields {list(q)}, should be {fields}")
            continue
        ids[q["id"]] += 1
        kinds[q["kind"]] += 1
        languages[q["language"]] += 1
        if (q["kind"] == "follow-up") != bool(q["history"]):
            fault(f"{where}: exactly the follow-ups have a history")
        roles = [turn["role"] for turn in q["history"]]
        if roles != ["user", "assistant"] * (len(roles) // 2):
            fault(f"{where}: turns {roles}")
        if q["kind"] == "unanswerable":
            if q["documents"] or q["quote"] or q["answer"]:
                fault(f"{where}: an unanswerable question with an answer")
            continue
        if not q["documents"] or not q["quote"] or not q["answer"]:
            fault(f"{where}: needs documents, quote and answer")
            continue
        quote = normalised(q["quote"])
        if set("`*#|") & set(quote):
            fault(f"{where}: the quote holds Markdown marks, which an extractor takes away")
        for name in q["documents"]:
            documents[name] += 1
            if name not in texts:
                fault(f"{where}: no document {name}")
        if quote not in texts.get(q["documents"][0], ""):
            fault(f"{where}: the quote is not in {q['documents'][0]}: {quote}")
        language = "pt" if q["documents"][0][:2] in PORTUGUESE else "en"
        across += language != q["language"]
    for name in sorted(set(texts) - set(documents)):
        fault(f"no question is answered by {name}")
    if repeated := [i for i, n in ids.items() if n > 1]:
        fault(f"ids used twice: {repeated}")
    print(f"{len(lines)} questions {dict(kinds)}; {dict(languages)}; across languages: {across}")
    if len(lines) != 60 or kinds["unanswerable"] != 15 or not 30 <= kinds["answerable"] <= 35:
        fault("not 60 questions of the agreed kinds")


def check_unanswerable(texts: dict[str, str]) -> None:
    """Words that would give an unanswerable question away must not be explained anywhere; see README.md."""
    table = json.loads((ROOT / "scripts" / "corpus" / "absent.json").read_text(encoding="utf-8"))
    wanted = {q["id"] for q in map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
              if q["kind"] == "unanswerable"}
    if set(table) != wanted:
        fault(f"absent.json does not speak of {sorted(wanted ^ set(table))}")
    for identifier, patterns in table.items():
        for pattern in patterns:
            for name, text in texts.items():
                if match := re.search(pattern, text, re.I):
                    fault(f"{identifier}: {name} has {match[0]!r}, so the question may be answered after all")
    print(f"{sum(map(len, table.values()))} patterns for {len(table)} unanswerable questions searched in all documents")


def main() -> None:
    texts = check_documents()
    if QUESTIONS.exists():
        check_questions(texts)
        check_unanswerable(texts)
    else:
        fault("corpus/questions.jsonl is missing")
    print("all well" if not faults else f"{len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
