// Keys by which programs ask in one's name; each is shown once.

import { sentenceForProblem } from "../logic/problem.js";
import { element } from "../view/elements.js";
import { askInDialog, showInDialog } from "../view/form-dialog.js";
import { createToken, deleteToken, readTokens } from "../wire/account.js";

export function tokensPart(page) {
  const { say, format, courses } = page;
  const list = element("ul", { class: "tokens" });

  async function read() {
    try {
      const tokens = await readTokens();
      list.replaceChildren(...(tokens.length ? tokens.map(tokenNode) : [element("li", { class: "soft", text: say("tokens.none") })]));
    } catch (problem) {
      list.replaceChildren(element("li", { class: "problem", text: sentenceForProblem(problem, say) }));
    }
  }

  function tokenNode({ id, name, course, expiresAt }) {
    const until = Number.isFinite(expiresAt) ? say("tokens.until", { date: format.date(expiresAt) }) : "";
    return element("li", {}, element("span", {}, element("strong", { text: name }), ` ${[course, until].filter(Boolean).join(" · ")}`),
      element("button", { type: "button", class: "quiet small warn", text: say("tokens.end"),
        "aria-label": say("tokens.endOf", { name }), onclick: async () => { await deleteToken(id).catch(() => {}); await read(); } }));
  }

  async function make() {
    const made = await askInDialog(page, {
      title: say("tokens.make"), action: say("tokens.make"),
      fields: [
        { name: "name", label: say("tokens.name"), required: true, maxlength: "60" },
        { name: "course", label: say("course"), type: "select", options: courses.map(({ id, title }) => [id, title || id]) },
        { name: "expiresInDays", label: say("tokens.days"), type: "number", min: "1", max: "365", value: "90", required: true },
      ],
      work: (token) => createToken(token),
    });
    if (!made) return;
    await showInDialog(page, { title: say("tokens.ready"), text: say("tokens.once"), copy: made.result.token });
    await read();
  }

  read();
  return element("section", { class: "keys" }, element("h3", { text: say("tokens.title") }),
    element("p", { class: "soft", text: say("tokens.about") }), list,
    element("button", { type: "button", class: "quiet", text: say("tokens.make"), onclick: make }));
}
