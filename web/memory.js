// What the page remembers over a reload: the session and conversation for this tab, the language for this browser.

const tabKey = "gepeto.tab";
const languageKey = "gepeto.language";

// Storage may be switched off or full: the page then simply forgets.
const quietly = (work) => { try { return work(); } catch { return null; } };

/** `{cursor, conversationId, course, pending: {jobId, question, seq}}`, each of them possibly missing. */
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
