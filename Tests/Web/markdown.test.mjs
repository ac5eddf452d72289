import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInlines, safeAddress } from "../../web/logic/markdown-inline.js";
import { parseMarkdown } from "../../web/logic/markdown.js";

const text = (words) => ({ type: "text", text: words });
const paragraph = (...inlines) => ({ type: "paragraph", inlines });

test("paragraphs, line breaks, strong, emphasis and code", () => {
  assert.deepEqual(parseMarkdown("Um **forte** e *leve*\ncom `n * 2`.\n\nDois"), [
    paragraph(text("Um "), { type: "strong", inlines: [text("forte")] }, text(" e "),
      { type: "emphasis", inlines: [text("leve")] }, { type: "break" }, text("com "), { type: "code", text: "n * 2" }, text(".")),
    paragraph(text("Dois")),
  ]);
});

test("citation markers, also several in one bracket", () => {
  assert.deepEqual(parseInlines("Assim [1][2], e [3, 4]."), [
    text("Assim "), { type: "marker", number: 1 }, { type: "marker", number: 2 }, text(", e "),
    { type: "marker", number: 3 }, { type: "marker", number: 4 }, text("."),
  ]);
  assert.deepEqual(parseInlines("`v[1]` [x] []"), [{ type: "code", text: "v[1]" }, text(" [x] []")]);
});

test("links only over http and https", () => {
  const [link] = parseInlines("[site](https://example.org/a?b=1)");
  assert.deepEqual(link, { type: "link", url: "https://example.org/a?b=1", inlines: [text("site")] });
  for (const url of ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "/etc", " https:x",
    "vbscript:x", "https://user:word@example.org", "https://"]) {
    assert.equal(safeAddress(url), null, url);
    assert.deepEqual(parseInlines(`[a](${url})`).filter((one) => one.type === "link" && one.url.startsWith("java")), []);
  }
  assert.deepEqual(parseInlines("veja https://example.org/x."), [
    text("veja "), { type: "link", url: "https://example.org/x", inlines: [text("https://example.org/x")] }, text("."),
  ]);
});

test("HTML is text", () => {
  assert.deepEqual(parseMarkdown("<img src=x onerror=alert(1)>"), [paragraph(text("<img src=x onerror=alert(1)>"))]);
});

test("fenced code, closed or still being written", () => {
  const code = { type: "code", language: "python", text: "def f(n):\n    return n  # **não**" };
  assert.deepEqual(parseMarkdown("```python\ndef f(n):\n    return n  # **não**\n```\nfim"), [code, paragraph(text("fim"))]);
  assert.deepEqual(parseMarkdown("```python\ndef f(n):\n    return n  # **não**"), [code]);
});

test("lists, nested and numbered, with loose items", () => {
  assert.deepEqual(parseMarkdown("- um\n- dois\n  - dentro\n\n3. três\n4. quatro"), [
    { type: "list", ordered: false, start: 1, items: [
      [paragraph(text("um"))],
      [paragraph(text("dois")), { type: "list", ordered: false, start: 1, items: [[paragraph(text("dentro"))]] }],
    ] },
    { type: "list", ordered: true, start: 3, items: [[paragraph(text("três"))], [paragraph(text("quatro"))]] },
  ]);
  const [loose] = parseMarkdown("1. a\n\n2. b\n\n   ainda b");
  assert.equal(loose.items.length, 2);
  assert.deepEqual(loose.items[1], [paragraph(text("b")), paragraph(text("ainda b"))]);
});

test("code inside a list item keeps its own indentation", () => {
  const [list] = parseMarkdown("1. Passo:\n   ```\n   if x:\n       y\n   ```\n2. Outro");
  assert.deepEqual(list.items[0][1], { type: "code", language: "", text: "if x:\n    y" });
  assert.equal(list.items.length, 2);
});

test("headings, quotes and rules", () => {
  assert.deepEqual(parseMarkdown("## Título ##\n> citado\n> **mais**\n\n---"), [
    { type: "heading", level: 2, inlines: [text("Título")] },
    { type: "quote", blocks: [paragraph(text("citado"), { type: "break" }, { type: "strong", inlines: [text("mais")] })] },
    { type: "rule" },
  ]);
});

test("things that only look like Markdown stay text", () => {
  for (const plain of ["2 * 3 * 4", "a_b_c", "**", "* ", "[", "`", "***", "x](y)", "1984. Um livro".slice(0, 4), "\\"]) {
    const joined = JSON.stringify(parseInlines(plain));
    assert.ok(!joined.includes("strong") && !joined.includes("link"), plain);
  }
  assert.deepEqual(parseInlines("\\*não\\* \\[1\\]"), [text("*não* [1]")]);
});

// Text nobody wrote with care: every prefix of it must be readable, since answers are shown while they come.
test("each prefix of a long answer can be read, and nothing of its words is lost", () => {
  const whole = "# T\n\nUm **dois *três* quatro** `cinco` [6] [sete](https://e.org) \n- a\n  1. b\n> c\n```\nd\n```\n\\*fim";
  for (let end = 0; end <= whole.length; end += 1) assert.ok(Array.isArray(parseMarkdown(whole.slice(0, end))));
  const said = JSON.stringify(parseMarkdown(whole));
  for (const word of ["T", "Um", "dois", "três", "quatro", "cinco", "sete", "a", "b", "c", "d", "fim"]) assert.ok(said.includes(word), word);
});

// Nesting as deep as the text is long would overflow the stack; a search from each opener would take hours here.
test("hostile repetition is read in bounded depth and work", () => {
  for (const piece of ["> ", "- ", "**", "[", "`", "![](", "[a](", "1. ", "*a ", "  - x\n", "h", "https://", "~~~\n", "\\"]) {
    assert.ok(Array.isArray(parseMarkdown(piece.repeat(50_000))), piece);
  }
});
