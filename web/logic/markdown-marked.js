// The Markdown of answers, read by the library marked and turned into the tree of `parseMarkdown`. Only its lexer is used:
// no HTML is ever made of a model's words, so there is nothing to clean and no trusted type to grant.

import { safeAddress } from "./markdown-inline.js";
import { mathExtensions } from "./math.js";
import { wordsOf } from "./words.js";

/** Lists and quotes inside each other that are shown as such. */
const deepest = 12;
/** Its time grows with the square of these: with more of them our own reader, whose time does not, has the text. */
const mostMarks = 1_500;

/**
 * @param {object} marked the library, version 4
 * @returns {(text: string) => object[]} reads a text into blocks: those of `parseMarkdown`, and
 *   `{type: "table", header: inlines[], rows: inlines[][]}`, `{type: "math", text}`; inlines may also be
 *   `{type: "deleted", inlines}` and `{type: "math", text, display}`. It throws `RangeError` for a text that would cost too
 *   much
 */
export function markedReader(marked) {
  const tokenizer = new marked.Tokenizer();
  // "[1]: …" at the beginning of a line is a marker and a colon, never the definition of a link.
  tokenizer.def = () => undefined;
  const options = { ...marked.getDefaults(), gfm: true, breaks: true, tokenizer, extensions: mathExtensions };
  return (text) => {
    if ((text.match(/[*_~]/g)?.length ?? 0) > mostMarks) throw new RangeError("too many marks of emphasis");
    // With a line's end a fence that is still open counts as one.
    return new marked.Lexer(options).lex(`${text}\n`).flatMap((token) => blockOf(token, 0));
  };
}

function blockOf(token, depth) {
  switch (token.type) {
    case "paragraph":
    case "text": return [{ type: "paragraph", inlines: inlinesOf(token.tokens ?? [token], 0) }];
    case "heading": return [{ type: "heading", level: token.depth, inlines: inlinesOf(token.tokens, 0) }];
    case "code": return [{ type: "code", language: /^[\w+#.-]*/.exec(token.lang ?? "")[0], text: token.text }];
    case "hr": return [{ type: "rule" }];
    case "math": return [{ type: "math", text: token.text }];
    case "table": return [{ type: "table", header: token.header.map(cellOf), rows: token.rows.map((row) => row.map(cellOf)) }];
    case "blockquote": return depth < deepest
      ? [{ type: "quote", blocks: token.tokens.flatMap((inner) => blockOf(inner, depth + 1)) }] : plain(token);
    case "list": return depth < deepest ? [listOf(token, depth)] : plain(token);
    case "space": return [];
    default: return plain(token);
  }
}

const cellOf = (cell) => inlinesOf(cell.tokens, 0);
/** What is not known here, HTML above all, stays the text that it is. */
const plain = (token) => [{ type: "paragraph", inlines: wordsOf(token.raw.trim()) }];

function listOf({ ordered, start, items }, depth) {
  return {
    type: "list", ordered, start: ordered && Number.isSafeInteger(start) ? start : 1,
    items: items.map((item) => {
      const blocks = item.tokens.flatMap((inner) => blockOf(inner, depth + 1));
      const sign = item.task ? [{ type: "text", text: item.checked ? "☑ " : "☐ " }] : [];
      return sign.length && blocks[0]?.type === "paragraph"
        ? [{ ...blocks[0], inlines: [...sign, ...blocks[0].inlines] }, ...blocks.slice(1)] : blocks;
    }),
  };
}

function inlinesOf(tokens, depth) {
  return merged(tokens).flatMap((token) => inlineOf(token, depth));
}

function inlineOf(token, depth) {
  const inner = () => (depth < deepest ? inlinesOf(token.tokens ?? [], depth + 1) : wordsOf(token.raw));
  switch (token.type) {
    // `text` of a token is written for HTML, `raw` is what stood there.
    case "text": return token.tokens ? inner() : wordsOf(token.raw);
    case "escape": return [{ type: "text", text: token.raw.slice(1) }];
    case "br": return [{ type: "break" }];
    case "codespan": return [{ type: "code", text: codeOf(token.raw) }];
    case "strong": return [{ type: "strong", inlines: inner() }];
    case "em": return [{ type: "emphasis", inlines: inner() }];
    case "del": return [{ type: "deleted", inlines: inner() }];
    case "math": return [{ type: "math", text: token.text, display: token.display }];
    case "link": return linkOf(token);
    default: return wordsOf(token.raw);
  }
}

/** Texts that stand side by side are one, so that a marker is not torn apart. */
function merged(tokens) {
  const out = [];
  for (const token of tokens) {
    const last = out.at(-1);
    if (token.type === "text" && last?.type === "text" && !token.tokens && !last.tokens) {
      out[out.length - 1] = { ...last, raw: last.raw + token.raw };
    } else {
      out.push(token);
    }
  }
  return out;
}

/** An address that is not http(s) is no link: its words stay text. */
function linkOf({ raw, href, text }) {
  const isNamed = raw.startsWith("[");
  const url = safeAddress(isNamed ? href : raw.replace(/^<|>$/g, ""));
  if (!url) return wordsOf(raw);
  return [{ type: "link", url, inlines: [{ type: "text", text: isNamed ? text.replace(/[*`]/g, "") : raw.replace(/^<|>$/g, "") }] }];
}

function codeOf(raw) {
  const ticks = /^`+/.exec(raw)[0].length;
  return raw.slice(ticks, -ticks).replace(/\n/g, " ").replace(/^ (.*[^ ].*) $/, "$1");
}
