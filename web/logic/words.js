// Plain words of an answer with what stands between them: citation markers and the signs of `withDoubts`.

import { signs } from "./doubts.js";

const verdicts = Object.fromEntries(Object.entries(signs).map(([verdict, sign]) => [sign, verdict]));

/** @returns {object[]} `{type: "text", text}`, `{type: "marker", number}`, `{type: "doubt", verdict}` */
export function wordsOf(text) {
  const inlines = [];
  let from = 0;
  const say = (to) => { if (to > from) inlines.push({ type: "text", text: text.slice(from, to) }); };
  for (const found of text.matchAll(/\[(\d{1,3}(?:, ?\d{1,3}){0,9})\]|[\uE000\uE001]/g)) {
    say(found.index);
    if (found[1]) inlines.push(...found[1].split(",").map((number) => ({ type: "marker", number: Number(number) })));
    else inlines.push({ type: "doubt", verdict: verdicts[found[0]] });
    from = found.index + found[0].length;
  }
  say(text.length);
  return inlines;
}
