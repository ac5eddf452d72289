// One question and its answer on the page. Draws an `Answer` whenever it changes, at most once a frame.

import { isOver, sourceFor } from "../logic/answer.js";
import { withDoubts } from "../logic/doubts.js";
import { quoteFor } from "../logic/quote.js";
import { sentenceForError } from "../logic/problem.js";
import { answerActions } from "./answer-actions.js";
import { element } from "./elements.js";
import { copyText } from "./form-dialog.js";
import { blocksOf } from "./libraries.js";
import { markdownNodes } from "./markdown-view.js";
import { placeOf } from "./place.js";

export class TurnView {
  #page;
  #say;
  #openSource;
  #askAgain;
  #answer = null;
  #frame = 0;
  #body = element("div", { class: "body" });
  #progress = element("p", { class: "progress" });
  #article;

  /** What was given since the answer came, `{rating, comment}`; an answer from the history brings its own along. */
  #rated = {};

  /** @param {{say, tell, openSource, askAgain}} page what the turn needs of the page */
  constructor(question, page) {
    const { say, openSource, askAgain } = page;
    this.#page = page;
    this.#say = say;
    this.#openSource = openSource;
    this.#askAgain = askAgain;
    this.#article = element("article", { class: "answer", "aria-busy": "true" },
      element("h2", { class: "unseen", text: say("gepeto") }), this.#progress, this.#body);
    this.node = element("div", { class: "turn" },
      element("article", { class: "question" },
        element("h2", { class: "unseen", text: say("you") }), element("p", { text: question })),
      this.#article);
    this.showSending();
  }

  showSending() {
    this.#progress.replaceChildren(...dots(), this.#say("phase.sending"));
    this.#progress.hidden = false;
  }

  /** Draws in the next frame: many deltas may come within one. */
  show(answer) {
    this.#answer = answer;
    this.#frame ||= requestAnimationFrame(() => { this.#frame = 0; this.#draw(); });
  }

  /** The request itself failed: there is no job and no answer. */
  showProblem(sentence) {
    this.#progress.hidden = true;
    this.#article.setAttribute("aria-busy", "false");
    this.#body.replaceChildren(this.#problem(sentence));
  }

  #draw() {
    const answer = this.#answer;
    const over = isOver(answer);
    const focused = this.#focusable().indexOf(document.activeElement);
    this.#article.setAttribute("aria-busy", String(!over));
    this.#article.dataset.phase = answer.phase;
    this.#progress.hidden = over;
    if (!over) this.#progress.replaceChildren(...dots(), phaseSentence(answer, this.#say));
    // What is kept back is said in the page's language, whatever the server's.
    const text = answer.isWithheld ? this.#say("note.withheld") : withDoubts(answer.text, answer.claims);
    const words = markdownNodes(
      blocksOf(text), (number) => this.#marker(number), (verdict) => this.#doubt(verdict),
      (program) => (over ? [this.#copyCode(program)] : []));
    this.#body.replaceChildren(...this.#notes(), ...words);
    if (answer.phase === "failed") this.#body.append(this.#problem(sentenceForError(answer.error, this.#say)));
    if (over) this.#body.append(...this.#sources());
    if (answer.phase === "completed") {
      const rated = { ...answer, ...this.#rated };
      this.#body.append(answerActions(this.#page, rated, (rating, comment) => { this.#rated = { rating, comment }; }));
    }
    // Drawing anew must not throw a keyboard user back to the top of the page.
    if (focused >= 0) this.#focusable()[focused]?.focus({ preventScroll: true });
  }

  #focusable() {
    return [...this.#body.querySelectorAll("button, a, pre")];
  }

  #marker(number) {
    const source = sourceFor(this.#answer, number);
    return source ? this.#sourceButton(source, { class: "marker", text: String(number) }) : null;
  }

  /** A small sign with its meaning as a name: read out by a screen reader, shown when pointed at. */
  #doubt(verdict) {
    const meaning = this.#say(`doubt.${verdict}`);
    return element("span", { class: `doubt ${verdict}`, role: "img", title: meaning, "aria-label": meaning, text: "?" });
  }

  #copyCode(program) {
    const button = element("button", { type: "button", class: "action copy-code", text: this.#say("copy"),
      "aria-label": this.#say("copy.code"), onclick: async () => {
        if (await copyText(program)) button.textContent = this.#say("copied");
      } });
    return button;
  }

  #sourceButton(source, properties, ...children) {
    const { marker, title } = source;
    return element("button", {
      type: "button", "data-marker": marker, "aria-haspopup": "dialog",
      "aria-label": this.#say("source.open", { marker, title }),
      onclick: ({ currentTarget: button }) => this.#open(sourceFor(this.#answer, marker) ?? source, button),
      ...properties,
    }, ...children);
  }

  #open(source, button) {
    // The button may be drawn anew while the panel is open: it is found again by its place.
    const place = this.#focusable().indexOf(button);
    const words = button.matches(".marker") ? wordsBefore(button) : "";
    this.#openSource({ ...source, quote: quoteFor(source, words) }, () => this.#focusable()[place]?.focus());
  }

  #notes() {
    const { citations, grounded, metadata, phase, isWithheld } = this.#answer;
    if (phase !== "completed" || isWithheld || metadata.model === "small_talk") return [];
    const note = !grounded ? (citations.length ? "note.unsupported" : "note.ungrounded")
      : metadata.degraded ? "note.degraded"
      : metadata.provider === "extractive" ? "note.quoted" : null;
    return note ? [element("p", { class: grounded ? "note" : "note honest", text: this.#say(note) })] : [];
  }

  #sources() {
    const { citations } = this.#answer;
    if (!citations.length) return [];
    const items = citations.map((source) => element("li", {}, this.#sourceButton(source, { class: "source" },
      element("span", { class: "number", text: String(source.marker) }),
      element("span", { class: "name", text: source.title }),
      element("span", { class: "place", text: placeOf(source, this.#say) }))));
    const heading = element("h3", { text: this.#say("sources") });
    return [element("div", { class: "sources" }, heading, element("ul", {}, ...items))];
  }

  #problem(sentence) {
    return element("div", { class: "failed" }, element("p", { text: sentence }),
      element("button", { type: "button", class: "quiet", text: this.#say("retry"), onclick: this.#askAgain }));
  }
}

/** The words between a marker and the one before it, or the beginning of its line. */
function wordsBefore(button) {
  const ends = new Set(["BUTTON", "BR", "UL", "OL", "PRE"]);
  const isEnd = (node) => ends.has(node.nodeName) || node.classList?.contains("doubt");
  let words = "";
  for (let node = button.previousSibling; node && !isEnd(node); node = node.previousSibling) {
    words = node.textContent + words;
  }
  return words;
}

/** What the server is doing, as a sentence. */
export function phaseSentence(answer, say) {
  const count = answer.sources.length;
  const reading = answer.phase === "generating" && !answer.text && count > 0;
  if (reading) return say(count === 1 ? "phase.source" : "phase.sources", { count });
  return say(`phase.${answer.phase}`);
}

function dots() {
  return [element("span", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i"))];
}
