// The panel that shows a citation's passage, with the quoted words marked in it.

import { findQuote } from "../logic/quote.js";
import { byId, element } from "./elements.js";
import { placeOf } from "./place.js";

/** @returns {(source: object, returnFocus: () => void) => void} opens the panel for one source */
export function passageDialog(page) {
  const dialog = byId("passage");
  let returnFocus = () => {};
  byId("passage-close").addEventListener("click", () => dialog.close());
  // A click beside the panel closes it; its own children are not the dialog itself.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => returnFocus());

  return (source, focusAgain) => {
    returnFocus = focusAgain;
    const { say } = page;
    byId("passage-number").textContent = say("source.heading", { marker: source.marker });
    byId("passage-title").textContent = source.title;
    byId("passage-place").textContent = placeOf(source, say);
    byId("passage-caution").hidden = source.supported !== false;
    byId("passage-text").setAttribute("aria-label", say("source.quote"));
    byId("passage-text").replaceChildren(...passageNodes(source, say));
    const original = ownAddress(source.url);
    byId("passage-original").hidden = !original;
    if (original) byId("passage-original").href = original;
    if (!dialog.open) dialog.showModal();
    byId("passage-title").focus();
    const mark = dialog.querySelector("mark");
    if (mark) mark.scrollIntoView({ block: "center" });
    else dialog.scrollTop = 0;
  };
}

function passageNodes({ passage, quote }, say) {
  const found = passage && quote ? findQuote(passage, quote) : null;
  if (found) return [found.before, element("mark", { text: found.match }), found.after];
  // A quote that is not in the passage as it stands is still shown, above it.
  const nodes = quote ? [element("mark", { text: quote })] : [];
  if (passage) nodes.push(...(nodes.length ? ["\n\n"] : []), passage);
  return nodes.length ? nodes : [element("em", { text: say("source.missing") })];
}

/** Only this server's own documents: a citation never leads elsewhere. */
function ownAddress(url) {
  if (typeof url !== "string" || !url) return null;
  try {
    const address = new URL(url, location.href);
    return address.origin === location.origin && address.pathname.startsWith("/api/") ? address.href : null;
  } catch {
    return null;
  }
}
