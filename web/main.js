// The page at `/`: puts the conversation, its views and the choices (course, language) together.

import { Conversation } from "./conversation.js";
import { applyEvent, newAnswer } from "./logic/answer.js";
import { turnsOf } from "./logic/history.js";
import { chooseLanguage, languages, phraseBook } from "./logic/phrases.js";
import { sentenceForProblem } from "./logic/problem.js";
import { recall, recallLanguage, remember, rememberLanguage } from "./memory.js";
import { composer } from "./view/composer.js";
import { byId, element, sayAll } from "./view/elements.js";
import { passageDialog } from "./view/passage-dialog.js";
import { phaseSentence, TurnView } from "./view/turn-view.js";
import { readCourses } from "./wire/api.js";

const page = { say: phraseBook("en") };
const openSource = passageDialog(page);
let courses = [];

const announce = (sentence) => { byId("announcer").textContent = sentence; };

function showProblem(sentence) {
  byId("problem").textContent = sentence ?? "";
  byId("problem").hidden = !sentence;
}

/** Keeps the newest words in view, but only for a reader who is already there. */
function followEnd(work) {
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 120;
  work();
  if (atEnd) requestAnimationFrame(() => scrollTo({ top: document.documentElement.scrollHeight }));
}

function showTurn(question) {
  byId("welcome").hidden = true;
  byId("new").hidden = false;
  const say = (...words) => page.say(...words);
  const view = new TurnView(question, { say, openSource, askAgain: () => ask(question) });
  byId("thread").append(view.node);
  return {
    show: (answer) => followEnd(() => view.show(answer)),
    failed: (problem) => {
      const sentence = sentenceForProblem(problem, page.say);
      view.showProblem(sentence);
      announce(sentence);
    },
    view,
  };
}

let lastPhase = "";

const conversation = new Conversation({
  turn(question, { resumed = false } = {}) {
    showProblem(null);
    // After a reload the history already shows the question whose answer is still coming.
    if (resumed) byId("thread").lastElementChild?.remove();
    const turn = showTurn(question);
    turn.view.node.scrollIntoView({ block: "start" });
    return turn;
  },
  busy: (value) => field.setBusy(value),
  live: (value) => { byId("connection").hidden = value; },
  progress(answer) {
    const phase = phaseSentence(answer, page.say);
    if (phase !== lastPhase) announce(lastPhase = phase);
  },
  over(answer) {
    const count = answer.citations.length;
    const done = page.say(count === 0 ? "done.none" : count === 1 ? "done.one" : "done.many", { count });
    // The whole answer once, at its end: read out piece by piece it could not be followed.
    announce(answer.phase === "completed" ? `${done} ${answer.text}` : "");
    lastPhase = "";
  },
  history(messages) {
    byId("thread").replaceChildren();
    for (const { question, answer } of turnsOf(messages)) {
      const turn = showTurn(question);
      if (answer) turn.view.show(applyEvent(newAnswer(answer.jobId), answer));
    }
  },
});

const field = composer({
  ask,
  cancel: () => conversation.cancel(),
  tooLong: (most) => showProblem(page.say("ask.tooLong", { most })),
  typed: () => showProblem(null),
});

function ask(question) {
  if (conversation.isBusy) return;
  if (courses.length > 1 || byId("course").value) remember({ course: byId("course").value });
  conversation.ask(question, byId("course").value || undefined);
  field.focus();
}

function startAnew() {
  conversation.forget();
  byId("thread").replaceChildren();
  byId("welcome").hidden = false;
  byId("new").hidden = true;
  showProblem(null);
  field.focus();
}

function useLanguage(language) {
  page.say = phraseBook(language);
  sayAll(page.say, language);
  field.say(page.say);
  byId("language").value = language;
}

async function showCourses() {
  try {
    courses = await readCourses();
  } catch (problem) {
    showProblem(sentenceForProblem(problem, page.say));
    return;
  }
  if (!courses.length) showProblem(page.say("error.noCourse"));
  const options = courses.map(({ id, title }) => element("option", { value: id, text: title || id }));
  byId("course").replaceChildren(...options);
  const { course } = recall();
  if (courses.some(({ id }) => id === course)) byId("course").value = course;
  byId("course-choice").hidden = courses.length < 2;
}

byId("new").addEventListener("click", startAnew);
byId("starters").addEventListener("click", ({ target }) => { if (target.closest("button")) ask(target.textContent); });
byId("language").addEventListener("change", ({ target }) => {
  rememberLanguage(target.value);
  useLanguage(target.value);
});
// A conversation belongs to one course.
byId("course").addEventListener("change", ({ target }) => { remember({ course: target.value }); startAnew(); });

const chosen = recallLanguage();
useLanguage(languages.includes(chosen) ? chosen : chooseLanguage(navigator.languages));
const courseList = showCourses();
await conversation.resume().catch(() => {
  conversation.forget();
  showProblem(page.say("error.history"));
});
conversation.start();
await courseList;
document.documentElement.dataset.ready = "true";
