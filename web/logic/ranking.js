// Why a passage stands where it stands: the parts of its score, each with how much of the most possible it is.

/** Parts that the server may tell, in the order in which they are shown. */
const names = ["score", "similarity", "lexical", "vector", "sentence", "window"];

/**
 * @param {{score, similarity, parts?: {lexical, vector, sentence, window}}} passage a part may be a number, or
 *   `{score, rank}`
 * @returns {{name: string, value: number, share: number}[]} those that are known; `share` is 0 to 1, of a part that is
 *   larger than one 1
 */
export function partsOf({ score, similarity, parts = {} }) {
  const values = { ...parts, score, similarity };
  return names.map((name) => ({ name, value: numberOf(values[name]) }))
    .filter(({ value }) => Number.isFinite(value))
    .map(({ name, value }) => ({ name, value, share: Math.min(1, Math.max(0, value)) }));
}

const numberOf = (part) => (part !== null && typeof part === "object" ? part.score : part);
