// What students use of the contract: questions, conversations, courses. One function a route.

import { path, query, randomKey, request, send } from "./http.js";

/** Pages of a conversation that are read; no conversation of this tab is that long. */
const mostPages = 20;

/** @returns {Promise<{id: string, title: string, documents: number, chunks: number}[]>} */
export async function readCourses() {
  return (await request(path("courses"))).courses ?? [];
}

/**
 * Asks; the 202 names the job. The idempotency key makes the repeat after a lost answer harmless: the server enqueues
 * one job only.
 */
export function ask({ message, course, conversationId, sessionId, mode, assignment }) {
  const fields = Object.entries({ message, course, conversationId, sessionId, mode, assignment });
  return request(path("chat"), {
    method: "POST", json: Object.fromEntries(fields.filter(([, value]) => value)),
    headers: { "Idempotency-Key": randomKey() },
  });
}

export const readJob = (jobId) => request(path("jobs", jobId));
export const cancelJob = (jobId) => request(path("jobs", jobId), { method: "DELETE" });

/** The messages of a conversation, oldest first. */
export async function readMessages(conversationId) {
  const messages = [];
  let cursor = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await request(path("conversations", conversationId, "messages") + query({ cursor }));
    messages.push(...(page.messages ?? []));
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  return messages;
}

/** One page of this person's conversations, the last used first; `q` searches titles and texts. */
export const readConversations = ({ cursor, q } = {}) => request(path("conversations") + query({ cursor, q }));
export const readConversation = (id) => request(path("conversations", id));
export const renameConversation = (id, title) => request(path("conversations", id), { method: "PATCH", json: { title } });
export const deleteConversation = (id) => request(path("conversations", id), { method: "DELETE" });

/** @param {1|-1|0} rating 0 takes it back */
export function rateMessage(id, rating, comment) {
  const address = path("messages", id, "feedback");
  if (!rating) return request(address, { method: "DELETE" });
  return request(address, { method: "POST", repeat: true, json: { rating, ...(comment ? { comment } : {}) } });
}

export const readPolicies = (course) => request(path("courses", course, "policies"));
export const readBudget = (course) => request(path("courses", course, "budget"));

/** The caller's own cards as a file. @param {"csv"|"anki"} format */
export const readFlashcards = (course, format) => send(path("courses", course, "flashcards") + query({ format }));

/** Where the original of a document is read. */
export const contentAddress = (course, document) => path("courses", course, "documents", document, "content");

/** A file of this server, for example the original of a document. @returns {Promise<Response>} */
export const readFile = (address, signal) => send(address, { headers: { Accept: "*/*" }, signal });

/** The body of a job's event stream, from after event `seq` on. */
export async function openJobEvents(jobId, seq, signal) {
  const headers = { Accept: "text/event-stream", ...(seq > 0 ? { "Last-Event-ID": String(seq) } : {}) };
  return (await send(path("jobs", jobId, "events"), { headers, signal, repeat: false })).body;
}
