// What `GET /api/jobs/{jobId}` says, as the event the socket would have brought.

const over = { completed: "message_completed", failed: "error", cancelled: "error" };

/** The event for a job's state: `status` while it works, `message_completed` or `error` once it is over. */
export function eventFromJob(job) {
  const state = job.state ?? job.status;
  const event = over[state];
  if (event === "message_completed") return { event, jobId: job.jobId, ...(job.answer ?? {}) };
  if (event === "error") {
    const error = job.error ?? { code: state === "cancelled" ? "cancelled" : "internal" };
    const { code, message = "", retryable = false, details } = error;
    return { event, jobId: job.jobId, code, message, retryable, ...(details ? { details } : {}) };
  }
  return { event: "status", jobId: job.jobId, state, attempt: job.attempt };
}
