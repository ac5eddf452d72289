// Finds a verbatim quote inside its passage, so that it can be marked there.

/**
 * @returns {{before: string, match: string, after: string}|null} three pieces that joined are `passage` again;
 *   null when the quote is not in it. Runs of white space count as one: text from a PDF breaks its lines.
 */
export function findQuote(passage, quote) {
  return find(passage, quote, squeeze);
}

/** The same in the source of a Markdown document, whose marks the text of its passages does not have. */
export function findInSource(source, quote) {
  return find(source, quote, squeeze) ?? find(source, quote, (text) => squeeze(text, marks));
}

const marks = /[*_`#>|\\]/;

function find(passage, quote, squeezed) {
  const wanted = squeezed(quote.trim()).text.trim();
  if (!wanted) return null;
  const { text, places } = squeezed(passage);
  const at = text.indexOf(wanted);
  if (at < 0) return null;
  const start = places[at];
  const end = places[at + wanted.length - 1] + 1;
  return { before: passage.slice(0, start), match: passage.slice(start, end), after: passage.slice(end) };
}

/** Shorter words before a marker say too little to be looked for. */
const fewestCharacters = 12;

/**
 * The words to mark in a passage for one marker of the text: those right before it when they are quoted from the
 * passage as they stand (several sentences may cite one passage), else the quote of the citation.
 */
export function quoteFor({ passage = "", quote = "" }, wordsBefore) {
  const words = wordsBefore.replace(/^[\s.,;:"“”«»]+/, "").trim();
  return words.length >= fewestCharacters && findQuote(passage, words) ? words : quote;
}

/** The text with each run of white space as one blank and without what is left out, and where each character stood. */
function squeeze(original, leftOut = null) {
  const places = [];
  let text = "";
  for (let index = 0; index < original.length; index += 1) {
    if (leftOut?.test(original[index])) continue;
    const blank = /\s/.test(original[index]);
    if (blank && text.endsWith(" ")) continue;
    text += blank ? " " : original[index];
    places.push(index);
  }
  return { text, places };
}
