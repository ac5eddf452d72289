// The field for the question: Enter sends, the field grows with its text, Stop replaces Ask while an answer comes.

import { byId } from "./elements.js";

/** Characters a question may have after trimming (contract section 1). */
const mostCharacters = 8_000;

/** @param {{ask(text), cancel(), tooLong(most), typed()}} page */
export function composer(page) {
  const form = byId("composer");
  const field = byId("question");
  // Browsers that know `field-sizing` do this by themselves.
  const fit = () => { field.rows = Math.min(8, field.value.split("\n").length); };
  let busy = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (busy || !text) return field.focus();
    // Code points, as the server counts, not UTF-16 units.
    if ([...text].length > mostCharacters) return page.tooLong(mostCharacters);
    field.value = "";
    fit();
    page.ask(text);
  });
  field.addEventListener("keydown", (event) => {
    // `isComposing`: Enter may also just confirm an accent or a character of an input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", () => { fit(); page.typed(); });
  byId("cancel").addEventListener("click", () => page.cancel());

  return {
    focus: () => field.focus(),
    say: (say) => field.setAttribute("placeholder", say("ask.placeholder")),
    /** While an answer comes the question for the next one may already be typed, only not sent. */
    setBusy(value) {
      const hadFocus = [byId("send"), byId("cancel")].includes(document.activeElement);
      busy = value;
      byId("send").hidden = value;
      byId("cancel").hidden = !value;
      if (hadFocus) field.focus();
    },
  };
}
