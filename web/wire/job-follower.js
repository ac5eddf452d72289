// The other way to an answer, for a page whose socket cannot be opened: the job's event stream, and if a proxy breaks
// that too, asking for the job's state now and then. Ends when the job has ended, or at its deadline.

import { waitFor } from "../logic/backoff.js";
import { eventStreamDecoder } from "../logic/event-stream.js";
import { eventFromJob } from "../logic/job.js";
import { Problem } from "../logic/problem.js";
import { openJobEvents, readJob } from "./api.js";

/** The contract ends every job within five minutes of its 202; a little more for slow clocks. */
const deadline = 330_000;
/** Event streams that broke before the page turns to polling. */
const mostBrokenStreams = 3;
const pollEvery = 2_000;

const pause = (milliseconds, signal) => new Promise((done) => {
  const timer = setTimeout(done, milliseconds);
  signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
});

/**
 * Follows one job until `isOver()`; `deliver(event)` gets the same events the socket brings.
 * @returns {() => void} stops following
 */
export function followJob(jobId, { after, deliver, isOver, gaveUp }) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const until = Date.now() + deadline;

  async function run() {
    for (let broken = 0; !done() && broken < mostBrokenStreams; ) {
      const moved = await stream().catch(() => false);
      if (done()) return;
      broken = moved ? 0 : broken + 1;
      await pause(waitFor(broken + 1), signal);
    }
    while (!done()) {
      const event = await readJob(jobId).then(eventFromJob, failedRead);
      if (event && !signal.aborted) deliver(event);
      if (!done()) await pause(pollEvery, signal);
    }
  }

  const done = () => signal.aborted || isOver() || (Date.now() > until && (gaveUp(), true));

  /** A job that is not to be found any more ends here; no answer at all is asked for again. */
  function failedRead(problem) {
    const gone = problem instanceof Problem && [401, 403, 404].includes(problem.status);
    return gone ? { event: "error", jobId, code: "internal", message: problem.detail, retryable: true } : null;
  }

  /** True when the stream brought at least one event. */
  async function stream() {
    const decoder = eventStreamDecoder();
    const text = new TextDecoder();
    const reader = (await openJobEvents(jobId, after(), signal)).getReader();
    let moved = false;
    try {
      for (let part; !(part = await reader.read()).done && !done(); ) {
        for (const { id, event, data } of decoder.push(text.decode(part.value, { stream: true }))) {
          const seq = Number(id);
          deliver({ event, jobId, ...(id && Number.isSafeInteger(seq) ? { seq } : {}), ...JSON.parse(data) });
          moved = true;
        }
      }
    } finally {
      reader.cancel().catch(() => {});
    }
    return moved;
  }

  run();
  return () => stopping.abort();
}
