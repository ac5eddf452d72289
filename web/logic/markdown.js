// The Markdown of answers, read into a plain tree: paragraphs, headings, lists, quotes, fenced code. A model wrote the
// text, so it is data: unknown syntax stays text, nothing throws, each line is looked at once and nesting is bounded.

import { parseInlines } from "./markdown-inline.js";

/** Lists and quotes inside each other; deeper ones are read as plain paragraphs. */
const deepest = 5;

const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*([\w+#.-]*)/;
const heading = /^ {0,3}(#{1,6})[ \t]+(.*)$/;
const bullet = /^( *)([-*+])[ \t]+(.*)$/;
const numbered = /^( *)(\d{1,9})[.)][ \t]+(.*)$/;
const quoted = /^ {0,3}> ?(.*)$/;
const rule = /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/;

/**
 * @returns {object[]} blocks: `{type: "paragraph", inlines}`, `{type: "heading", level, inlines}`,
 *   `{type: "code", language, text}`, `{type: "list", ordered, start, items: block[][]}`,
 *   `{type: "quote", blocks}`, `{type: "rule"}`
 */
export function parseMarkdown(text) {
  return parseBlocks(text.replace(/\r\n?/g, "\n").replace(/\t/g, "    ").split("\n"), 0);
}

function parseBlocks(lines, depth) {
  const blocks = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) blocks.push({ type: "paragraph", inlines: parseInlines(paragraph.join("\n")) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    let match;
    if (line.trim() === "") {
      flush();
      at += 1;
    } else if ((match = fence.exec(line))) {
      flush();
      const { block, next } = readCode(lines, at, match);
      blocks.push(block);
      at = next;
    } else if ((match = heading.exec(line))) {
      flush();
      const title = match[2].replace(/[ \t]+#+[ \t]*$/, "").trim();
      blocks.push({ type: "heading", level: match[1].length, inlines: parseInlines(title) });
      at += 1;
    } else if (rule.test(line)) {
      flush();
      blocks.push({ type: "rule" });
      at += 1;
    } else if (depth < deepest && quoted.test(line)) {
      flush();
      const inner = [];
      for (; at < lines.length && (match = quoted.exec(lines[at])); at += 1) inner.push(match[1]);
      blocks.push({ type: "quote", blocks: parseBlocks(inner, depth + 1) });
    } else if (depth < deepest && startsItem(line) && (paragraph.length === 0 || interrupts(line))) {
      flush();
      const { block, next } = readList(lines, at, depth);
      blocks.push(block);
      at = next;
    } else {
      paragraph.push(line.trim());
      at += 1;
    }
  }
  flush();
  return blocks;
}

const startsItem = (line) => bullet.test(line) || numbered.test(line);
/** "…the year\n1984. A novel" is no list: as in CommonMark, only number 1 breaks into a paragraph. */
const interrupts = (line) => bullet.test(line) || numbered.exec(line)?.[2] === "1";

/** A fence that never closes runs to the end: an answer is shown while it is still being written. */
function readCode(lines, at, [, mark, language]) {
  const inner = [];
  const closing = new RegExp(`^ {0,3}${mark[0]}{${mark.length},} *$`);
  for (at += 1; at < lines.length && !closing.test(lines[at]); at += 1) inner.push(lines[at]);
  return { block: { type: "code", language, text: inner.join("\n") }, next: at + 1 };
}

function readList(lines, at, depth) {
  const ordered = !bullet.test(lines[at]);
  const shape = ordered ? numbered : bullet;
  const first = shape.exec(lines[at]);
  const margin = first[1].length;
  const items = [];
  for (let match; at < lines.length && (match = shape.exec(lines[at])) && Math.abs(match[1].length - margin) < 2; ) {
    const item = readItem(lines, at, { margin, width: match[0].length - match[3].length, first: match[3] });
    items.push(parseBlocks(item.inner, depth + 1));
    at = item.next;
    // One empty line between two items keeps them in one list.
    if (at + 1 < lines.length && lines[at].trim() === "" && shape.test(lines[at + 1])) at += 1;
  }
  return { block: { type: "list", ordered, start: ordered ? Number(first[2]) : 1, items }, next: at };
}

/** What belongs to an item is indented further than its marker, or follows it without an empty line. */
function readItem(lines, at, { margin, width, first }) {
  const inner = [first];
  for (at += 1; at < lines.length; at += 1) {
    const line = lines[at];
    const indent = indentOf(line);
    if (line.trim() === "") {
      const next = lines[at + 1] ?? "";
      if (next.trim() === "" || indentOf(next) < margin + 2) break;
      inner.push("");
    } else if (indent >= margin + 2) {
      inner.push(line.slice(Math.min(indent, width)));
    } else if (startsItem(line) || fence.test(line) || heading.test(line) || quoted.test(line)) {
      break;
    } else {
      inner.push(line.trim());
    }
  }
  return { inner, next: at };
}

const indentOf = (line) => line.length - line.trimStart().length;
