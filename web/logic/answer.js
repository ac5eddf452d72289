// One answer as it grows: a value, and one function that applies an event of the WebSocket contract.
// No DOM, no clock, no network: the strange orders of events are tested in Tests/Web/answer.test.mjs.

/** Pieces that may wait for an earlier one; past this the rest is left to `message_completed`, which has it all. */
const mostWaiting = 256;

const phases = new Set(["queued", "retrieving", "generating", "retrying"]);

/**
 * @typedef {object} Answer
 * @property {string} jobId
 * @property {"queued"|"retrieving"|"generating"|"retrying"|"completed"|"failed"} phase
 * @property {string} text        what can be shown now: the pieces without a hole, then the final text
 * @property {object[]} sources   the passages given to the model, known while it writes
 * @property {object[]} citations the checked citations, known at the end
 * @property {object[]} claims    the verdict on each sentence, known at the end
 * @property {boolean} isWithheld whether its words are kept back, for they draw on what is hidden now
 * @property {{code: string, message: string, retryable: boolean, denial: object|null}|null} error
 */

/** @returns {Answer} the state right after the 202 */
export function newAnswer(jobId) {
  return {
    jobId, phase: "queued", seq: 0, attempt: 0, stream: 0, isVoid: false, next: 0, waiting: {}, text: "",
    sources: [], citations: [], claims: [], grounded: true, metadata: {}, messageId: null, rating: 0,
    comment: "", isWithheld: false, error: null,
  };
}

/** True once `message_completed` or `error` has come: exactly one of them ends every job. */
export function isOver(answer) {
  return answer.phase === "completed" || answer.phase === "failed";
}

/** The answer after `event`; the very same object when the event is another job's, stale, or a repeat. */
export function applyEvent(answer, event) {
  if (event.jobId !== answer.jobId || isOver(answer)) return answer;
  if (Number.isSafeInteger(event.seq)) {
    if (event.seq <= answer.seq) return answer;
    answer = { ...answer, seq: event.seq };
  }
  switch (event.event) {
    case "status": return withStatus(answer, event);
    case "message_delta": return withDelta(answer, event);
    case "message_completed": return withEnd(answer, event);
    case "error": return withError(answer, event);
    default: return answer;
  }
}

function withStatus(answer, event) {
  const attempt = Number.isSafeInteger(event.attempt) ? event.attempt : answer.attempt;
  if (!phases.has(event.state) || attempt < answer.attempt) return answer;
  const sources = Array.isArray(event.sources) ? event.sources : answer.sources;
  // Another model, or another attempt, begins anew: what was shown is void.
  const voided = event.state === "retrying" ? { isVoid: true, next: 0, waiting: {}, text: "" } : {};
  return { ...answer, phase: event.state, sources, ...voided };
}

/** Order is (attempt, stream, index): a higher pair starts the text anew, a lower one, or a void one, is dropped. */
function withDelta(answer, event) {
  const { attempt = 0, stream = 0, index, content } = event;
  if (!Number.isSafeInteger(index) || index < 0 || typeof content !== "string") return answer;
  const order = attempt - answer.attempt || stream - answer.stream;
  if (order < 0 || (order === 0 && answer.isVoid)) return answer;
  let { next, waiting, text } = answer;
  if (order > 0) [next, waiting, text] = [0, {}, ""];
  if (index === next) {
    text += content;
    next += 1;
    waiting = { ...waiting };
    for (; next in waiting; next += 1) {
      text += waiting[next];
      delete waiting[next];
    }
  } else if (index > next && Object.keys(waiting).length < mostWaiting) {
    waiting = { ...waiting, [index]: content };
  }
  return { ...answer, phase: "generating", attempt, stream, isVoid: false, next, waiting, text };
}

function withEnd(answer, event) {
  return {
    ...answer, phase: "completed", waiting: {},
    text: typeof event.content === "string" ? event.content : answer.text,
    citations: Array.isArray(event.citations) ? event.citations : [],
    claims: Array.isArray(event.claims) ? event.claims : [],
    grounded: event.grounded !== false,
    metadata: event.metadata ?? {},
    // In the history a message has an id of its own, and how it was rated.
    messageId: event.messageId ?? event.id ?? null,
    rating: event.rating === 1 || event.rating === -1 ? event.rating : 0,
    comment: typeof event.comment === "string" ? event.comment : "",
    isWithheld: event.withheld === true,
  };
}

function withError(answer, event) {
  const error = {
    code: event.code ?? "internal", message: event.message ?? "", retryable: event.retryable === true,
    denial: event.details?.denial ?? null,
  };
  return { ...answer, phase: "failed", waiting: {}, error };
}

/** What `[marker]` stands for: the checked citation if there is one, else the passage the model was given. */
export function sourceFor(answer, marker) {
  return answer.citations.find((citation) => citation.marker === marker)
    ?? (isOver(answer) ? undefined : answer.sources.find((source) => source.marker === marker));
}
