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
/** Conversations left in mid-answer that are remembered. */
const mostLeft = 20;

export class Conversation {
  #view;
  #socket;
  #pending = null;
  #early = [];
  #stopFollowing = null;
  /** While an answer that went on unwatched is read from its own stream, the socket's events are the same ones, too late. */
  #isCatchingUp = false;
  #graceTimer = null;
  #silenceTimer = null;

  /** Jobs of conversations that were left while their answer was coming, by conversation. */
  #left = new Map();

  /**
   * @param {object} view `busy(bool)`, `live(bool)`, `turn(question, manner)`, `progress(answer)`, `over(answer)`,
   *   `history(messages)`, `document(event)` for what the session says of documents
   */
  constructor(view) {
    this.#view = view;
    const { cursor, pending } = recall();
    // After a reload in mid-answer its words are gone from this page: the events since the question come again.
    const after = pending && cursor ? { ...cursor, seq: Math.min(cursor.seq, pending.after ?? cursor.seq) } : cursor;
    this.#socket = new EventSocket(after, {
      event: (event) => this.#arrived(event), missed: () => this.#missed(), changed: () => this.#socketChanged(),
    });
  }

  get isBusy() { return this.#pending !== null; }

  /** Opens the socket; after `resume`, so that no event comes before the job it belongs to is known. */
  start() {
    this.#socket.open();
    this.#socketChanged();
  }

  get sessionId() { return this.#socket.cursor.sessionId; }

  /** The socket's session becomes the one that the server named, for example with an upload. */
  follow(sessionId) { this.#socket.follow(sessionId); }

  /** Signed out: nothing of this person is heard any more. */
  end() {
    this.#settle();
    this.#left.clear();
    this.#socket.close();
  }

  /** @param {{mode?: string, assignment?: string}} manner how it shall be answered */
  async ask(question, course, manner = {}) {
    const turn = this.#view.turn(question, manner);
    const asked = { turn, answer: null };
    this.#pending = asked;
    this.#view.busy(true);
    const after = this.#socket.cursor.seq;
    try {
      const accepted = await this.#send({ message: question, course, ...manner });
      // Left for a new conversation meanwhile: nobody waits for this answer.
      if (this.#pending !== asked) return void api.cancelJob(accepted.jobId).catch(() => {});
      remember({ conversationId: accepted.conversationId, course });
      this.#accepted(accepted.jobId, question, after, manner);
      this.#socket.follow(accepted.sessionId);
    } catch (problem) {
      if (this.#pending === asked) this.#settle();
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
    // Another one may have been opened while this one was read.
    if (recall().conversationId !== conversationId) return;
    this.#view.history(messages);
    if (pending && !this.isBusy) {
      this.#pending = { turn: this.#view.turn(pending.question, pending.manner ?? {}, { resumed: true }), answer: null };
      this.#view.busy(true);
      this.#accepted(pending.jobId, pending.question, pending.after, pending.manner);
      await this.#check();
    }
  }

  /** Shows another conversation; an answer that is still coming in this one goes on without being watched. */
  async open(conversationId) {
    this.leave();
    const pending = this.#left.get(conversationId) ?? null;
    this.#left.delete(conversationId);
    remember({ conversationId, pending });
    await this.resume();
    if (pending && this.#pending?.answer && !this.#stopFollowing) {
      this.#isCatchingUp = true;
      this.#follow();
    }
  }

  /** Leaves the conversation as it is. */
  leave() {
    const { conversationId, pending } = recall();
    if (pending && conversationId) {
      this.#left.set(conversationId, pending);
      if (this.#left.size > mostLeft) this.#left.delete(this.#left.keys().next().value);
    }
    this.#settle();
    remember({ conversationId: null, pending: null });
  }

  /** Leaves the conversation; an answer that is still coming is stopped. */
  forget() {
    const jobId = this.#pending?.answer?.jobId;
    if (jobId) api.cancelJob(jobId).catch(() => {});
    this.#settle();
    remember({ conversationId: null, pending: null });
  }

  /** A session the server no longer knows is left behind, then a conversation it no longer knows. */
  async #send(question) {
    const { conversationId } = recall();
    const sessionId = this.#socket.cursor.sessionId;
    const tries = [{ conversationId, sessionId }, ...(sessionId && conversationId ? [{ conversationId }] : []), {}];
    for (const [index, names] of tries.entries()) {
      try {
        return await api.ask({ ...question, ...names });
      } catch (problem) {
        const unknown = problem instanceof Problem && problem.status === 404 && (conversationId || sessionId);
        if (!unknown || index === tries.length - 1) throw problem;
      }
    }
  }

  #accepted(jobId, question, after, manner = {}) {
    this.#pending.answer = newAnswer(jobId);
    remember({ pending: { jobId, question, after, manner } });
    const early = this.#early;
    this.#early = [];
    this.#pending.turn.show(this.#pending.answer);
    early.forEach((event) => this.#deliver(event));
    this.#listenForSilence();
    this.#socketChanged();
  }

  #arrived(event) {
    remember({ cursor: this.#socket.cursor });
    if (event.event === "document_status") return this.#view.document(event);
    if (this.#pending && !this.#pending.answer) {
      if (this.#early.length < mostEarly) this.#early.push(event);
    } else if (!this.#isCatchingUp) {
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
    this.#isCatchingUp = false;
    this.#stopFollowing?.();
    this.#stopFollowing = null;
    clearTimeout(this.#graceTimer);
    clearTimeout(this.#silenceTimer);
    this.#view.live(true);
    this.#view.busy(false);
  }

  #listenForSilence() {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(async () => {
      await this.#check();
      if (this.#pending) this.#listenForSilence();
    }, silence);
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
      if (!this.#isCatchingUp) {
        this.#stopFollowing?.();
        this.#stopFollowing = null;
      }
      this.#view.live(true);
    } else if (this.#pending?.answer && !this.#stopFollowing) {
      this.#graceTimer = setTimeout(() => this.#followOtherwise(), socketGrace);
    }
  }

  #followOtherwise() {
    const answer = this.#pending?.answer;
    if (!answer || this.#socket.connected || this.#stopFollowing) return;
    this.#view.live(false);
    this.#follow();
  }

  /** Reads the job's own stream of events, from where the answer stands. */
  #follow() {
    const { jobId } = this.#pending.answer;
    const current = () => (this.#pending?.answer?.jobId === jobId ? this.#pending.answer : null);
    this.#stopFollowing = followJob(jobId, {
      after: () => current()?.seq ?? 0,
      isOver: () => current() === null,
      deliver: (event) => this.#deliver(event),
      gaveUp: () => this.#deliver({ event: "error", jobId, code: "deadline_exceeded" }),
    });
  }
}
