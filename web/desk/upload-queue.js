// The files on their way into one course. Outlives the sheet that shows them: staff look elsewhere meanwhile.

import { isLeaving, newUpload, nextToSend, refused, sent, taken } from "../logic/uploads.js";
import { sentenceForProblem } from "../logic/problem.js";
import { uploadFile } from "../wire/upload.js";

/** @param {{say, session(), follow(id)}} page @param {() => void} counted told when the number under way may have changed */
export function uploadQueue(page, course, counted) {
  const files = new Map();
  const stopping = new AbortController();
  let uploads = [];
  let last = 0;
  /** What shows the list just now: `{changed(), arrived()}`. */
  let watcher = null;

  /** @param {{hidden?: boolean, quotable?: boolean}} rules for these files */
  function add(chosen, rules) {
    for (const file of chosen) {
      const upload = newUpload(last += 1, file.name);
      files.set(upload.key, { file, rules });
      uploads = [...uploads, upload];
    }
    watcher?.changed();
    sendNext();
  }

  function sendNext() {
    for (let next; !stopping.signal.aborted && (next = nextToSend(uploads)); ) send(next);
    counted();
  }

  async function send({ key }) {
    const { file, rules } = files.get(key);
    change(key, (one) => sent(one, 0));
    try {
      const answer = await uploadFile(course, file, {
        rules, sessionId: page.session(), signal: stopping.signal, progress: (share) => change(key, (one) => sent(one, share)),
      });
      if (answer.sessionId && !stopping.signal.aborted) page.follow(answer.sessionId);
      change(key, (one) => taken(one, answer));
    } catch (problem) {
      change(key, (one) => refused(one, sentenceForProblem(problem, page.say)));
    }
    files.delete(key);
    if (stopping.signal.aborted) return;
    sendNext();
    watcher?.arrived();
  }

  function change(key, work) {
    update((all) => all.map((one) => (one.key === key ? work(one) : one)));
  }

  function update(work) {
    const before = uploads;
    uploads = work(uploads);
    if (uploads !== before) watcher?.changed();
  }

  return {
    add, update,
    get uploads() { return uploads; },
    get leaving() { return uploads.filter(isLeaving).length; },
    watch(next) { watcher = next; },
    stop() {
      watcher = null;
      stopping.abort();
    },
  };
}
