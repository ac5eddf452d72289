// Some of many documents, for a dialog: a list that is filtered by words, and taken or left as a whole.

import { element } from "./elements.js";

/** Fewer need no search. */
const many = 6;

/**
 * @param {{documentId: string, name: string}[]} documents
 * @param {string[]} chosen those that are ticked at first
 * @returns {{node: Element, chosen(): string[]}} the ids in the order of the list
 */
export function documentPicker({ say }, { label, hint, documents, chosen = [] }) {
  const boxes = documents.map(({ documentId, name }) => ({
    name: name.toLowerCase(), documentId,
    box: element("input", { type: "checkbox", checked: chosen.includes(documentId), onchange: tell }),
    title: name,
  }));
  const rows = boxes.map(({ box, title }) => element("li", {}, element("label", {}, box, element("span", { text: title }))));
  const search = element("input", { type: "search", "aria-label": say("pick.find"), placeholder: say("pick.find"), autocomplete: "off",
    oninput: filter,
    // Enter looks for what is typed; it does not send the form around the field.
    onkeydown: (event) => { if (event.key === "Enter") event.preventDefault(); } });
  const count = element("span", { class: "soft", role: "status" });
  const some = (key, value) => element("button", { type: "button", class: "quiet small", text: say(key), onclick: () => {
    boxes.forEach(({ box }, at) => { if (!rows[at].hidden) box.checked = value; });
    tell();
  } });

  function filter() {
    const words = search.value.trim().toLowerCase();
    boxes.forEach(({ name }, at) => { rows[at].hidden = !name.includes(words); });
  }

  function tell() {
    count.textContent = say("pick.count", { count: boxes.filter(({ box }) => box.checked).length, all: boxes.length });
  }

  tell();
  const node = element("fieldset", { class: "picker" }, element("legend", { text: label }),
    ...(hint ? [element("p", { class: "soft", text: hint })] : []),
    ...(documents.length > many ? [search] : []),
    element("div", { class: "row-actions" }, some("pick.all", true), some("pick.none", false), count),
    element("ul", { tabindex: "0", "aria-label": label }, ...rows));
  return { node, chosen: () => boxes.filter(({ box }) => box.checked).map(({ documentId }) => documentId) };
}
