// Waiting before trying again: exponential with full jitter, so that a thousand pages do not come back at once.

/** Milliseconds before attempt `failures` (1 for the first failure); `random` gives [0, 1). */
export function waitFor(failures, random = Math.random, { base = 500, cap = 30_000, floor = 100 } = {}) {
  const ceiling = Math.min(cap, base * 2 ** Math.min(Math.max(failures, 1) - 1, 20));
  return Math.round(floor + random() * Math.max(0, ceiling - floor));
}

/**
 * What a closed socket asks for (contract section 2).
 * @returns {{again: boolean, failures: number, forgetSession: boolean}} `failures` feeds `waitFor`
 */
export function afterClose(code, failures, { everConnected, tokenIsOver = false }) {
  // The token's end closes the socket too: the session stays, a renewed token opens it again.
  if (code === 1008 && tokenIsOver) return { again: true, failures: 1, forgetSession: false };
  switch (code) {
    case 1000: return { again: true, failures: 1, forgetSession: false };
    case 1001: return { again: true, failures: everConnected ? 1 : failures + 1, forgetSession: false };
    // Policy: an unknown session or an expired token. A new session is worth one try, more is knocking.
    case 1008: return { again: failures < 1, failures: failures + 1, forgetSession: true };
    case 1013: return { again: true, failures: Math.max(3, failures + 1), forgetSession: false };
    default: return { again: true, failures: failures + 1, forgetSession: false };
  }
}
