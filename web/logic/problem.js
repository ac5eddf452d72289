// What went wrong, as a sentence for a person: from problem+json, from an `error` event, or from a network failure. The
// page's own phrase for the kind of problem comes first, in the reader's language; the server's words last.

import { formatter } from "./format.js";

/** The closed list of `error` event codes (contract section 2). */
const codes = new Set([
  "llm_unavailable", "deadline_exceeded", "cancelled", "policy_denied", "course_unavailable", "internal",
]);

/** What the `type` of every problem of the server begins with; the label of the kind follows. */
const family = "urn:gepeto:problem:";

/** An HTTP answer that is not a success, or no answer at all (`status` 0). */
export class Problem extends Error {
  /** @param {object} body of the answer: `{type, title, detail, errors, denial, …}`, each of them possibly missing */
  constructor(status, body = {}, retryAfter = null) {
    const { type = "", title = "", detail = "", errors = [] } = body;
    super(detail || title || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.label = type.startsWith(family) ? type.slice(family.length) : "";
    this.detail = detail || title;
    this.errors = errors;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

/** Reads a failed `Response`; never throws, whatever the body holds. */
export async function problemFrom(response) {
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const body = (await response.json().catch(() => null)) ?? {};
  const text = (value) => (typeof value === "string" ? value : "");
  return new Problem(response.status, {
    ...body, type: text(body.type), title: text(body.title), detail: text(body.detail),
    errors: Array.isArray(body.errors) ? body.errors : [],
  }, Number.isFinite(retryAfter) ? Math.max(0, retryAfter) : null);
}

/** The phrase of that name, or null where the page has none; `say` gives back the name of what it does not know. */
const phrase = (say, key, gaps) => {
  const said = say(key, gaps);
  return said === key ? null : said;
};

/** The sentence for a failed request; `say` is the page's phrase book. */
export function sentenceForProblem(problem, say) {
  if (!(problem instanceof Problem)) return say("error.internal");
  const { status, label, body, detail, errors, retryAfter } = problem;
  if (status === 0) return say("error.offline");
  if (label === "policy_denied") return denialSentence(body.denial, detail, say);
  const own = label && phrase(say, `problem.${label}`, { seconds: retryAfter ?? 30 });
  if (own) return own;
  if (status === 401) return say("error.signIn");
  if (status === 429) return say("error.tooMany", { seconds: retryAfter ?? 60 });
  if (status === 503) return say("error.busy", { seconds: retryAfter ?? 30 });
  const details = errors.map((one) => one?.detail).filter((one) => typeof one === "string");
  const sentences = [...new Set([detail, ...details])].filter(Boolean);
  // By its number whoever runs the server finds what happened.
  const trace = typeof body.traceId === "string" && status >= 500 ? say("error.trace", { trace: body.traceId }) : "";
  if (status >= 500 || !sentences.length) return [say("error.internal"), trace].filter(Boolean).join(" ");
  // What the page found by itself is in its own language already.
  return [label && phrase(say, `problem.${status}`), ...sentences].filter(Boolean).join(" ");
}

/** The sentence for an `error` event. What the rules of a course refuse says why; of the rest the code is enough. */
export function sentenceForError({ code, message = "", denial }, say) {
  if (code === "policy_denied") return denialSentence(denial, message, say);
  return say(`error.${codes.has(code) ? code : "internal"}`);
}

/** That a course is closed, and until when; what staff wrote for an exam stands as they wrote it. */
export const lockSentence = ({ until, message }, say) => denialSentence({ cause: "course_locked", until, message }, "", say);

/** Causes that are told apart further. */
const finer = { hints_spent: ({ assignment }) => (assignment ? ".assignment" : ".day"), cost_reached: ({ span }) => (span ? `.${span}` : "") };

/**
 * Why the rules of a course refused. What staff wrote for an exam stands as they wrote it.
 * @param {{cause, until, message, modes, assignments, limit, span, assignment}} [denial] as the server says it
 * @param {string} words its own sentence, for causes the page does not know
 */
function denialSentence(denial, words, say) {
  const { cause, message, until, modes = [], assignments = [], ...rest } = denial ?? {};
  const gaps = {
    ...rest, until: formatter(say("locale")).time(until), modes: modes.map((mode) => say(`mode.${mode}`)).join(", "),
    assignments: assignments.map((title) => `“${title}”`).join(", "),
  };
  if (cause === "course_locked" && message) return `${message} ${say("denied.until", gaps)}`;
  const own = cause && phrase(say, `denied.${cause}${finer[cause]?.(denial) ?? ""}`, gaps);
  return own || words || say("error.policy_denied");
}

/**
 * Why a document could not be read, or what a reader of it should know: the server writes English, by a closed name the
 * page knows the same in general.
 */
export function documentReason({ label, reason }, say) {
  if (!reason && !label) return "";
  const own = label ? phrase(say, `reason.${label}`) : null;
  return say("locale") === "en" && reason ? reason : own ?? reason ?? "";
}
