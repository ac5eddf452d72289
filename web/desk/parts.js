// Small parts that several sheets of the desk are made of.

import { sentenceForProblem } from "../logic/problem.js";
import { element } from "../view/elements.js";

/** A button; `kind` is quiet, primary or danger. */
export const button = (text, onclick, kind = "quiet", more = {}) => element("button", { type: "button", class: kind, text, onclick, ...more });

/** A heading with what can be done beside it. */
export const heading = (text, ...actions) => element("div", { class: "heading" }, element("h2", { text }), ...actions);

/**
 * A table; `rows` are arrays of nodes or texts. On a phone each row is a card, each cell under the name of its column: the
 * roles are said outright, for what is no longer laid out as a table would no longer be read out as one.
 */
export function table(caption, columns, rows) {
  const head = element("tr", { role: "row" }, ...columns.map((text) => element("th", { scope: "col", role: "columnheader", text })));
  const body = rows.map(([first, ...cells]) => element("tr", { role: "row" },
    element("th", { scope: "row", role: "rowheader" }, ...[first].flat()),
    ...cells.map((cell, at) => element("td", { role: "cell", "data-column": columns[at + 1] }, element("div", {}, ...[cell].flat())))));
  return element("div", { class: "table", tabindex: "0", role: "region", "aria-label": caption },
    element("table", { role: "table" }, element("caption", { class: "unseen", text: caption }), element("thead", { role: "rowgroup" }, head),
      element("tbody", { role: "rowgroup" }, ...body)));
}

/** Rows of fewer are all in sight. */
const manyRows = 8;

/**
 * A field that leaves only those rows of the table in `box` whose heading has the words; shown where there are many.
 * @returns {{node, apply()}} `apply` is called when the table is another one
 */
export function finder(label, box) {
  const search = element("input", { type: "search", "aria-label": label, placeholder: label, autocomplete: "off" });
  const node = element("div", { class: "finder" }, search);
  function apply() {
    const words = search.value.trim().toLowerCase();
    const rows = [...box.querySelectorAll("tbody tr")];
    node.hidden = rows.length <= manyRows;
    for (const row of rows) row.hidden = !node.hidden && !row.querySelector("th").textContent.toLowerCase().includes(words);
  }
  search.addEventListener("input", (event) => {
    // Nothing of the form around it is changed.
    event.stopPropagation();
    apply();
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  return { node, apply };
}

export const state = (name, text) => element("span", { class: `state ${name}`, text });
export const empty = (text) => element("p", { class: "soft", text });

/**
 * Fills `box` with what `work` gives, once it has come; the sentence when it fails.
 * @param {() => boolean} isCurrent false once the sheet was left
 */
export async function fill(box, { say, isCurrent }, work) {
  box.setAttribute("aria-busy", "true");
  try {
    const nodes = await work();
    if (isCurrent()) box.replaceChildren(...[nodes].flat());
  } catch (problem) {
    if (isCurrent()) {
      box.replaceChildren(element("p", { class: "problem", role: "alert", text: sentenceForProblem(problem, say) }));
    }
  } finally {
    box.removeAttribute("aria-busy");
  }
}

/** Does `work` and tells how it went; a failure is a sentence on the page. */
export async function attempt({ say, tell, complain }, work, done) {
  try {
    const result = await work();
    complain(null);
    if (done) tell(done);
    return result;
  } catch (problem) {
    complain(sentenceForProblem(problem, say));
    return undefined;
  }
}
