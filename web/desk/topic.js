// A topic of questions that found no good answer, and the form in which staff answer it.

import { element } from "../view/elements.js";
import { askInDialog } from "../view/form-dialog.js";
import { answerTopic } from "../wire/desk.js";
import { button, state } from "./parts.js";

/** @param {() => void} changed called after an answer was given */
export function topicNode(page, topic, changed) {
  const { say, format, course } = page;
  const facts = say("topics.facts", {
    questions: format.number(topic.questions), refused: format.number(topic.refused), bad: format.number(topic.badlyRated),
    last: format.date(topic.lastAskedAt),
  });

  async function answer() {
    const given = await askInDialog(page, {
      title: say("topics.answerTitle", { name: topic.name }), text: say("topics.answerText"), action: say("topics.publish"),
      fields: [
        { name: "title", label: say("topics.answerName"), required: true, maxlength: "120", value: topic.name },
        { name: "text", label: say("topics.answerBody"), type: "textarea", required: true, rows: "8", maxlength: "20000" },
      ],
      work: ({ title, text }) => answerTopic(course.id, topic.id, { title, text }),
    });
    if (!given) return;
    page.tell(say("topics.answered"));
    changed();
  }

  return element("li", { "data-topic": topic.id },
    element("div", { class: "heading" }, element("h3", { text: topic.name }),
      ...(topic.answeredBy ? [state("ready", say("topics.done"))] : []),
      // Asked again after it was answered: the answer was not good enough, and another takes its place.
      ...(topic.answeredBy && !topic.askedSinceAnswer ? [] : [button(say("topics.answer"), answer, "primary small",
        { "aria-label": say("topics.answerTitle", { name: topic.name }) })])),
    element("p", { class: "soft", text: facts }),
    element("p", { class: "words" }, ...(topic.words ?? []).map((text) => element("span", { class: "word", text }))),
    element("ul", { class: "examples" }, ...(topic.examples ?? []).map((text) => element("li", { text }))),
    ...comments(topic.comments ?? []));

  /** What students wrote when they said that an answer did not help: the server gives them without a name. */
  function comments(list) {
    if (!list.length) return [];
    return [element("h4", { text: say("topics.comments") }),
      element("ul", { class: "examples comments" }, ...list.map((text) => element("li", {}, element("q", { text }))))];
  }
}
