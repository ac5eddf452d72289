// What staff changed, in words.

/** What was done; a name that the page does not know stays as the server says it. */
export function actionOf({ action }, say) {
  const key = `trail.${action}`;
  const said = say(key);
  return said === key ? action : said;
}

/** What it was done to, and how: whatever is not known by name is still said. */
export function detailsOf({ subject, course, details = {} }, { say, format }) {
  const facts = Object.entries(details).map(([name, value]) => factOf(name, value, say, format));
  // The course is the one that is looked at.
  return [subject === course ? "" : subject, ...facts].filter(Boolean).join(" · ");
}

function factOf(name, value, say, format) {
  if (name === "expires" && Number.isFinite(Number(value))) return say("tokens.until", { date: format.date(Number(value)) });
  if (name === "role") return known(say, `role.${value}`) ?? value;
  const label = known(say, `trail.detail.${name}`);
  return label ? `${label}: ${value}` : `${name}: ${value}`;
}

function known(say, key) {
  const said = say(key);
  return said === key ? null : said;
}
