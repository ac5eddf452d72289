// Sends one file. `fetch` cannot tell how far it is, so this is the old way.

import { Problem, problemFrom } from "../logic/problem.js";
import { credentials } from "./credentials.js";
import { path, query, randomKey } from "./http.js";

/**
 * @param {{hidden?: boolean, quotable?: boolean}} rules what students may see of it; left out, as the course has it
 * @param {(share: number) => void} progress 0 to 1 of what has left this machine
 * @returns {Promise<object>} the body of the 202, or of the 200 for a file the course already has
 */
export async function uploadFile(course, file, { rules = {}, sessionId, progress, signal }) {
  const token = await credentials.token();
  const address = path("courses", course, "documents") + query({ sessionId, ...rules });
  return new Promise((done, failed) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", address);
    sending.setRequestHeader("Content-Type", "application/octet-stream");
    sending.setRequestHeader("Content-Disposition", disposition(file.name));
    sending.setRequestHeader("Idempotency-Key", randomKey());
    sending.setRequestHeader("Accept", "application/json");
    if (token) sending.setRequestHeader("Authorization", `Bearer ${token}`);
    sending.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    sending.onload = () => {
      const answer = new Response(sending.responseText, {
        status: sending.status, headers: { "Retry-After": sending.getResponseHeader("Retry-After") ?? "" },
      });
      if (answer.ok) answer.json().then(done, () => failed(new Problem(500)));
      else problemFrom(answer).then(failed);
    };
    sending.onerror = sending.ontimeout = () => failed(new Problem(0));
    sending.onabort = () => failed(new Problem(0, { detail: "cancelled" }));
    signal?.addEventListener("abort", () => sending.abort(), { once: true });
    sending.send(file);
  });
}

/** The name of a file as RFC 6266 writes it, whatever letters it has. */
export function disposition(name) {
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename*=UTF-8''${encoded}`;
}
