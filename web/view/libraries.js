// The libraries in /vendor, which scripts/setup copies from Debian's packages. Without them the page works: Markdown is
// read by our own reader, formulas stay the text they were.

import { parseMarkdown } from "../logic/markdown.js";
import { markedReader } from "../logic/markdown-marked.js";
import { element } from "./elements.js";

let readMarkdown = null;
let katex = null;
let fetchingKatex = null;

/** Both are old-style scripts: imported they leave their name in the window. */
export async function loadMarkdown() {
  const isThere = await import("/vendor/marked.js").then(() => true, () => false);
  if (isThere && globalThis.marked?.Lexer) readMarkdown = markedReader(globalThis.marked);
}

/** The blocks of a text. A reader that fails on a strange text must not cost the student the answer. */
export function blocksOf(text) {
  try {
    return readMarkdown ? readMarkdown(text) : parseMarkdown(text);
  } catch {
    return parseMarkdown(text);
  }
}

/** Fetched with the first formula: most answers have none. */
function loadKatex() {
  fetchingKatex ??= import("/vendor/katex/katex.js").then(() => {
    document.head.append(element("link", { rel: "stylesheet", href: "/vendor/katex/katex.css" }));
    katex = globalThis.katex ?? null;
  }, () => {});
  return fetchingKatex;
}

/** A formula as a node; the TeX itself until the library is there, and where it cannot be read. */
export function formulaNode(tex, display) {
  const node = element(display ? "div" : "span", { class: display ? "formula block" : "formula", text: tex });
  if (display) node.tabIndex = 0;
  if (katex) draw(node, tex, display);
  else loadKatex().then(() => draw(node, tex, display));
  return node;
}

function draw(node, tex, display) {
  try {
    katex?.render(tex, node, { displayMode: display, throwOnError: true, trust: false, strict: "ignore", maxExpand: 500, maxSize: 20 });
  } catch {
    node.replaceChildren(element("code", { text: tex }));
  }
}
