// Where an answer says something that its sources do not carry: a sign the text never has, put behind each such sentence.

/** Private-use characters; those a text should bring along are taken out. */
export const signs = { partly: "\uE000", unsupported: "\uE001" };

/**
 * @param {string} text the answer
 * @param {{start: number, end: number, verdict: string}[]} claims in bytes of UTF-8, ascending
 * @returns {string} the text with a sign behind each sentence that is not wholly supported
 */
export function withDoubts(text, claims) {
  const plain = text.replace(/[\uE000\uE001]/g, "");
  const doubtful = claims.filter(({ verdict, end }) => signs[verdict] && Number.isSafeInteger(end));
  // Places would be wrong in a text that lost a character.
  if (!doubtful.length || plain !== text) return plain;
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  let out = "";
  let start = 0;
  for (const { end, verdict } of doubtful) {
    if (end < start || end > bytes.length) continue;
    out += decoder.decode(bytes.subarray(start, end)) + signs[verdict];
    start = end;
  }
  return out + decoder.decode(bytes.subarray(start));
}
