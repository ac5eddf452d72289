// What each document may be used for: from when on students get it, and whether it may be quoted.

import { fromLocalField, toLocalField } from "../logic/format.js";
import { withDocument } from "../logic/policies.js";
import { element } from "../view/elements.js";
import { empty, heading, table } from "./parts.js";

export function documentRules({ say }, { get, set, documents }) {
  const rows = documents.map(({ documentId, name }) => {
    const { availableFrom = null, quotable = true } = get().documents[documentId] ?? {};
    const from = element("input", { type: "datetime-local", "aria-label": say("rules.fromOf", { name }), onchange: change });
    from.value = toLocalField(availableFrom);
    const quote = element("input", { type: "checkbox", "aria-label": say("rules.quotableOf", { name }), checked: quotable, onchange: change });
    function change() {
      set(withDocument(get(), documentId, { availableFrom: fromLocalField(from.value), quotable: quote.checked }));
    }
    return [name, [from], [quote]];
  });
  return element("section", {}, heading(say("rules.documents")),
    element("p", { class: "soft", text: say("rules.documentsText") }),
    rows.length ? table(say("rules.documents"), [say("materials.name"), say("rules.from"), say("rules.quotable")], rows)
      : empty(say("materials.none")));
}
