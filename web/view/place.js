// Where in a document a passage stands, in words.

/** "page 3 · Recursion › Base case"; empty when neither is known. */
export function placeOf({ page, section }, say) {
  const path = Array.isArray(section) ? section.join(" › ") : section;
  return [Number.isSafeInteger(page) ? say("source.page", { page }) : "", path || ""].filter(Boolean).join(" · ");
}
