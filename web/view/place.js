// Where in a document a passage stands, in words.

const step = " › ";

/**
 * "page 3 · Base case › Why", "slide 3", "00:01:23–00:02:10 (OCR)"; empty when nothing is known. The title that begins
 * many a heading path is left out.
 */
export function placeOf({ title, page, pageUnit, place, ocr, section }, say) {
  const steps = (section ?? "").split(step);
  const path = (steps[0] === title ? steps.slice(1) : steps).join(step);
  const numbered = Number.isSafeInteger(page) ? say(pageUnit === "slide" ? "source.slide" : "source.page", { page }) : "";
  const parts = [numbered, typeof place === "string" ? place : "", path].filter(Boolean);
  return parts.join(" · ") + (ocr === true ? ` (${say("source.ocr")})` : "");
}
