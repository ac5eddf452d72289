// One request to the server: signed, repeated where that is safe, every failure a `Problem`.

import { waitFor } from "../logic/backoff.js";
import { Problem, problemFrom } from "../logic/problem.js";
import { credentials } from "./credentials.js";

/** Times a request that is safe to repeat is sent when no answer comes at all. */
const mostTries = 3;
/** The server's own deadline is 29 s; a connection that says nothing for longer is dead. */
const patience = 35_000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** `/api/…` with each part encoded. */
export const path = (...parts) => `/api/${parts.map(encodeURIComponent).join("/")}`;

/** `?a=1&b=2` of what is given; an empty text without any. */
export function query(fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** 128 random bits in hex; `crypto.randomUUID` is missing on plain-HTTP pages. */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {object} options as of `fetch`; `anonymous`: without the token; `repeat`: whether it may be sent again when no
 *   answer came, by default all but a POST without an idempotency key
 * @returns {Promise<Response>} a success
 * @throws {Problem}
 */
export async function send(address, { method = "GET", headers = {}, anonymous = false, repeat, ...rest } = {}) {
  const mayRepeat = repeat ?? (method !== "POST" || "Idempotency-Key" in headers);
  for (let failures = 1, renewed = false; ; ) {
    const token = anonymous ? null : await credentials.token();
    let response;
    try {
      response = await fetch(address, {
        method, cache: "no-store", ...rest,
        headers: { Accept: "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers },
        signal: rest.signal ?? AbortSignal.timeout(patience),
      });
    } catch {
      if (!mayRepeat || failures >= mostTries || rest.signal?.aborted) throw new Problem(0);
      await pause(waitFor(failures));
      failures += 1;
      continue;
    }
    if (response.ok) return response;
    if (response.status === 401 && !anonymous && !renewed) {
      renewed = true;
      if (token && await credentials.renew(token)) continue;
      credentials.lost();
    }
    throw await problemFrom(response);
  }
}

/** The JSON of the answer; null when it has none. `json` goes out as the body. */
export async function request(address, { json, headers = {}, ...rest } = {}) {
  const body = json === undefined ? {} : {
    body: JSON.stringify(json), headers: { "Content-Type": "application/json", ...headers },
  };
  const response = await send(address, { headers, ...rest, ...body });
  if (response.status === 204) return null;
  return response.json().catch(() => { throw new Problem(500, { detail: "the answer is not JSON" }); });
}
