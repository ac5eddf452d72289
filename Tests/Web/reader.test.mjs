import assert from "node:assert/strict";
import { test } from "node:test";
import { formulaAt } from "../../web/logic/math.js";
import { markedReader } from "../../web/logic/markdown-marked.js";
import { signs } from "../../web/logic/doubts.js";
import { wordsOf } from "../../web/logic/words.js";

// The copy that scripts/setup makes of Debian's package.
const isThere = await import("../../web/vendor/marked.js").then(() => true, () => false);
const read = isThere ? markedReader(globalThis.marked) : null;
const withMarked = (name, work) => test(name, { skip: isThere ? false : "web/vendor is not there: run scripts/setup" }, work);
const text = (words) => ({ type: "text", text: words });
const inlines = (markdown) => read(markdown)[0].inlines;

test("markers and signs of doubt are found between words", () => {
  assert.deepEqual(wordsOf(`a [1, 3] b${signs.partly}`), [
    text("a "), { type: "marker", number: 1 }, { type: "marker", number: 3 }, text(" b"), { type: "doubt", verdict: "partly" },
  ]);
  assert.deepEqual(wordsOf("[x] [1234]"), [text("[x] [1234]")]);
  assert.deepEqual(wordsOf(""), []);
});

test("formulas are told from prices", () => {
  assert.deepEqual(formulaAt("$O(n^2)$ passos"), { raw: "$O(n^2)$", text: "O(n^2)", display: false });
  assert.equal(formulaAt("\\(a_1\\)").text, "a_1");
  assert.equal(formulaAt("$$x$$").display, true);
  for (const price of ["$5 and $10", "$ x $", "$", "$x", "$$", "$a$5"]) assert.equal(formulaAt(price), null, price);
  assert.equal(formulaAt(`$${"x".repeat(5_000)}$`), null);
});

withMarked("what models write becomes the tree that the page draws", () => {
  const blocks = read("## Título\n\nUm **caso** *base* [1].\nNova linha.\n\n1. um\n2. dois\n\n| a | b |\n|---|---|\n| 1 | $x$ |\n");
  assert.deepEqual(blocks.map(({ type }) => type), ["heading", "paragraph", "list", "table"]);
  assert.deepEqual(blocks[1].inlines, [
    text("Um "), { type: "strong", inlines: [text("caso")] }, text(" "), { type: "emphasis", inlines: [text("base")] },
    text(" "), { type: "marker", number: 1 }, text("."), { type: "break" }, text("Nova linha."),
  ]);
  assert.deepEqual(blocks[3].rows[0][1], [{ type: "math", text: "x", display: false }]);
});

withMarked("a formula is not read as Markdown", () => {
  assert.deepEqual(read("$$\na_1 * b_2 * c\n$$")[0], { type: "math", text: "a_1 * b_2 * c" });
  assert.deepEqual(inlines("custa \\(n_1 * n_2\\) passos")[1], { type: "math", text: "n_1 * n_2", display: false });
});

withMarked("HTML is the text that it is, and no address but http leads anywhere", () => {
  const all = JSON.stringify(read("<img src=x onerror=alert(1)>\n\noi <b>x</b> [a](javascript:alert(1)) ![p](http://x.org/p.png)"));
  assert.ok(!all.includes('"link"'));
  assert.ok(all.includes("<img src=x onerror=alert(1)>"));
  assert.deepEqual(inlines("[guia](https://x.org/?a=1&b=2)"), [
    { type: "link", url: "https://x.org/?a=1&b=2", inlines: [text("guia")] }]);
  assert.equal(inlines("veja https://x.org/?a=1&b=2 já")[1].url, "https://x.org/?a=1&b=2");
});

withMarked("a marker at the beginning of a line is a marker", () => {
  assert.deepEqual(inlines("[1]: é o que diz o plano."), [{ type: "marker", number: 1 }, text(": é o que diz o plano.")]);
  assert.deepEqual(inlines("5 < 6 & \\*não\\* `a < b`"), [
    text("5 < 6 & "), text("*"), text("não"), text("*"), text(" "), { type: "code", text: "a < b" }]);
});

withMarked("an answer that is still being written is shown as far as it is", () => {
  assert.deepEqual(read("```python\nx = 1"), [{ type: "code", language: "python", text: "x = 1" }]);
  assert.equal(read("- a\n  - b")[0].items[0][1].type, "list");
  assert.deepEqual(read("- [x] feito")[0].items[0][0].inlines.slice(0, 1), [text("☑ ")]);
});

withMarked("hostile texts cost little", () => {
  for (const piece of ["[", "*", "> ", "`", "$", "\\(", "- ", "<", "![", "**a ", "_a "]) {
    const began = performance.now();
    try { read(piece.repeat(4_000)); } catch (error) { assert.ok(error instanceof RangeError, piece); }
    assert.ok(performance.now() - began < 5_000, `${JSON.stringify(piece)} takes seconds`);
  }
});
