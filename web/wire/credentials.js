// Who this page is to the server: the access token, in memory only, and its renewal.

import { Problem, problemFrom } from "../logic/problem.js";
import { isEnding, newToken } from "../logic/token.js";
import { forgetPerson, recallRefresh, rememberRefresh } from "../memory.js";

/** A renewal that takes longer has failed. */
const patience = 20_000;

class Credentials {
  #token = newToken();
  #renewing = null;
  /** A token that came without a way to renew it is never renewed by what somebody else left in this browser. */
  #isForeign = false;
  /** Called when the server no longer knows this person: the page then shows its sign-in. */
  lost = () => {};

  /** Whether another tool opened the page for this person: only that tool can do so again. */
  get isLaunched() { return this.#isForeign && this.#token.access !== null; }
  get canRenew() { return !this.#isForeign && recallRefresh() !== null; }
  get access() { return this.#token.access; }
  /** Whether the token that is in use has ended, or does so within seconds. */
  get isOver() { return this.#token.access !== null && isEnding(this.#token, Date.now(), 5_000); }

  /** Takes what signing in, or a launch from another tool, gave. */
  take(given, { stay = null } = {}) {
    this.#token = newToken(given, Date.now());
    this.#isForeign = !given.refreshToken;
    if (given.refreshToken) rememberRefresh(given.refreshToken, stay);
  }

  forget() {
    this.#token = newToken();
    if (!this.#isForeign) forgetPerson();
    this.#isForeign = false;
  }

  /** The token for the next request, renewed when it is about to end; null for who is not signed in. */
  async token() {
    if (isEnding(this.#token, Date.now()) && this.canRenew) await this.renew(this.#token.access);
    return this.#token.access;
  }

  /**
   * Gets another token in place of `used`.
   * @returns {Promise<boolean>} false when the server refuses: the sign-in is over
   * @throws {Problem} when the server cannot be reached
   */
  renew(used) {
    if (this.#token.access !== used) return Promise.resolve(true);
    if (!this.canRenew) return Promise.resolve(false);
    this.#renewing ??= alone(() => this.#renew()).finally(() => { this.#renewing = null; });
    return this.#renewing;
  }

  async #renew() {
    // Read within the lock: another tab may have rotated it meanwhile.
    const refreshToken = recallRefresh();
    if (!refreshToken) return false;
    const response = await fetch("/api/auth/refresh", {
      method: "POST", cache: "no-store", headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ refreshToken }), signal: AbortSignal.timeout(patience),
    }).catch(() => { throw new Problem(0); });
    if (response.ok) {
      this.take(await response.json());
      return true;
    }
    const problem = await problemFrom(response);
    if (response.status !== 401) throw problem;
    this.forget();
    return false;
  }
}

/** One tab at a time: an old refresh token used twice would end the whole sign-in. */
function alone(work) {
  return navigator.locks ? navigator.locks.request("gepeto.refresh", work) : work();
}

export const credentials = new Credentials();
