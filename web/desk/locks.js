// Times in which students get no answers, such as an exam: saved as soon as one is made or taken away.

import { fromLocalField } from "../logic/format.js";
import { withLock, withoutLock } from "../logic/policies.js";
import { element } from "../view/elements.js";
import { askInDialog, confirmInDialog } from "../view/form-dialog.js";
import { Problem } from "../logic/problem.js";
import { button, empty, heading, state, table } from "./parts.js";

/** @param {object} rules `{policies, change(work)}`: `change` saves, and gives the rules as they are then */
export function locksPart(page, { policies, change }) {
  const { say, format } = page;
  const list = element("div");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  function draw({ locks }) {
    const now = Date.now() / 1_000;
    const columns = ["from", "until", "message", "actions"].map((key) => say(`lock.${key}`));
    list.replaceChildren(locks.length ? table(say("lock.title"), columns, [...locks].sort((one, other) => one.from - other.from).map((lock) => [
      [format.time(lock.from), ...(lock.from <= now && now < lock.until ? [" ", state("failed", say("lock.now"))] : [])],
      [format.time(lock.until), ...(lock.until <= now ? [element("span", { class: "soft block", text: say("lock.over") })] : [])],
      lock.message || "–",
      [button(say("lock.remove"), () => remove(lock), "quiet small warn", { "aria-label": say("lock.removeOf", { from: format.time(lock.from) }) })],
    ])) : empty(say("lock.none")));
  }

  async function remove(lock) {
    let left = null;
    const gone = await confirmInDialog(page, {
      title: say("lock.removeOf", { from: format.time(lock.from) }), text: say("lock.removeText"), action: say("lock.remove"), danger: true,
      work: async () => { left = await change((rules) => withoutLock(rules, lock)); },
    });
    if (gone) draw(left);
  }

  async function add() {
    const added = await askInDialog(page, {
      title: say("lock.add"), text: say("lock.zone", { zone }), action: say("lock.add"),
      fields: [
        { name: "from", label: say("lock.from"), type: "datetime-local", required: true },
        { name: "until", label: say("lock.until"), type: "datetime-local", required: true },
        { name: "message", label: say("lock.message"), maxlength: "300", hint: say("lock.messageHint") },
      ],
      work(values) {
        const [from, until] = [fromLocalField(values.from), fromLocalField(values.until)];
        if (from === null || until === null || until <= from) throw new Problem(400, { detail: say("lock.order") });
        if (until * 1_000 <= Date.now()) throw new Problem(400, { detail: say("lock.past") });
        return change((rules) => withLock(rules, { from, until, ...(values.message ? { message: values.message } : {}) }));
      },
    });
    if (added) draw(added.result);
  }

  draw(policies);
  return element("section", {}, heading(say("lock.title"), button(say("lock.add"), add)),
    element("p", { class: "soft", text: say("lock.text") }), list);
}
