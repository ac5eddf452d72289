// Where the words of a search stand in a text, whatever their case and accents.

/** Each character of `text` without its accents and in lower case, one for one: places stay what they are. */
const plain = (text) => [...text].map((sign) => [...sign.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()][0] ?? sign);

/** @returns {{text: string, isMatch: boolean}[]} the text in pieces */
export function partsWith(text, wanted) {
  const signs = [...text];
  const bare = plain(text);
  const marked = new Array(signs.length).fill(false);
  for (const word of new Set(wanted.split(/[^\p{L}\p{N}]+/u).filter(Boolean))) {
    const looked = plain(word);
    for (let at = 0; at + looked.length <= bare.length; at += 1) {
      if (looked.every((sign, place) => sign === bare[at + place])) marked.fill(true, at, at + looked.length);
    }
  }
  const parts = [];
  signs.forEach((sign, at) => {
    if (parts.length && parts.at(-1).isMatch === marked[at]) parts.at(-1).text += sign;
    else parts.push({ text: sign, isMatch: marked[at] });
  });
  return parts;
}
