// The student's place: the conversation, its views, the list at the side.

import { Conversation } from "./conversation.js";
import { applyEvent, newAnswer } from "./logic/answer.js";
import { turnsOf } from "./logic/history.js";
import { sentenceForProblem } from "./logic/problem.js";
import { recall, remember } from "./memory.js";
import { composer } from "./view/composer.js";
import { conversationList } from "./view/conversation-list.js";
import { byId } from "./view/elements.js";
import { modeChoice } from "./view/mode-choice.js";
import { phaseSentence, TurnView } from "./view/turn-view.js";

/** Keeps the newest words in view, but only for a reader who is already there. */
function followEnd(work) {
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 120;
  work();
  if (atEnd) requestAnimationFrame(() => scrollTo({ top: document.documentElement.scrollHeight }));
}

/**
 * @param {object} page `{say, announce, tell, openSource, closeSource, useCourse(id), closeMenu(), document(event)}`
 * @returns {object} the place: `enter(course)`, `resume()`, `end()`, `drawAgain()`, `follow(sessionId)`, `sessionId`
 */
export function chat(page) {
  let course = null;
  let lastPhase = "";

  function complain(sentence) {
    byId("problem").textContent = sentence ?? "";
    byId("problem").hidden = !sentence;
  }

  function showWelcome(value) {
    byId("welcome").hidden = !value;
    byId("new").hidden = byId("talk-title").hidden = value;
  }

  /** @param {{mode?: string, assignment?: string}} how it was to be answered: asked again, it is in the same way */
  function showTurn(question, how) {
    showWelcome(false);
    const { openSource, announce, tell } = page;
    const view = new TurnView(question, { say: page.say, tell, openSource, askAgain: () => ask(question, how) });
    byId("thread").append(view.node);
    return {
      show: (answer) => followEnd(() => view.show(answer)),
      failed(problem) {
        const sentence = sentenceForProblem(problem, page.say);
        view.showProblem(sentence);
        announce(sentence);
      },
      view,
    };
  }

  const conversation = new Conversation({
    turn(question, how, { resumed = false } = {}) {
      complain(null);
      // After a reload the history already shows the question whose answer is still coming.
      if (resumed) byId("thread").lastElementChild?.remove();
      const turn = showTurn(question, how);
      turn.view.node.scrollIntoView({ block: "start" });
      return turn;
    },
    busy: (value) => field.setBusy(value),
    live: (value) => { byId("connection").hidden = value; },
    progress(answer) {
      const phase = phaseSentence(answer, page.say);
      if (phase !== lastPhase) page.announce(lastPhase = phase);
    },
    over(answer) {
      const count = answer.citations.length;
      const done = page.say(count === 0 ? "done.none" : count === 1 ? "done.one" : "done.many", { count });
      // The whole answer once, at its end: read out piece by piece it could not be followed.
      page.announce(answer.phase === "completed" ? `${done} ${answer.text}` : "");
      lastPhase = "";
      list.mark(recall().conversationId);
      list.read();
      manner.refreshBudget();
    },
    history(messages) {
      byId("thread").replaceChildren();
      for (const { question, manner: how, answer } of turnsOf(messages)) {
        const turn = showTurn(question, mannerOf(how));
        if (answer) turn.view.show(applyEvent(newAnswer(answer.jobId), answer));
        else turn.view.showProblem(page.say("note.unanswered"));
      }
    },
    document: (event) => page.document(event),
  });

  const manner = modeChoice({ say: page.say });
  const mannerOf = ({ mode, assignment }) => ({ ...(mode && mode !== "answer" ? { mode } : {}), ...(assignment ? { assignment } : {}) });
  const list = conversationList({
    say: page.say,
    open: (one) => openConversation(one),
    removed(id) { if (recall().conversationId === id) startAnew(); },
  });
  const field = composer({
    ask, cancel: () => conversation.cancel(), tooLong: (most) => complain(page.say("ask.tooLong", { most })),
    typed: () => complain(null),
  });

  function ask(question, how = manner.manner()) {
    if (conversation.isBusy) return;
    conversation.ask(question, course ?? undefined, how);
    field.focus();
  }

  function showEmpty() {
    byId("thread").replaceChildren();
    showWelcome(true);
    page.closeSource();
    list.mark(null);
    complain(null);
  }

  function startAnew() {
    conversation.forget();
    showEmpty();
    field.focus();
  }

  async function openConversation({ id, course: itsCourse }) {
    if (itsCourse && itsCourse !== course) {
      course = itsCourse;
      page.useCourse(itsCourse);
    }
    page.closeSource();
    page.closeMenu();
    await resumed(conversation.open(id));
    list.mark(id);
    scrollTo({ top: document.documentElement.scrollHeight });
  }

  const resumed = (work) => work.catch((problem) => {
    conversation.forget();
    showEmpty();
    // While a course is closed its conversations are too; that stands there already.
    if (problem.label !== "policy_denied") complain(page.say("error.history"));
    else if (byId("closed").hidden) complain(sentenceForProblem(problem, page.say));
  });

  byId("new").addEventListener("click", startAnew);
  byId("starters").addEventListener("click", ({ target }) => { if (target.closest("button")) ask(target.textContent); });

  return {
    get sessionId() { return conversation.sessionId; },
    follow: (sessionId) => conversation.follow(sessionId),
    complain, focus: () => field.focus(),
    /** A conversation belongs to one course: another one begins a new one. */
    async enter(id) {
      if (course !== null && id !== course) {
        conversation.leave();
        showEmpty();
      } else if (course === null && recall().course && recall().course !== id) {
        // The address was changed while the page was away.
        remember({ conversationId: null, pending: null });
      }
      course = id;
      remember({ course: id });
      await manner.use(id);
    },
    /** What this tab showed before its reload; then the socket is opened. */
    async begin() {
      await resumed(conversation.resume());
      conversation.start();
      list.mark(recall().conversationId);
      await list.read();
    },
    /** In another language. @param {boolean} known whether somebody is there, whose conversations can be read */
    drawAgain(known) {
      field.say(page.say);
      manner.draw();
      if (known) list.read();
    },
    end() {
      conversation.end();
      course = null;
      showEmpty();
    },
  };
}
