// Every sentence of the page in Portuguese and English. `{name}` is a gap.

import { account } from "./phrases/account.js";
import { answers } from "./phrases/answers.js";
import { desk } from "./phrases/desk.js";
import { problems } from "./phrases/problems.js";
import { rules } from "./phrases/rules.js";

const phrases = { ...answers, ...account, ...desk, ...rules, ...problems };

/** In the order in which each phrase says them. */
export const languages = ["pt", "en"];

/** The first language of `wanted` (BCP 47 tags, best first) that the page speaks; English otherwise. */
export function chooseLanguage(wanted) {
  return wanted.map((tag) => String(tag).slice(0, 2).toLowerCase()).find((tag) => languages.includes(tag)) ?? "en";
}

/** A phrase book for one language: `say("phase.sources", {count: 3})`. */
export function phraseBook(language) {
  const at = Math.max(0, languages.indexOf(language));
  return (key, gaps = {}) => {
    const phrase = phrases[key]?.[at] ?? key;
    return phrase.replace(/\{(\w+)\}/g, (gap, name) => String(gaps[name] ?? gap));
  };
}

/** All keys that a language has a phrase for: the test holds that both have the same. */
export function keysOf(language) {
  const at = languages.indexOf(language);
  return Object.keys(phrases).filter((key) => typeof phrases[key][at] === "string" && phrases[key][at] !== "");
}

/** Files whose phrases are merged: the test holds that none says what another one says already. */
export const books = [answers, account, desk, rules, problems];
