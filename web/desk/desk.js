// The staff's desk: one sheet at a time, chosen by tabs that are links.

import { sheets, writeRoute } from "../logic/route.js";
import { byId, element } from "../view/elements.js";
import { insightsSheet } from "./insights.js";
import { materialsSheet } from "./materials.js";
import { membersSheet } from "./members.js";
import { rulesSheet } from "./rules.js";
import { searchSheet } from "./search.js";

const makers = {
  materials: materialsSheet, search: searchSheet, members: membersSheet, rules: rulesSheet, insights: insightsSheet,
};

/**
 * @param {object} page `{say, format, announce, session, follow, openSource}`
 * @returns {{show({course, sheet}), document(event), leave()}}
 */
export function desk(page) {
  let current = null;

  function show({ course, sheet }) {
    leave();
    const { say } = page;
    byId("desk-tabs").replaceChildren(...sheets.map((name) => element("a", {
      href: writeRoute({ place: "desk", course: course.id, sheet: name }), text: say(`desk.${name}`),
      "aria-current": name === sheet ? "page" : null,
    })));
    byId("desk-title").textContent = course.title || course.id;
    const complaint = element("p", { class: "problem", role: "alert", hidden: true });
    const box = element("div", { class: "sheet", "data-sheet": sheet });
    byId("desk-sheet").replaceChildren(complaint, box);
    const mine = {};
    current = mine;
    mine.sheet = makers[sheet]({
      ...page, course,
      isCurrent: () => current === mine, tell: page.announce,
      complain(sentence) {
        complaint.textContent = sentence ?? "";
        complaint.hidden = !sentence;
      },
    }, box);
  }

  function leave() {
    current?.sheet?.leave?.();
    current = null;
    byId("desk-sheet").replaceChildren();
  }

  return { show, leave, document: (event) => current?.sheet?.document?.(event) };
}
