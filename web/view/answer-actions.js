// What can be done with an answer that is complete: copy it, say whether it helped.

import { sentenceForProblem } from "../logic/problem.js";
import { rateMessage } from "../wire/api.js";
import { element } from "./elements.js";
import { askInDialog, copyText } from "./form-dialog.js";

/** @param {{say, announce}} page @param {object} answer a completed one; its `rating` is kept up to date here */
export function answerActions(page, answer, rated) {
  const { say, announce } = page;
  let rating = answer.rating;
  const status = element("span", { class: "action-status", role: "status" });
  const tell = (sentence) => { status.textContent = sentence; };

  const copy = element("button", { type: "button", class: "action", text: say("copy"), onclick: async () => {
    tell(say(await copyText(answer.text) ? "copied" : "copy.failed"));
  } });
  const thumb = (value, key, sign) => element("button", {
    type: "button", class: "action thumb", "data-rating": value, "aria-pressed": String(rating === value),
    "aria-label": say(key), title: say(key), onclick: () => rate(value),
  }, element("span", { "aria-hidden": "true", text: sign }));
  const thumbs = answer.messageId ? [thumb(1, "rate.up", "👍"), thumb(-1, "rate.down", "👎")] : [];

  function show(value) {
    rating = value;
    rated(value);
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
      fields: [{ name: "comment", label: say("rate.comment"), type: "textarea", maxlength: "2000" }],
      work: ({ comment }) => (comment ? rateMessage(answer.messageId, -1, comment) : null),
    });
    if (given) announce(say("rate.thanks"));
  }

  return element("div", { class: "actions" }, copy, ...thumbs, status);
}
