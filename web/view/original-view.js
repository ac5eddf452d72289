// The original of a cited document: a PDF in the browser's own viewer at its page, text with the quote marked.

import { kindOf, ownAddress, pageOf } from "../logic/original.js";
import { findInSource } from "../logic/quote.js";
import { sentenceForProblem } from "../logic/problem.js";
import { readFile } from "../wire/api.js";
import { element } from "./elements.js";
import { saveAs } from "./save.js";

/** Larger files are not read into the page; they can be saved. */
const mostBytes = 64 << 20;
/** Characters of a text document that are shown. */
const mostCharacters = 2_000_000;

/** @returns {{show(source), clear()}} for one place on the page */
export function originalView(page, box) {
  let reading = null;
  let shown = null;

  function clear() {
    reading?.abort();
    reading = null;
    if (shown) URL.revokeObjectURL(shown);
    shown = null;
    box.replaceChildren();
  }

  async function show(source) {
    clear();
    const { say } = page;
    const address = ownAddress(source.url, location.href);
    if (!address) return;
    const { signal } = reading = new AbortController();
    const status = element("p", { class: "soft", role: "status", text: say("original.reading") });
    box.replaceChildren(status);
    try {
      const response = await readFile(address.split("#")[0], signal);
      const kind = kindOf(response.headers.get("Content-Type"));
      const save = saveButton(say, address, source);
      if (kind === "other" || Number(response.headers.get("Content-Length")) > mostBytes) {
        response.body?.cancel();
        box.replaceChildren(save);
        return;
      }
      const blob = await response.blob();
      if (signal.aborted) return;
      box.replaceChildren(kind === "pdf" ? pdf(blob, source, address) : await text(blob, source), save);
      box.querySelector("mark")?.scrollIntoView({ block: "nearest" });
    } catch (problem) {
      if (!signal.aborted) status.textContent = sentenceForProblem(problem, say);
    }
  }

  function pdf(blob, source, address) {
    // The type is said here, not taken from the file: a frame of this address never shows anything but a PDF.
    shown = URL.createObjectURL(new Blob([blob], { type: "application/pdf" }));
    const number = pageOf(address) ?? source.page ?? 1;
    return element("iframe", { class: "original", title: page.say("original.title", { title: source.title }),
      src: `${shown}#page=${number}`, referrerpolicy: "no-referrer" });
  }

  async function text(blob, source) {
    const whole = (await blob.text()).slice(0, mostCharacters);
    const found = source.quote ? findInSource(whole, source.quote) : null;
    const nodes = found ? [found.before, element("mark", { text: found.match }), found.after] : [whole];
    return element("pre", { class: "original text", tabindex: "0", "aria-label": page.say("original.title", { title: source.title }) },
      ...nodes);
  }

  return { show, clear };
}

function saveButton(say, address, { title }) {
  const problem = element("span", { role: "status" });
  const save = async () => {
    try {
      const response = await readFile(address.split("#")[0]);
      const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
      await saveAs(response, named ?? title);
    } catch (failure) {
      problem.textContent = sentenceForProblem(failure, say);
    }
  };
  return element("p", {}, element("button", { type: "button", class: "quiet", id: "passage-original",
    text: say("source.original"), onclick: save }), problem);
}
