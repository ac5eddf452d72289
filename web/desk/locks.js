// Times in which students get no answers, such as an exam.

import { fromLocalField } from "../logic/format.js";
import { element } from "../view/elements.js";
import { askInDialog } from "../view/form-dialog.js";
import { Problem } from "../logic/problem.js";
import { button, empty, heading, table } from "./parts.js";

export function locksPart(page, { get, set }) {
  const { say, format } = page;
  const list = element("div");

  function draw() {
    const { locks } = get();
    const columns = ["from", "until", "message", "actions"].map((key) => say(`lock.${key}`));
    list.replaceChildren(locks.length ? table(say("lock.title"), columns, locks.map((lock) => [
      format.time(lock.from), format.time(lock.until), lock.message || "–",
      [button(say("lock.remove"), () => {
        set({ ...get(), locks: get().locks.filter((one) => one !== lock) });
        draw();
      }, "quiet small warn")],
    ])) : empty(say("lock.none")));
  }

  async function add() {
    const added = await askInDialog(page, {
      title: say("lock.add"), action: say("lock.add"),
      fields: [
        { name: "from", label: say("lock.from"), type: "datetime-local", required: true },
        { name: "until", label: say("lock.until"), type: "datetime-local", required: true },
        { name: "message", label: say("lock.message"), maxlength: "300" },
      ],
      work(values) {
        const [from, until] = [fromLocalField(values.from), fromLocalField(values.until)];
        if (from === null || until === null || until <= from) throw new Problem(400, { detail: say("lock.order") });
        return { from, until, ...(values.message ? { message: values.message } : {}) };
      },
    });
    if (!added) return;
    set({ ...get(), locks: [...get().locks, added.result] });
    draw();
  }

  draw();
  return element("section", {}, heading(say("lock.title"), button(say("lock.add"), add)),
    element("p", { class: "soft", text: say("lock.text") }), list);
}
