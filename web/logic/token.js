// An access token and when it ends.

/** Milliseconds before its end at which a token is renewed. */
const early = 30_000;

/** @returns {{access: string|null, ends: number}} `given` is the answer to a sign-in: `{accessToken, expiresIn}` */
export function newToken(given = {}, now = 0) {
  const lasts = Number.isFinite(given.expiresIn) ? given.expiresIn * 1_000 : Infinity;
  return { access: given.accessToken ?? null, ends: given.accessToken ? now + lasts : 0 };
}

/** Whether a token should not be used any more; none at all also is none to use. */
export function isEnding(token, now, margin = early) {
  return token.access === null || now >= token.ends - margin;
}

/**
 * What another tool's page hands over within this one (`<script type="application/json" id="gepeto-launch">`), or by message.
 * @returns {object|null} null for anything that is no such thing
 */
export function launchFrom(text) {
  try {
    const launch = typeof text === "string" ? JSON.parse(text) : text;
    return typeof launch?.accessToken === "string" && launch.accessToken ? launch : null;
  } catch {
    return null;
  }
}
