// The HTTP side of the contract: one function a route, JSON in and out, every failure a `Problem`.

import { waitFor } from "../logic/backoff.js";
import { Problem, problemFrom } from "../logic/problem.js";

/** Times a request that is safe to repeat is sent when no answer comes at all. */
const mostTries = 3;
/** The server's own deadline is 29 s; a connection that says nothing for longer is dead. */
const patience = 35_000;

/** Pages of a conversation that are read; no conversation of this tab is that long. */
const mostPages = 20;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function request(path, { method = "GET", body, headers = {} } = {}) {
  for (let failures = 1; ; failures += 1) {
    let response;
    try {
      response = await fetch(path, {
        method, cache: "no-store", headers: { Accept: "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patience),
      });
    } catch {
      if (failures >= mostTries) throw new Problem(0);
      await pause(waitFor(failures));
      continue;
    }
    if (!response.ok) throw await problemFrom(response);
    if (response.status === 204) return null;
    return response.json().catch(() => { throw new Problem(500, { detail: "the answer is not JSON" }); });
  }
}

/** 128 random bits in hex; `crypto.randomUUID` is missing on plain-HTTP pages. */
function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const path = (...parts) => `/api/${parts.map(encodeURIComponent).join("/")}`;

/** @returns {Promise<{id: string, title: string, documents: number, chunks: number}[]>} */
export async function readCourses() {
  return (await request(path("courses"))).courses ?? [];
}

/**
 * Asks; the 202 names the job. The idempotency key makes the repeat after a lost answer harmless: the server enqueues
 * one job only.
 */
export function ask({ message, course, conversationId, sessionId }) {
  const fields = Object.entries({ message, course, conversationId, sessionId });
  return request(path("chat"), {
    method: "POST", body: Object.fromEntries(fields.filter(([, value]) => value)),
    headers: { "Content-Type": "application/json", "Idempotency-Key": randomKey() },
  });
}

export function readJob(jobId) {
  return request(path("jobs", jobId));
}

export function cancelJob(jobId) {
  return request(path("jobs", jobId), { method: "DELETE" });
}

/** The messages of a conversation, oldest first. */
export async function readMessages(conversationId) {
  const messages = [];
  let cursor = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
    const page = await request(path("conversations", conversationId, "messages") + query);
    messages.push(...(page.messages ?? []));
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  return messages;
}

/** The body of a job's event stream, from after event `seq` on. */
export async function openJobEvents(jobId, seq, signal) {
  const headers = { Accept: "text/event-stream", ...(seq > 0 ? { "Last-Event-ID": String(seq) } : {}) };
  const response = await fetch(path("jobs", jobId, "events"), { headers, signal, cache: "no-store" })
    .catch(() => { throw new Problem(0); });
  if (!response.ok) throw await problemFrom(response);
  return response.body;
}
