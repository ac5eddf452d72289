// The staff's desk: one sheet at a time, chosen by tabs that are links. What is under way stays when a sheet is left.

import { told } from "../logic/uploads.js";
import { sheets, writeRoute } from "../logic/route.js";
import { byId, element } from "../view/elements.js";
import { insightsSheet } from "./insights.js";
import { materialsSheet } from "./materials.js";
import { membersSheet } from "./members.js";
import { rulesSheet } from "./rules.js";
import { searchSheet } from "./search.js";
import { uploadQueue } from "./upload-queue.js";

const makers = {
  materials: materialsSheet, search: searchSheet, members: membersSheet, rules: rulesSheet, insights: insightsSheet,
};

/**
 * @param {object} page `{say, format, tell, session, follow, openSource}`
 * @returns {object} `show({course, sheet})`, `document(event)`, `leave()`, `end()`, `isUnsaved`, `leaving`
 */
export function desk(page) {
  let current = null;
  const queues = new Map();

  function queueOf(course) {
    if (!queues.has(course.id)) queues.set(course.id, uploadQueue(page, course.id, () => countUploads()));
    return queues.get(course.id);
  }

  function show({ course, sheet }) {
    leave();
    const { say } = page;
    byId("desk-tabs").replaceChildren(...sheets.map((name) => element("a", {
      href: writeRoute({ place: "desk", course: course.id, sheet: name }), text: say(`desk.${name}`),
      "aria-current": name === sheet ? "page" : null, "data-sheet": name,
    })));
    byId("desk-title").textContent = course.title || course.id;
    const complaint = element("p", { class: "problem", role: "alert", hidden: true });
    const box = element("div", { class: "sheet", "data-sheet": sheet });
    byId("desk-sheet").replaceChildren(complaint, box);
    const mine = { course };
    current = mine;
    mine.sheet = makers[sheet]({
      ...page, course, uploads: queueOf(course),
      isCurrent: () => current === mine,
      complain(sentence) {
        complaint.textContent = sentence ?? "";
        complaint.hidden = !sentence;
        if (sentence) complaint.scrollIntoView({ block: "nearest" });
      },
    }, box);
    countUploads();
    // On a phone the tabs scroll: the present one shall be in sight.
    byId("desk-tabs").querySelector("[aria-current]").scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Files that are still being sent are told at the tab, whatever sheet is open. */
  function countUploads() {
    const tab = byId("desk-tabs").querySelector("[data-sheet=materials]");
    if (!current || !tab) return;
    const count = queueOf(current.course).leaving;
    tab.textContent = count ? page.say("desk.sending", { count }) : page.say("desk.materials");
  }

  function leave() {
    current?.sheet?.leave?.();
    current = null;
    byId("desk-sheet").replaceChildren();
  }

  return {
    show, leave,
    /** Who was here signs out: nothing of theirs goes on. */
    end() {
      leave();
      for (const queue of queues.values()) queue.stop();
      queues.clear();
    },
    document(event) {
      for (const queue of queues.values()) queue.update((uploads) => told(uploads, event));
      current?.sheet?.document?.(event);
    },
    get isUnsaved() { return current?.sheet?.isUnsaved?.() === true; },
    /** Files that would be lost if the page were closed. */
    get leaving() { return [...queues.values()].reduce((sum, queue) => sum + queue.leaving, 0); },
  };
}
