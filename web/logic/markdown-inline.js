// Inside a paragraph: strong, emphasis, inline code, links (http and https only), citation markers `[1]` and the signs of
// doubt that `withDoubts` puts behind sentences.

import { signs } from "./doubts.js";

/** Strong inside emphasis inside strong…: deeper than this it is text. */
const deepest = 4;

/**
 * @returns {object[]} `{type: "text", text}`, `{type: "break"}`, `{type: "code", text}`, `{type: "marker", number}`,
 *   `{type: "doubt", verdict}`, `{type: "strong"|"emphasis", inlines}`, `{type: "link", url, inlines}` (its words are plain text); neighbouring
 *   texts are one
 */
export function parseInlines(text, depth = 0) {
  const inlines = [];
  // The next place of a closer stays true until the reading has passed it: without this memory "[[[[…" would cost
  // its square.
  const places = new Map();
  const find = (closer, from) => {
    const known = places.get(closer);
    if (known === -1 || known >= from) return known;
    const found = text.indexOf(closer, from);
    places.set(closer, found);
    return found;
  };
  const say = (piece) => {
    const last = inlines.at(-1);
    if (last?.type === "text") last.text += piece;
    else if (piece) inlines.push({ type: "text", text: piece });
  };

  let at = 0;
  while (at < text.length) {
    const read = readAt(text, at, find, depth);
    if (read) {
      inlines.push(...read.inlines);
      at = read.next;
    } else if (text[at] === "\\" && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? "")) {
      say(text[at + 1]);
      at += 2;
    } else {
      // Up to the next character that may begin something.
      const rest = /[\\`*[\nh\uE000\uE001]/g;
      rest.lastIndex = at + 1;
      const next = rest.exec(text)?.index ?? text.length;
      say(text.slice(at, next));
      at = next;
    }
  }
  return inlines;
}

function readAt(text, at, find, depth) {
  switch (text[at]) {
    case "\n": return { inlines: [{ type: "break" }], next: at + 1 };
    case "`": return readCode(text, at, find);
    case "*": return depth < deepest ? readStrong(text, at, find, depth) : null;
    case "[": return readBracket(text, at, find);
    case "h": return readAddress(text, at);
    case signs.partly: return { inlines: [{ type: "doubt", verdict: "partly" }], next: at + 1 };
    case signs.unsupported: return { inlines: [{ type: "doubt", verdict: "unsupported" }], next: at + 1 };
    default: return null;
  }
}

function readCode(text, at, find) {
  let ticks = "";
  while (text[at + ticks.length] === "`") ticks += "`";
  const end = find(ticks, at + ticks.length);
  // A run that never closes is text as a whole.
  if (end < 0) return { inlines: [{ type: "text", text: ticks }], next: at + ticks.length };
  const inner = text.slice(at + ticks.length, end).replace(/\n/g, " ");
  return { inlines: [{ type: "code", text: inner.replace(/^ (.*[^ ].*) $/, "$1") }], next: end + ticks.length };
}

function readStrong(text, at, find, depth) {
  const mark = text.startsWith("**", at) ? "**" : "*";
  const from = at + mark.length;
  // "2 * 3" multiplies: an opener touches the word it opens.
  if (/^\s?$/.test(text[from] ?? "")) return null;
  const end = find(mark, from + 1);
  if (end < 0 || /\s/.test(text[end - 1])) return null;
  const type = mark === "**" ? "strong" : "emphasis";
  return { inlines: [{ type, inlines: parseInlines(text.slice(from, end), depth + 1) }], next: end + mark.length };
}

/** `[1]`, `[1, 3]` or `[words](https://…)`. */
function readBracket(text, at, find) {
  const markers = /\[(\d{1,3}(?:, ?\d{1,3}){0,9})\](?!\()/y;
  markers.lastIndex = at;
  const numbers = markers.exec(text);
  if (numbers) {
    const inlines = numbers[1].split(",").map((number) => ({ type: "marker", number: Number(number) }));
    return { inlines, next: markers.lastIndex };
  }
  const middle = find("](", at);
  const end = middle < 0 ? -1 : find(")", middle);
  if (end < 0 || middle - at > 500 || end - middle > 2000) return null;
  const words = text.slice(at + 1, middle);
  const url = safeAddress(text.slice(middle + 2, end).trim());
  if (words.includes("[") || !url) return null;
  return { inlines: [link(url, words.replace(/[*`]/g, ""))], next: end + 1 };
}

/** A bare address; a full stop or bracket at its end belongs to the sentence. */
function readAddress(text, at) {
  const bare = /https?:\/\/[^\s<>"'`*[\]]{1,500}/y;
  bare.lastIndex = at;
  if (at > 0 && /\w/.test(text[at - 1])) return null;
  const found = bare.exec(text)?.[0].replace(/[.,;:!?)]+$/, "");
  const url = found && safeAddress(found);
  return url ? { inlines: [link(url, found)], next: at + found.length } : null;
}

const link = (url, text) => ({ type: "link", url, inlines: [{ type: "text", text }] });

/** The address when it is absolute http or https without a password, else null: no `javascript:`, no `data:`. */
export function safeAddress(text) {
  if (!/^https?:\/\//i.test(text)) return null;
  try {
    const url = new URL(text);
    return url.username || url.password ? null : url.href;
  } catch {
    return null;
  }
}
