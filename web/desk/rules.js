// The sheet of a course's settings: what students may ask for, what each document may be used for, what it may cost.

import { modes, wholePolicies, withFields } from "../logic/policies.js";
import { element } from "../view/elements.js";
import { field, valuesOf } from "../view/fields.js";
import { askInDialog } from "../view/form-dialog.js";
import { readPolicies } from "../wire/api.js";
import { deleteCourse, putPolicies, readDocuments, renameCourse } from "../wire/desk.js";
import { assignmentsPart } from "./assignments.js";
import { documentRules } from "./document-rules.js";
import { locksPart } from "./locks.js";
import { attempt, button, fill, heading } from "./parts.js";

export function rulesSheet(page, box) {
  const { say, course } = page;
  const form = element("div");
  box.replaceChildren(titlePart(), form);
  fill(form, page, async () => {
    const [policies, documents] = await Promise.all([readPolicies(course.id), readDocuments(course.id)]);
    return rulesForm(wholePolicies(policies), documents);
  });

  function titlePart() {
    const fields = element("form", { class: "inline-form" },
      field({ name: "title", label: say("rules.title"), value: course.title, required: true, maxlength: "120" }),
      element("button", { type: "submit", class: "quiet", text: say("rules.rename") }),
      button(say("rules.delete"), removeCourse, "quiet warn"));
    fields.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { title } = valuesOf(fields);
      if (!title) return;
      const done = await attempt(page, async () => { await renameCourse(course.id, title); return true; }, say("rules.saved"));
      if (done) page.coursesChanged(course.id);
    });
    return element("section", {}, heading(say("rules.course")), fields);
  }

  async function removeCourse() {
    const gone = await askInDialog(page, {
      title: say("rules.deleteTitle", { title: course.title }), text: say("rules.deleteText", { id: course.id }),
      action: say("rules.delete"), danger: true,
      fields: [{ name: "id", label: say("rules.deleteName"), required: true, pattern: course.id, autocomplete: "off" }],
      work: () => deleteCourse(course.id),
    });
    if (gone) page.coursesChanged(null);
  }

  function rulesForm(policies, documents) {
    let rules = policies;
    // The parts show and change their piece of the rules; the rest is read from the fields when it is saved.
    const part = (maker) => maker(page, { get: () => rules, set: (next) => { rules = next; }, documents });
    const number = (name, more = {}) => field({ name, label: say(`rules.${name}`), type: "number", min: "0", value: rules[name], ...more });
    const node = element("form", { id: "rules-form" },
      heading(say("rules.answers")),
      element("div", { class: "columns" },
        field({ name: "language", label: say("rules.language"), type: "select", value: rules.language,
          options: ["auto", "pt", "en"].map((one) => [one, say(`rules.language.${one}`)]) }),
        field({ name: "unsupported", label: say("rules.unsupported"), type: "select", value: rules.unsupported ?? "",
          options: ["", "mark", "regenerate"].map((one) => [one, say(`rules.unsupported.${one || "default"}`)]) })),
      element("fieldset", {}, element("legend", { text: say("rules.modes") }),
        ...modes.map((mode) => field({ name: `mode-${mode}`, label: say(`mode.${mode}.long`), type: "checkbox", value: rules.modes.includes(mode) }))),
      heading(say("rules.limits")), element("p", { class: "soft", text: say("rules.limitsText") }),
      element("div", { class: "columns" }, number("questionsPerDay"), number("hintsPerDay"),
        number("dailyCostUsd", { step: "0.01" }), number("monthlyCostUsd", { step: "0.01" }),
        field({ name: "whenCostReached", label: say("rules.whenCostReached"), type: "select", value: rules.whenCostReached,
          options: ["extractive", "deny"].map((one) => [one, say(`rules.whenCostReached.${one}`)]) })),
      part(documentRules), part(assignmentsPart), part(locksPart),
      element("div", { class: "save" }, element("button", { type: "submit", class: "primary", text: say("rules.save") })));
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      const saved = await attempt(page, () => putPolicies(course.id, withFields(rules, valuesOf(node))), say("rules.saved"));
      if (!saved) return;
      rules = wholePolicies(saved);
      page.policiesChanged();
    });
    return node;
  }

  return {};
}
