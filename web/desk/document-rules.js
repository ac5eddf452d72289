// What each document may be used for: from when on students get it, and whether it may be quoted.

import { fromLocalField, toLocalField } from "../logic/format.js";
import { never, releaseOf } from "../logic/policies.js";
import { element } from "../view/elements.js";
import { empty, finder, table } from "./parts.js";

/** @param {object} rules `{documents, ruleOf(id), changed(id, rule)}` */
export function documentRules({ say }, { documents, ruleOf, changed }) {
  const rows = documents.map(({ documentId, name }) => {
    const { availableFrom, quotable } = ruleOf(documentId);
    const release = element("select", { "aria-label": say("rules.releaseOf", { name }), onchange: change },
      ...["visible", "hidden", "from"].map((value) => element("option", { value, text: say(`rules.release.${value}`) })));
    release.value = releaseOf({ availableFrom });
    const from = element("input", { type: "datetime-local", "aria-label": say("rules.fromOf", { name }), onchange: change });
    from.value = release.value === "from" ? toLocalField(availableFrom) : "";
    const quote = element("input", { type: "checkbox", "aria-label": say("rules.quotableOf", { name }), checked: quotable, onchange: change });
    from.hidden = release.value !== "from";

    function change({ target }) {
      from.hidden = release.value !== "from";
      if (target === release && !from.hidden) from.focus();
      // Without a date yet it stays hidden: a choice that is half made must not show anything.
      const date = fromLocalField(from.value) ?? never;
      changed(documentId, { availableFrom: { visible: null, hidden: never, from: date }[release.value], quotable: quote.checked });
    }
    return [name, [element("div", { class: "release" }, release, from)], [quote]];
  });
  const list = table(say("rules.documents"), [say("materials.name"), say("rules.from"), say("rules.quotable")], rows);
  const search = finder(say("pick.find"), list);
  search.apply();
  return element("section", {}, element("p", { class: "soft", text: say("rules.documentsText") }),
    ...(rows.length ? [search.node, list] : [empty(say("materials.none"))]));
}
