// The files that are on their way into a course: a list as a value, changed by what the request and the server say.

/** Files sent at the same time; the others wait. */
export const atOnce = 2;
/** Files taken at once from one drop. */
export const mostFiles = 200;

const over = new Set(["ready", "failed", "duplicate", "refused"]);

/**
 * @typedef {object} Upload
 * @property {number} key        of this list
 * @property {string} name
 * @property {"waiting"|"sending"|"queued"|"extracting"|"embedding"|"ready"|"failed"|"duplicate"|"refused"} state
 *   those between sending and ready are the server's own
 * @property {number} share      0 to 1 of what this state can tell; of the whole file while it is sent, of pages after
 * @property {string} label      the closed name of why it failed
 * @property {string} reason     why it failed, was refused or is a duplicate
 * @property {"unreleased"|"not_quotable"|null} hidden why students will not see it
 */

/** @returns {Upload} */
export function newUpload(key, name) {
  return { key, name, state: "waiting", share: 0, label: "", reason: "", hidden: null, documentId: null };
}

export const isOver = (upload) => over.has(upload.state);
/** Whether the file has not wholly left this machine: closing the page would lose it. */
export const isLeaving = ({ state }) => state === "waiting" || state === "sending";
export const sent = (upload, share) => ({ ...upload, state: "sending", share: clamp(share) });

/** The server took the file, or has it already under another name. */
export function taken(upload, answer) {
  if (answer.status === "duplicate") return { ...upload, state: "duplicate", share: 1, reason: answer.duplicateOf?.name ?? "" };
  return { ...upload, state: "queued", share: 0, documentId: answer.documentId ?? null, hidden: answer.hidden ?? null };
}

export const refused = (upload, reason) => ({ ...upload, state: "refused", reason });

/** The list after a `document_status` event, or a document of the list; the very same when it is about none of them. */
export function told(uploads, { documentId, state, pagesDone, pagesTotal, label, reason }) {
  const at = uploads.findIndex((upload) => upload.documentId === documentId && documentId);
  if (at < 0 || isOver(uploads[at])) return uploads;
  const share = pagesTotal > 0 ? clamp((pagesDone ?? 0) / pagesTotal) : state === "ready" ? 1 : 0;
  return uploads.with(at, { ...uploads[at], state, share, label: label ?? "", reason: reason ?? "" });
}

/** The next one to send; null while enough are under way. */
export function nextToSend(uploads) {
  if (uploads.filter(({ state }) => state === "sending").length >= atOnce) return null;
  return uploads.find(({ state }) => state === "waiting") ?? null;
}

const clamp = (share) => Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
