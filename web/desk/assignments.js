// Assignments with a budget of hints each.

import { assignmentId } from "../logic/policies.js";
import { element } from "../view/elements.js";
import { askInDialog } from "../view/form-dialog.js";
import { button, empty, heading, table } from "./parts.js";

export function assignmentsPart(page, { get, set, documents }) {
  const { say } = page;
  const list = element("div");

  function draw() {
    const { assignments } = get();
    const columns = ["assignment", "budget", "documents", "actions"].map((key) => say(`assign.${key}`));
    list.replaceChildren(assignments.length ? table(say("assign.title"), columns, assignments.map((one) => [
      one.title || one.id, String(one.hintBudget ?? "–"), one.documents.map(nameOf).join(", ") || "–",
      [button(say("assign.remove"), () => {
        set({ ...get(), assignments: get().assignments.filter(({ id }) => id !== one.id) });
        draw();
      }, "quiet small warn", { "aria-label": say("assign.removeOf", { title: one.title || one.id }) })],
    ])) : empty(say("assign.none")));
  }

  const nameOf = (id) => documents.find(({ documentId }) => documentId === id)?.name ?? id;

  async function add() {
    const added = await askInDialog(page, {
      title: say("assign.add"), action: say("assign.add"),
      fields: [
        { name: "title", label: say("assign.name"), required: true, maxlength: "120" },
        { name: "hintBudget", label: say("assign.budget"), type: "number", min: "0", max: "100", value: "3", required: true },
        ...documents.map(({ documentId, name }) => ({ name: `document-${documentId}`, label: name, type: "checkbox" })),
      ],
    });
    if (!added?.values.title) return;
    const { title, hintBudget, ...chosen } = added.values;
    const { assignments } = get();
    const id = assignmentId(title, assignments.map((one) => one.id));
    const mine = documents.map(({ documentId }) => documentId).filter((one) => chosen[`document-${one}`]);
    set({ ...get(), assignments: [...assignments, { id, title, documents: mine, hintBudget: hintBudget ?? 0 }] });
    draw();
  }

  draw();
  return element("section", {}, heading(say("assign.title"), button(say("assign.add"), add)),
    element("p", { class: "soft", text: say("assign.text") }), list);
}
