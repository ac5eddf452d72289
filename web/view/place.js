// Where in a document a passage stands, in words.

const step = " › ";

/** "page 3 · Base case › Why"; empty when neither is known. The title that begins many a heading path is left out. */
export function placeOf({ title, page, section }, say) {
  const steps = (section ?? "").split(step);
  const path = (steps[0] === title ? steps.slice(1) : steps).join(step);
  return [Number.isSafeInteger(page) ? say("source.page", { page }) : "", path || ""].filter(Boolean).join(" · ");
}
