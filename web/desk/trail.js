// What staff changed in a course, the last first: read when it is asked for.

import { element } from "../view/elements.js";
import { actionOf, detailsOf } from "../logic/trail.js";
import { readTrail } from "../wire/desk.js";
import { attempt, button, empty, table } from "./parts.js";

export function trailPart(page) {
  const { say, format, course } = page;
  const box = element("div");
  const more = button(say("more"), () => read());
  let entries = [];
  let cursor = null;

  async function read() {
    const found = await attempt(page, () => readTrail(course.id, cursor));
    if (!found || !page.isCurrent()) return;
    entries = [...entries, ...(found.entries ?? [])];
    cursor = found.nextCursor ?? null;
    const columns = ["when", "who", "what", "about"].map((key) => say(`trail.${key}`));
    box.replaceChildren(entries.length ? table(say("trail.title"), columns, entries.map((entry) =>
      [format.time(entry.at), entry.actor, actionOf(entry, say), detailsOf(entry, page)])) : empty(say("trail.none")),
      ...(cursor ? [more] : []));
  }

  return element("details", { ontoggle: ({ target }) => { if (target.open && !entries.length) read(); } },
    element("summary", { text: say("trail.title") }), box);
}
