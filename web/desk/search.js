// The sheet where staff see what a question finds, and why in this order.

import { partsOf } from "../logic/ranking.js";
import { element } from "../view/elements.js";
import { field, valuesOf } from "../view/fields.js";
import { placeOf } from "../view/place.js";
import { searchCourse } from "../wire/desk.js";
import { empty, fill, heading, state } from "./parts.js";

export function searchSheet(page, box) {
  const { say, course } = page;
  const found = element("div", { id: "found", "aria-live": "polite" });
  const form = element("form", { class: "inline-form", id: "search-form" },
    field({ name: "q", label: say("search.query"), type: "search", required: true, maxlength: "1000" }),
    field({ name: "k", label: say("search.count"), type: "number", min: "1", max: "50", value: "8" }),
    element("button", { type: "submit", class: "primary", text: say("search.go") }));
  box.replaceChildren(heading(say("desk.search")), element("p", { class: "soft", text: say("search.about") }), form, found);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { q, k } = valuesOf(form);
    if (!q) return;
    fill(found, page, async () => {
      const passages = await searchCourse(course.id, q, k ?? 8);
      if (!passages.length) return empty(say("search.none"));
      return element("ol", { class: "passages" }, ...passages.map(passageNode));
    });
  });

  function passageNode(passage) {
    const title = element("button", { type: "button", class: "link", text: passage.title,
      onclick: ({ currentTarget }) => page.openSource({ ...passage, passage: passage.text, quote: "" }, () => currentTarget.focus()) });
    const text = element("p", { class: "chunk-text", text: passage.text });
    return element("li", {}, element("p", {}, title, " ", element("span", { class: "soft", text: placeOf(passage, say) }),
      ...(passage.hidden ? [" ", state("failed", say(`search.${passage.hidden}`))] : [])),
      reasons(passage), text);
  }

  /** Why it stands here: each part of the score as a number and a bar. */
  function reasons(passage) {
    const rows = partsOf(passage).map(({ name, value, share }) => [
      element("dt", { text: say(`search.${name}`) }),
      element("dd", {}, element("meter", { min: "0", max: "1", value: String(share), "aria-label": say(`search.${name}`) }),
        element("span", { class: "number", text: page.format.score(value) }))]);
    return element("dl", { class: "reasons" }, ...rows.flat());
  }

  return {};
}
