// The WebSocket that brings a session's events, kept open: reconnects with what was seen, jittered and backed off.

import { afterClose, waitFor } from "../logic/backoff.js";
import { afterConnected, afterEvent, newCursor, resumeQuery } from "../logic/cursor.js";
import { credentials } from "./credentials.js";

/** A handshake that takes longer has failed. */
const openWithin = 10_000;

export class EventSocket {
  #cursor;
  #listener;
  #socket = null;
  #failures = 0;
  #everConnected = false;
  #timer = null;
  /** Counts the openings: while a token is fetched for one, the next may have begun. */
  #opening = 0;
  /** Whether the server may have refused the token: it is then renewed before the next try, whatever its end. */
  #doubtsToken = false;
  connected = false;

  /**
   * @param {object} listener `event(event)` for each fresh event, `missed()` when only the history or the job can tell
   *   what happened, `changed()` when `connected` or the session changed
   */
  constructor(cursor, listener) {
    this.#cursor = cursor ?? newCursor();
    this.#listener = listener;
    // The network coming back is the best moment to try: no need to sit out the wait.
    addEventListener("online", () => this.#retryNow());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#retryNow(); });
  }

  get cursor() { return this.#cursor; }

  async open() {
    clearTimeout(this.#timer);
    this.#drop();
    const opening = this.#opening += 1;
    let token;
    try {
      const renewed = !this.#doubtsToken || !credentials.canRenew || (await credentials.renew(credentials.access));
      this.#doubtsToken = false;
      if (!renewed) return credentials.lost();
      token = await credentials.token();
    } catch {
      // The server is away: tried again like a socket that broke.
      this.#failures += 1;
      this.#timer = setTimeout(() => this.open(), waitFor(this.#failures));
      return;
    }
    if (opening !== this.#opening) return;
    const address = new URL(`/api/ws${resumeQuery(this.#cursor)}`, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    // Browsers cannot set headers on a socket: the token is offered as a sub-protocol.
    const socket = new WebSocket(address, ["gepeto.v1", ...(token ? [`bearer.${token}`] : [])]);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#closed(socket, 1006), openWithin);
    socket.onmessage = ({ data }) => { if (socket === this.#socket) this.#received(data); };
    socket.onclose = ({ code }) => this.#closed(socket, code);
  }

  /** Ends it for good: the page is signed out. */
  close() {
    clearTimeout(this.#timer);
    this.#opening += 1;
    this.#failures = 0;
    this.connected = this.#everConnected = false;
    this.#cursor = newCursor();
    this.#drop();
  }

  /** Follows another session than the one connected: the answer to the first question may name one. */
  follow(sessionId) {
    if (this.#cursor.sessionId === sessionId) return;
    this.#cursor = newCursor(sessionId);
    this.open();
  }

  #received(data) {
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    if (event?.event === "connected") {
      clearTimeout(this.#timer);
      const { cursor, readHistory } = afterConnected(this.#cursor, event);
      this.#cursor = cursor;
      this.#failures = 0;
      this.#everConnected = this.connected = true;
      this.#listener.changed();
      if (readHistory) this.#listener.missed();
      return;
    }
    const { cursor, fresh, gap } = afterEvent(this.#cursor, event ?? {});
    this.#cursor = cursor;
    if (gap) this.#listener.missed();
    if (fresh && event) this.#listener.event(event);
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#drop();
    clearTimeout(this.#timer);
    const { again, failures, forgetSession } = afterClose(code, this.#failures, {
      everConnected: this.#everConnected, tokenIsOver: credentials.isOver,
    });
    this.#failures = failures;
    this.#doubtsToken = credentials.access !== null && (code === 1008 || failures === 2);
    // A handshake refused with 404 (a session the server forgot) looks like any failure from here.
    if (forgetSession || (failures === 3 && !this.#everConnected)) this.#cursor = newCursor();
    const wasConnected = this.connected;
    this.connected = false;
    if (wasConnected || forgetSession) this.#listener.changed();
    if (again) this.#timer = setTimeout(() => this.open(), waitFor(failures));
  }

  #retryNow() {
    if (this.#socket === null && this.#failures > 0) this.open();
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
