// Assignments with a budget of hints each: saved as soon as one is made, changed or taken away.

import { assignmentId, openBudget, withAssignment, withoutAssignment } from "../logic/policies.js";
import { Problem } from "../logic/problem.js";
import { documentPicker } from "../view/document-picker.js";
import { element } from "../view/elements.js";
import { askInDialog, confirmInDialog } from "../view/form-dialog.js";
import { button, empty, heading, table } from "./parts.js";

/** @param {object} rules `{policies, change(work), documents}`: `change` saves, and gives the rules as they are then */
export function assignmentsPart(page, { policies, change, documents }) {
  const { say } = page;
  const list = element("div");

  function draw({ assignments }) {
    const columns = ["assignment", "budget", "documents", "actions"].map((key) => say(`assign.${key}`));
    list.replaceChildren(assignments.length ? table(say("assign.title"), columns, assignments.map((one) => [
      nameOf(one), String(one.hintBudget ?? "–"), one.documents.map(documentName).join(", ") || "–",
      [element("div", { class: "row-actions" },
        button(say("assign.edit"), () => edit(one, assignments), "quiet small", { "aria-label": say("assign.editOf", { title: nameOf(one) }) }),
        button(say("assign.remove"), () => remove(one), "quiet small warn", { "aria-label": say("assign.removeOf", { title: nameOf(one) }) }))],
    ])) : empty(say("assign.none")));
    return assignments;
  }

  const nameOf = ({ id, title }) => title || id;
  const documentName = (id) => documents.find(({ documentId }) => documentId === id)?.name ?? id;

  /** @param {object|null} one the assignment that is changed; null for a new one */
  async function edit(one, others) {
    const picker = documentPicker(page, { label: say("assign.documents"), hint: say("assign.documentsHint"), documents, chosen: one?.documents });
    const done = await askInDialog(page, {
      title: one ? say("assign.editOf", { title: nameOf(one) }) : say("assign.add"), action: say(one ? "assign.save" : "assign.add"),
      fields: [
        { name: "title", label: say("assign.name"), required: true, maxlength: "120", value: one?.title ?? "" },
        { name: "hintBudget", label: say("assign.budget"), type: "number", min: "0", max: "100", value: one ? one.hintBudget : 3,
          hint: say("assign.budgetHint") },
      ],
      after: [picker.node],
      async work({ title, hintBudget }) {
        const chosen = picker.chosen();
        const open = openBudget([...others.filter(({ id }) => id !== one?.id), { id: one?.id, title, documents: chosen, hintBudget }]);
        if (open) throw new Problem(400, { detail: say("assign.needsDocuments", { title: nameOf(open) }) });
        return change((rules) => withAssignment(rules, {
          id: one?.id ?? assignmentId(title, rules.assignments.map(({ id }) => id)), title, documents: chosen, hintBudget,
        }));
      },
    });
    if (done) present = draw(done.result);
  }

  async function remove(one) {
    let left = null;
    const gone = await confirmInDialog(page, {
      title: say("assign.removeTitle", { title: nameOf(one) }), text: say("assign.removeText"), action: say("assign.remove"), danger: true,
      work: async () => { left = await change((rules) => withoutAssignment(rules, one.id)); },
    });
    if (gone) present = draw(left);
  }

  let present = draw(policies);
  return element("section", {}, heading(say("assign.title"), button(say("assign.add"), () => edit(null, present))),
    element("p", { class: "soft", text: say("assign.text") }), list);
}
