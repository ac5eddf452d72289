// One dialog for every small question of the page: confirm, rename, add. Stays open with the reason when the work fails.

import { sentenceForProblem } from "../logic/problem.js";
import { element } from "./elements.js";
import { field, valuesOf } from "./fields.js";

/** Dialogs may stand over one another: each title has a name of its own. */
let count = 0;

/**
 * @param {{say}} page
 * @param {object} question `{title, text, fields, action, danger, work(values), body, after}`; `work` is done while the
 *   dialog waits, `body` are nodes before the fields, `after` behind them
 * @returns {Promise<object|null>} `{values, result}`, or null when the dialog was left
 */
export function askInDialog({ say }, { title, text, fields = [], action, danger = false, work, body = [], after = [] }) {
  return new Promise((done) => {
    const name = `asking-${count += 1}`;
    let outcome = null;
    const failure = element("p", { class: "problem", role: "alert", hidden: true });
    const send = element("button", { type: "submit", class: danger ? "primary danger" : "primary", text: action });
    const leave = element("button", { type: "button", class: "quiet", text: say(action ? "dialog.cancel" : "dialog.close"),
      onclick: () => dialog.close() });
    const form = element("form", { novalidate: fields.length === 0 }, ...body, ...fields.map(field), ...after, failure,
      element("div", { class: "dialog-actions" }, leave, ...(action ? [send] : [])));
    const dialog = element("dialog", { class: "asking", "aria-labelledby": name },
      element("h2", { id: name, text: title, tabindex: "-1" }), ...(text ? [element("p", { text })] : []), form);

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const values = valuesOf(form);
      send.disabled = true;
      failure.hidden = true;
      try {
        outcome = { values, result: await work?.(values) };
        dialog.close();
      } catch (problem) {
        failure.textContent = sentenceForProblem(problem, say);
        failure.hidden = false;
      } finally {
        send.disabled = false;
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(outcome);
    });
    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector("input, textarea, select") ?? dialog.querySelector("h2")).focus();
  });
}

/** A yes or a no. @returns {Promise<boolean>} */
export async function confirmInDialog(page, question) {
  return (await askInDialog(page, question)) !== null;
}

/** Shows something once that has to be read or copied; `copy` is its text. */
export function showInDialog(page, { title, text, body = [], copy }) {
  const copying = copy === undefined ? [] : [copyable(page, copy)];
  return askInDialog(page, { title, text, body: [...body, ...copying] });
}

function copyable({ say }, text) {
  const button = element("button", { type: "button", class: "quiet", text: say("copy"), onclick: async () => {
    if (await copyText(text)) button.textContent = say("copied");
  } });
  return element("div", { class: "copyable" }, element("output", { text }), button);
}

/** @returns {Promise<boolean>} false where the browser does not allow it */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
