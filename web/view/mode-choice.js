// How a question shall be answered: the modes the course allows, the assignment it is about, what is left of the budget.

import { allowedModes, lockAt, wholePolicies } from "../logic/policies.js";
import { readBudget, readFlashcards, readPolicies } from "../wire/api.js";
import { lockSentence, Problem } from "../logic/problem.js";
import { byId, element } from "./elements.js";
import { askInDialog } from "./form-dialog.js";
import { saveAs } from "./save.js";

/** What a file of cards is called, by its format. */
const cardFiles = { anki: "cards.txt", csv: "cards.csv" };

/** @param {object} page `{say}` */
export function modeChoice(page) {
  const mode = byId("mode");
  const assignment = byId("assignment");
  let course = null;
  let policies = wholePolicies();
  let budget = {};

  function draw() {
    const { say } = page;
    const chosen = mode.value;
    const allowed = allowedModes(policies);
    mode.replaceChildren(...allowed.map((one) => element("option", { value: one, text: say(`mode.${one}`) })));
    mode.value = allowed.includes(chosen) ? chosen : allowed[0];
    byId("mode-choice").hidden = allowed.length < 2 && policies.assignments.length === 0;
    const work = assignment.value;
    assignment.replaceChildren(element("option", { value: "", text: say("mode.noAssignment") }),
      ...policies.assignments.map(({ id, title }) => element("option", { value: id, text: title || id })));
    assignment.value = policies.assignments.some(({ id }) => id === work) ? work : "";
    byId("assignment-choice").hidden = policies.assignments.length === 0;
    byId("cards").hidden = !allowed.includes("quiz");
    tellLock();
    tellBudget();
  }

  /** Said before somebody writes a question for nothing; staff, who see the rules with their version, are not kept out. */
  function tellLock() {
    const lock = "version" in policies ? null : lockAt(policies, Date.now() / 1_000);
    byId("closed").hidden = !lock;
    byId("closed").textContent = lock ? lockSentence(lock, page.say) : "";
  }

  function tellBudget() {
    const { say } = page;
    const hints = budget.hintsLeft?.[assignment.value] ?? budget.hintsLeftToday;
    const sentences = [
      mode.value === "answer" ? "" : say(`mode.${mode.value}.about`),
      mode.value === "hint" && Number.isFinite(hints) ? say("budget.hints", { count: hints }) : "",
      Number.isFinite(budget.questionsLeft) ? say("budget.questions", { count: budget.questionsLeft }) : "",
    ];
    byId("budget").textContent = sentences.filter(Boolean).join(" ");
  }

  /** A course without rules of its own answers 404 on servers that know none; then all is allowed. */
  const quiet = (work, otherwise) => work.catch((problem) => {
    if (problem instanceof Problem) return otherwise;
    throw problem;
  });

  async function refreshBudget() {
    const asked = course;
    if (!asked) return;
    const found = await quiet(readBudget(asked), {});
    if (asked !== course) return;
    budget = found ?? {};
    tellBudget();
  }

  mode.addEventListener("change", tellBudget);
  assignment.addEventListener("change", tellBudget);
  byId("cards").addEventListener("click", () => askInDialog(page, {
    title: page.say("cards"), text: page.say("cards.text"), action: page.say("cards.save"),
    fields: [{ name: "format", label: page.say("cards.format"), type: "select", value: "anki",
      options: Object.keys(cardFiles).map((format) => [format, page.say(`cards.${format}`)]) }],
    work: async ({ format }) => saveAs(await readFlashcards(course, format), `${course}-${cardFiles[format]}`),
  }));

  return {
    /** What goes along with a question. */
    manner: () => ({ mode: mode.value === "answer" ? undefined : mode.value, assignment: assignment.value || undefined }),
    draw,
    refreshBudget,
    async use(id) {
      course = id;
      const found = await quiet(readPolicies(id), {});
      if (id !== course) return;
      policies = wholePolicies(found);
      draw();
      await refreshBudget();
    },
  };
}
