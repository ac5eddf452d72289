// What went wrong, as a sentence for a person: from problem+json, from an `error` event, or from a network failure.

/** The closed list of `error` event codes (contract section 2). */
const codes = new Set([
  "llm_unavailable", "deadline_exceeded", "cancelled", "policy_denied", "course_unavailable", "internal",
]);

/** An HTTP answer that is not a success, or no answer at all (`status` 0). */
export class Problem extends Error {
  constructor(status, { title = "", detail = "", errors = [], retryAfter = null } = {}) {
    super(detail || title || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.detail = detail || title;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }
}

/** Reads a failed `Response`; never throws, whatever the body holds. */
export async function problemFrom(response) {
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const body = await response.json().catch(() => ({}));
  const text = (value) => (typeof value === "string" ? value : "");
  return new Problem(response.status, {
    title: text(body?.title), detail: text(body?.detail),
    errors: Array.isArray(body?.errors) ? body.errors : [],
    retryAfter: Number.isFinite(retryAfter) ? Math.max(0, retryAfter) : null,
  });
}

/** The sentence for a failed request; `say` is the page's phrase book. */
export function sentenceForProblem(problem, say) {
  if (!(problem instanceof Problem)) return say("error.internal");
  if (problem.status === 0) return say("error.offline");
  if (problem.status === 401) return say("error.signIn");
  if (problem.status === 429) return say("error.tooMany", { seconds: problem.retryAfter ?? 60 });
  if (problem.status === 503) return say("error.busy", { seconds: problem.retryAfter ?? 30 });
  const details = problem.errors.map((one) => one?.detail).filter((one) => typeof one === "string");
  const sentences = [problem.detail, ...details].filter(Boolean);
  return problem.status < 500 && sentences.length ? sentences.join(" ") : say("error.internal");
}

/** The sentence for an `error` event: its own message when it has one, for the server wrote that for a person. */
export function sentenceForError(error, say) {
  if (error.code === "cancelled") return say("error.cancelled");
  return error.message || say(`error.${codes.has(error.code) ? error.code : "internal"}`);
}
