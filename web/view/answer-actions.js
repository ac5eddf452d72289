// What can be done with an answer that is complete: copy it, say whether it helped.

import { sentenceForProblem } from "../logic/problem.js";
import { rateMessage } from "../wire/api.js";
import { drawing, element } from "./elements.js";
import { askInDialog, copyText } from "./form-dialog.js";

/** A thumb that points up, in a square of 20. */
const thumbShape = "M2.5 8.5h3v8.5h-3zM7 16V8.8L10.2 2.5c1.4 0 2.1 1.2 1.7 2.6L11.2 8h4.9c1.1 0 1.8 1 1.5 2l-1.7 6c-.2.7-.7 1-1.4 1H8.6C7.7 17 7 16.6 7 16z";

/**
 * @param {{say, tell, askAgain}} page @param {object} answer a completed one
 * @param {(rating, comment) => void} rated told what was given
 */
export function answerActions(page, answer, rated) {
  const { say } = page;
  let { rating, comment } = answer;
  const status = element("span", { class: "action-status", role: "status" });
  const again = element("button", { type: "button", class: "action", text: say("retry"), onclick: page.askAgain });
  const tell = (sentence) => { status.textContent = sentence; };

  const copy = element("button", { type: "button", class: "action", text: say("copy"), onclick: async () => {
    tell(say(await copyText(answer.text) ? "copied" : "copy.failed"));
  } });
  const thumb = (value, key) => element("button", {
    type: "button", class: "action thumb", "data-rating": value, "aria-pressed": String(rating === value),
    "aria-label": say(key), title: say(key), onclick: () => rate(value),
  }, drawing("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, drawing("path", { d: thumbShape })));
  const thumbs = answer.messageId ? [thumb(1, "rate.up"), thumb(-1, "rate.down")] : [];

  function show(value) {
    rating = value;
    if (value !== -1) comment = "";
    rated(value, comment);
    for (const button of thumbs) button.setAttribute("aria-pressed", String(Number(button.dataset.rating) === value));
  }

  async function rate(value) {
    const next = rating === value ? 0 : value;
    try {
      await rateMessage(answer.messageId, next);
    } catch (problem) {
      return tell(sentenceForProblem(problem, say));
    }
    show(next);
    tell(next ? say("rate.thanks") : "");
    if (next !== -1) return;
    const given = await askInDialog(page, {
      title: say("rate.why"), text: say("rate.whyText"), action: say("rate.send"),
      fields: [{ name: "comment", label: say("rate.comment"), type: "textarea", maxlength: "2000", value: comment }],
      work: ({ comment: words }) => (words ? rateMessage(answer.messageId, -1, words) : null),
    });
    if (!given?.values.comment) return;
    comment = given.values.comment;
    rated(-1, comment);
    page.tell(say("rate.thanks"));
  }

  return element("div", { class: "actions" }, copy, again, ...thumbs, status);
}
