// The sheet of a course's settings: what students may ask for, what each document may be used for, what it may cost.
// Exams and assignments are saved where they are made; the rest waits for its button, and says so.

import { edited, fieldsOf, modes, ruleOf, wholePolicies, withDocument, withFields } from "../logic/policies.js";
import { element } from "../view/elements.js";
import { field, valuesOf } from "../view/fields.js";
import { askInDialog } from "../view/form-dialog.js";
import { readPolicies } from "../wire/api.js";
import { deleteCourse, readDocuments, renameCourse } from "../wire/desk.js";
import { assignmentsPart } from "./assignments.js";
import { documentRules } from "./document-rules.js";
import { locksPart } from "./locks.js";
import { attempt, button, fill, heading } from "./parts.js";
import { changeRules } from "./rule-changes.js";

export function rulesSheet(page, box) {
  const { say, course } = page;
  const form = element("div", { class: "stack" });
  let isUnsaved = () => false;
  box.replaceChildren(titlePart(), form);
  read();

  function read() {
    return fill(form, page, async () => {
      const [policies, documents] = await Promise.all([readPolicies(course.id), readDocuments(course.id)]);
      return sheetOf(wholePolicies(policies), documents);
    });
  }

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
      if (done) page.courseRenamed(course.id, title);
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
    if (!gone) return;
    isUnsaved = () => false;
    page.coursesChanged(null);
  }

  /** Changes the rules at once. @returns {Promise<object>} the rules as they are then */
  async function change(work) {
    const changed = await changeRules(course.id, work);
    page.policiesChanged();
    page.tell(say("rules.saved"));
    return changed;
  }

  function sheetOf(policies, documents) {
    const part = (maker) => maker(page, { policies, change, documents });
    return [part(locksPart), part(assignmentsPart), rulesForm(policies, documents)];
  }

  function rulesForm(policies, documents) {
    let before = fieldsOf(policies);
    /** Rules of documents that were changed and not saved, by document. */
    let drafts = {};
    const number = (name, more = {}) => field({ name, label: say(`rules.${name}`), type: "number", min: "0", value: policies[name], ...more });
    const choice = (name, values, value) => field({ name, label: say(`rules.${name}`), type: "select", value,
      options: values.map((one) => [one, say(`rules.${name}.${one || "default"}`)]) });
    const material = documentRules(page, { documents, ruleOf: (id) => drafts[id] ?? ruleOf(policies, id), changed(id, rule) {
      drafts = { ...drafts, [id]: rule };
      look();
    } });
    const note = element("span", { class: "unsaved", role: "status" });
    const save = element("button", { type: "submit", class: "primary", text: say("rules.save") });
    const discard = button(say("rules.discard"), () => { isUnsaved = () => false; read(); });
    const node = element("form", { id: "rules-form" },
      heading(say("rules.answers")),
      element("div", { class: "columns" }, choice("language", ["auto", "pt", "en"], policies.language),
        choice("unsupported", ["", "mark", "regenerate"], policies.unsupported ?? "")),
      element("fieldset", {}, element("legend", { text: say("rules.modes") }),
        ...modes.map((mode) => field({ name: `mode-${mode}`, label: say(`mode.${mode}.long`), type: "checkbox", value: policies.modes.includes(mode) }))),
      heading(say("rules.limits")), element("p", { class: "soft", text: say("rules.limitsText") }),
      element("div", { class: "columns" }, number("questionsPerDay"), number("hintsPerDay"),
        number("dailyCostUsd", { step: "0.01" }), number("monthlyCostUsd", { step: "0.01" }),
        choice("whenCostReached", ["extractive", "deny"], policies.whenCostReached)),
      heading(say("rules.documents")),
      // A server that does not know the field is not asked for it.
      ...(policies.newDocuments ? [choice("newDocuments", ["visible", "hidden"], policies.newDocuments)] : []),
      material,
      element("div", { class: "save" }, save, discard, note));

    const unsaved = () => Object.keys(edited(before, valuesOf(node))).length + Object.keys(drafts).length;
    function look() {
      const count = unsaved();
      node.classList.toggle("dirty", count > 0);
      save.disabled = discard.hidden = count === 0;
      note.textContent = count ? say("rules.unsaved") : "";
    }

    node.addEventListener("input", look);
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      const values = valuesOf(node);
      const [fields, rules] = [edited(before, values), drafts];
      const saved = await attempt(page, () => change((newest) =>
        Object.entries(rules).reduce((all, [id, rule]) => withDocument(all, id, rule), withFields(newest, fields))));
      if (!saved) return;
      // What was typed while it was saved is still unsaved.
      before = { ...before, ...fields };
      drafts = Object.fromEntries(Object.entries(drafts).filter(([id, rule]) => rules[id] !== rule));
      look();
    });
    look();
    isUnsaved = () => node.isConnected && unsaved() > 0;
    return node;
  }

  return { isUnsaved: () => isUnsaved() };
}
