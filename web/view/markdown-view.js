// The tree of `blocksOf` as DOM nodes.

import { element } from "./elements.js";
import { formulaNode } from "./libraries.js";

/**
 * @param {object[]} blocks from `blocksOf`
 * @param {(number: number) => HTMLElement|null} marker the node of a citation marker; null leaves it as text
 * @param {(verdict: string) => HTMLElement} doubt the node behind a sentence that is not wholly supported
 * @param {(program: string) => HTMLElement[]} beside what stands with a program
 */
export function markdownNodes(blocks, marker, doubt, beside = () => []) {
  return blocks.map((block) => blockNode(block, { marker, doubt, beside }));
}

function blockNode(block, nodes) {
  const inlines = () => inlineNodes(block.inlines, nodes);
  switch (block.type) {
    case "paragraph": return element("p", {}, ...inlines());
    // The page has its own h1 and h2; an answer's headings go below them.
    case "heading": return element(`h${Math.min(6, block.level + 2)}`, {}, ...inlines());
    case "code": return element("div", { class: "program" },
      element("pre", { tabindex: "0", "data-language": block.language || null }, element("code", { text: block.text })),
      ...nodes.beside(block.text));
    case "quote": return element("blockquote", {}, ...block.blocks.map((inner) => blockNode(inner, nodes)));
    case "table": return tableNode(block, nodes);
    case "math": return formulaNode(block.text, true);
    case "rule": return element("hr");
    case "list": return element(block.ordered ? "ol" : "ul", { start: block.start === 1 ? null : block.start },
      ...block.items.map((item) => element("li", {}, ...itemNodes(item, nodes))));
  }
}

function tableNode({ header, rows }, nodes) {
  const row = (cells, tag) => element("tr", {}, ...cells.map((cell) =>
    element(tag, tag === "th" ? { scope: "col" } : {}, ...inlineNodes(cell, nodes))));
  return element("div", { class: "scroll", tabindex: "0" }, element("table", {},
    element("thead", {}, row(header, "th")), element("tbody", {}, ...rows.map((cells) => row(cells, "td")))));
}

/** An item of one paragraph is that paragraph's words alone, so that tight lists look tight. */
function itemNodes(blocks, nodes) {
  return blocks.flatMap((block, index) =>
    (index === 0 && block.type === "paragraph" ? inlineNodes(block.inlines, nodes) : [blockNode(block, nodes)]));
}

function inlineNodes(inlines, nodes) {
  return inlines.map((inline) => {
    switch (inline.type) {
      case "text": return document.createTextNode(inline.text);
      case "break": return element("br");
      case "code": return element("code", { text: inline.text });
      case "strong": return element("strong", {}, ...inlineNodes(inline.inlines, nodes));
      case "emphasis": return element("em", {}, ...inlineNodes(inline.inlines, nodes));
      case "deleted": return element("s", {}, ...inlineNodes(inline.inlines, nodes));
      case "math": return formulaNode(inline.text, inline.display);
      case "link": return element("a", { href: inline.url, target: "_blank", rel: "noopener noreferrer nofollow" },
        ...inlineNodes(inline.inlines, nodes));
      case "marker": return nodes.marker(inline.number) ?? document.createTextNode(`[${inline.number}]`);
      case "doubt": return nodes.doubt(inline.verdict);
    }
  });
}
