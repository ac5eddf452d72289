// The conversation of this tab: asks, listens to the job by whichever way is open, and hands each change to its view.

import { applyEvent, isOver, newAnswer } from "./logic/answer.js";
import { eventFromJob } from "./logic/job.js";
import { Problem } from "./logic/problem.js";
import { recall, remember } from "./memory.js";
import * as api from "./wire/api.js";
import { followJob } from "./wire/job-follower.js";
import { EventSocket } from "./wire/socket.js";

/** How long the socket may be away before an answer is fetched the other way. */
const socketGrace = 3_000;
/** Silence after which the job itself is asked how it is. */
const silence = 25_000;
/** Events that may come before the 202 that names their job. */
const mostEarly = 500;

export class Conversation {
  #view;
  #socket;
  #pending = null;
  #early = [];
  #stopFollowing = null;
  #graceTimer = null;
  #silenceTimer = null;

  /** @param {object} view `busy(bool)`, `live(bool)`, `turn(question)`, `over(answer)`, `problem(error)` */
  constructor(view) {
    this.#view = view;
    const { cursor } = recall();
    this.#socket = new EventSocket(cursor, {
      event: (event) => this.#arrived(event), missed: () => this.#missed(), changed: () => this.#socketChanged(),
    });
  }

  get isBusy() { return this.#pending !== null; }

  /** Opens the socket and, after a reload, takes up the job that was under way. */
  start() {
    this.#socket.open();
    this.#socketChanged();
  }

  async ask(question, course) {
    const turn = this.#view.turn(question);
    this.#pending = { turn, answer: null };
    this.#view.busy(true);
    try {
      const accepted = await this.#send({ message: question, course });
      remember({ conversationId: accepted.conversationId, course });
      this.#accepted(accepted.jobId, question);
      this.#socket.follow(accepted.sessionId);
    } catch (problem) {
      this.#settle();
      turn.failed(problem);
    }
  }

  async cancel() {
    const jobId = this.#pending?.answer?.jobId;
    if (!jobId) return;
    // Whatever the server says, how the job ended is in the job.
    await api.cancelJob(jobId).catch(() => {});
    await this.#check();
  }

  /** Shows what the server kept of this tab's conversation, and goes on with a job that is not over. */
  async resume() {
    const { conversationId, pending } = recall();
    if (!conversationId) return;
    const messages = await api.readMessages(conversationId);
    this.#view.history(messages);
    if (pending && !this.isBusy) {
      this.#pending = { turn: this.#view.turn(pending.question, { resumed: true }), answer: null };
      this.#view.busy(true);
      this.#accepted(pending.jobId, pending.question);
      await this.#check();
    }
  }

  forget() {
    this.#settle();
    remember({ conversationId: null, pending: null });
  }

  /** A session or conversation the server no longer knows is left behind: one more try, without them. */
  async #send(question) {
    const { conversationId } = recall();
    const sessionId = this.#socket.cursor.sessionId;
    try {
      return await api.ask({ ...question, conversationId, sessionId });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 404 || !(conversationId || sessionId)) throw problem;
      return api.ask(question);
    }
  }

  #accepted(jobId, question) {
    this.#pending.answer = newAnswer(jobId);
    remember({ pending: { jobId, question } });
    const early = this.#early;
    this.#early = [];
    this.#pending.turn.show(this.#pending.answer);
    early.forEach((event) => this.#deliver(event));
    this.#listenForSilence();
    this.#socketChanged();
  }

  #arrived(event) {
    remember({ cursor: this.#socket.cursor });
    if (this.#pending && !this.#pending.answer) {
      if (this.#early.length < mostEarly) this.#early.push(event);
    } else {
      this.#deliver(event);
    }
  }

  #deliver(event) {
    const pending = this.#pending;
    if (!pending?.answer) return;
    const answer = applyEvent(pending.answer, event);
    if (answer === pending.answer) return;
    pending.answer = answer;
    pending.turn.show(answer);
    if (isOver(answer)) {
      this.#settle();
      remember({ pending: null });
      this.#view.over(answer);
    } else {
      this.#view.progress(answer);
      this.#listenForSilence();
    }
  }

  #settle() {
    this.#pending = null;
    this.#early = [];
    this.#stopFollowing?.();
    this.#stopFollowing = null;
    clearTimeout(this.#graceTimer);
    clearTimeout(this.#silenceTimer);
    this.#view.live(true);
    this.#view.busy(false);
  }

  #listenForSilence() {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(async () => { await this.#check(); if (this.#pending) this.#listenForSilence(); }, silence);
  }

  async #missed() {
    remember({ cursor: this.#socket.cursor });
    if (this.#pending) await this.#check();
    else await this.resume().catch(() => {});
  }

  /** Asks the job how it is; no answer is no news. */
  async #check() {
    const jobId = this.#pending?.answer?.jobId;
    if (!jobId) return;
    const job = await api.readJob(jobId).catch(() => null);
    if (job) this.#deliver(eventFromJob({ jobId, ...job }));
  }

  #socketChanged() {
    const { connected, cursor } = this.#socket;
    remember({ cursor });
    clearTimeout(this.#graceTimer);
    if (connected) {
      this.#stopFollowing?.();
      this.#stopFollowing = null;
      this.#view.live(true);
    } else if (this.#pending?.answer && !this.#stopFollowing) {
      this.#graceTimer = setTimeout(() => this.#followOtherwise(), socketGrace);
    }
  }

  #followOtherwise() {
    const answer = this.#pending?.answer;
    if (!answer || this.#socket.connected || this.#stopFollowing) return;
    this.#view.live(false);
    const { jobId } = answer;
    const current = () => (this.#pending?.answer?.jobId === jobId ? this.#pending.answer : null);
    this.#stopFollowing = followJob(jobId, {
      after: () => current()?.seq ?? 0,
      isOver: () => current() === null,
      deliver: (event) => this.#deliver(event),
      gaveUp: () => this.#deliver({ event: "error", jobId, code: "deadline_exceeded" }),
    });
  }
}
