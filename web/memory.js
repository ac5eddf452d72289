// What the page remembers over a reload: the session and conversation for this tab, the language for this browser, and
// the refresh token where the user chose to keep it.

const tabKey = "gepeto.tab";
const languageKey = "gepeto.language";
const refreshKey = "gepeto.refresh";

// Storage may be switched off, full or (in a foreign frame) refused: the page then remembers only while it is open.
const quietly = (work) => { try { return work(); } catch { return null; } };
let refreshInMemory = null;

/** `{cursor, conversationId, course, pending: {jobId, question, after, manner}}`, each of them possibly missing. */
export function recall() {
  return quietly(() => JSON.parse(sessionStorage.getItem(tabKey))) ?? {};
}

export function remember(changes) {
  quietly(() => sessionStorage.setItem(tabKey, JSON.stringify({ ...recall(), ...changes })));
}

export function recallLanguage() {
  return quietly(() => localStorage.getItem(languageKey));
}

export function rememberLanguage(language) {
  quietly(() => localStorage.setItem(languageKey, language));
}

/** The refresh token: of this tab, or of this browser when the user stays signed in; null when signed out. */
export function recallRefresh() {
  return quietly(() => localStorage.getItem(refreshKey) ?? sessionStorage.getItem(refreshKey)) ?? refreshInMemory;
}

/** @param {boolean|null} stay true: over the end of the browser; false: in this tab; null: where it was before */
export function rememberRefresh(token, stay = null) {
  const keep = stay ?? quietly(() => localStorage.getItem(refreshKey)) !== null;
  forgetRefresh();
  refreshInMemory = token;
  quietly(() => (keep ? localStorage : sessionStorage).setItem(refreshKey, token));
}

function forgetRefresh() {
  refreshInMemory = null;
  quietly(() => localStorage.removeItem(refreshKey));
  quietly(() => sessionStorage.removeItem(refreshKey));
}

/** The next person at this screen finds nothing of the one who signed out. */
export function forgetPerson() {
  forgetRefresh();
  quietly(() => sessionStorage.removeItem(tabKey));
}
