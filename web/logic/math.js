// Formulas in Markdown, as models write them: `$…$` and `\(…\)` within a line, `$$…$$` and `\[…\]` on their own.

/** Longer ones are text: a formula is a line or two. */
const mostCharacters = 4_000;

const blockForms = [/^\$\$([^]+?)\$\$[ \t]*(?:\n|$)/, /^\\\[([^]+?)\\\][ \t]*(?:\n|$)/];
const inlineForms = [
  { form: /^\$\$([^$]+?)\$\$/, display: true },
  { form: /^\\\[([^]+?)\\\]/, display: true },
  { form: /^\\\(([^]+?)\\\)/, display: false },
  // "$5 and $10" are prices: a formula touches both its signs, and no digit follows it.
  { form: /^\$(?![\s$])((?:\\.|[^$\\\n])*[^$\s\\]|[^$\s\\])\$(?!\d)/, display: false },
];

/** @returns {{raw: string, text: string, display: boolean}|null} the formula with which a text begins */
export function formulaAt(text) {
  const beginning = text.slice(0, mostCharacters);
  for (const { form, display } of inlineForms) {
    const found = form.exec(beginning);
    if (found?.[1].trim()) return { raw: found[0], text: found[1].trim(), display };
  }
  return null;
}

function blockAt(text) {
  const beginning = text.slice(0, mostCharacters);
  for (const form of blockForms) {
    const found = form.exec(beginning);
    if (found?.[1].trim()) return { type: "math", raw: found[0], text: found[1].trim() };
  }
  return undefined;
}

const inlineAt = (text) => {
  const found = formulaAt(text);
  return found ? { type: "math", ...found } : undefined;
};

/** Where the next formula may begin; undefined for nowhere. */
const starts = (text, sign) => {
  const at = text.search(sign);
  return at < 0 ? undefined : at;
};

/** The extensions in the form in which marked's lexer takes them. */
export const mathExtensions = {
  block: [blockAt], inline: [inlineAt],
  startBlock: [(text) => starts(text, /\$\$|\\\[/)], startInline: [(text) => starts(text, /\$|\\[([]/)],
  childTokens: {}, renderers: {},
};
