// The panel beside the chat that shows a citation: its passage with the quoted words marked, and the document at its page.

import { findQuote } from "../logic/quote.js";
import { byId, element } from "./elements.js";
import { originalView } from "./original-view.js";
import { placeOf } from "./place.js";

/** Narrower windows have no room for two columns: the panel then lies over the chat. */
const isNarrow = () => matchMedia("(max-width: 64rem)").matches;

/** @returns {{open(source: object, returnFocus: () => void), close()}} */
export function sourcePanel(page) {
  const dialog = byId("passage");
  const original = originalView(page, byId("passage-document"));
  let returnFocus = () => {};
  byId("passage-close").addEventListener("click", () => dialog.close());
  // A click beside the panel closes it; its own children are not the dialog itself.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  // Beside the chat the panel is no modal dialog, which alone would close by Escape.
  dialog.addEventListener("keydown", ({ key }) => { if (key === "Escape") dialog.close(); });
  dialog.addEventListener("close", () => {
    document.body.classList.remove("with-source");
    original.clear();
    returnFocus();
  });

  function open(source, focusAgain) {
    returnFocus = focusAgain;
    const { say } = page;
    byId("passage-number").textContent = source.marker ? say("source.heading", { marker: source.marker }) : say("source.preview");
    byId("passage-title").textContent = source.title;
    byId("passage-place").textContent = placeOf(source, say);
    byId("passage-caution").hidden = source.supported !== false;
    byId("passage-text").setAttribute("aria-label", say("source.quote"));
    // A document that is opened as a whole has no passage.
    byId("passage-text").hidden = source.passage === undefined && source.quote === undefined;
    byId("passage-text").replaceChildren(...passageNodes(source, say));
    if (!dialog.open) {
      if (isNarrow()) dialog.showModal();
      else dialog.show();
      document.body.classList.add("with-source");
    }
    byId("passage-title").focus();
    const mark = byId("passage-text").querySelector("mark");
    dialog.scrollTop = 0;
    // In the middle of its passage, or from its beginning where it is longer than there is room.
    const room = byId("passage-text");
    if (mark) room.scrollTop = mark.offsetTop - room.offsetTop - Math.max(0, (room.clientHeight - mark.offsetHeight) / 2);
    original.show(source);
  }

  return { open, close: () => dialog.open && dialog.close() };
}

function passageNodes({ passage, quote }, say) {
  const found = passage && quote ? findQuote(passage, quote) : null;
  if (found) return [found.before, element("mark", { text: found.match }), found.after];
  // A quote that is not in the passage as it stands is still shown, above it.
  const nodes = quote ? [element("mark", { text: quote })] : [];
  if (passage) nodes.push(...(nodes.length ? ["\n\n"] : []), passage);
  return nodes.length ? nodes : [element("em", { text: say("source.missing") })];
}
