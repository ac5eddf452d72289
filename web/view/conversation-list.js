// The conversations at the side: search, open, rename, delete; a page of them at a time.

import { sentenceForProblem } from "../logic/problem.js";
import { partsWith } from "../logic/matches.js";
import { deleteConversation, readConversations, renameConversation } from "../wire/api.js";
import { byId, element } from "./elements.js";
import { askInDialog } from "./form-dialog.js";

/** Milliseconds without a key before a search begins. */
const settle = 250;

/** @param {object} page `{say, open(conversation), removed(id)}` */
export function conversationList(page) {
  const list = byId("conversations");
  const more = byId("more");
  const search = byId("find");
  let cursor = null;
  let current = null;
  let reading = 0;
  let timer = null;

  async function read({ further = false } = {}) {
    const mine = reading += 1;
    const { say } = page;
    try {
      const found = await readConversations({ cursor: further ? cursor : null, q: search.value.trim() });
      if (mine !== reading) return;
      cursor = found.nextCursor ?? null;
      more.hidden = !cursor;
      const items = (found.conversations ?? []).map(item);
      if (further) list.append(...items);
      else list.replaceChildren(...(items.length ? items : [element("li", { class: "soft", text: say(search.value.trim() ? "list.notFound" : "list.none") })]));
    } catch (problem) {
      if (mine === reading) list.replaceChildren(element("li", { class: "problem", text: sentenceForProblem(problem, say) }));
    }
  }

  function item(conversation) {
    const { say } = page;
    const { id, title, course, snippet } = conversation;
    const name = title || say("list.untitled");
    const open = element("button", { type: "button", class: "open", "aria-current": id === current ? "true" : null,
      onclick: () => page.open(conversation) }, element("span", { class: "name", text: name }), element("span", { class: "soft block", text: course }),
      ...(snippet ? [element("span", { class: "snippet block" }, ...wordsIn(snippet, search.value))] : []));
    const small = (key, sign, work) => element("button", { type: "button", class: "icon", "aria-label": say(key, { name }),
      title: say(key, { name }), onclick: work }, element("span", { "aria-hidden": "true", text: sign }));
    return element("li", { "data-id": id }, open, small("list.rename", "✎", () => rename(conversation, name)),
      small("list.delete", "×", () => remove(conversation, name)));
  }

  async function rename({ id, title }, name) {
    const done = await askInDialog(page, {
      title: page.say("list.rename", { name }), action: page.say("list.save"),
      fields: [{ name: "title", label: page.say("list.title.field"), required: true, maxlength: "120", value: title }],
      work: ({ title: next }) => renameConversation(id, next),
    });
    if (done) await read();
  }

  async function remove({ id }, name) {
    const done = await askInDialog(page, {
      title: page.say("list.delete", { name }), text: page.say("list.deleteText"), action: page.say("list.deleteNow"),
      danger: true, work: () => deleteConversation(id),
    });
    if (!done) return;
    page.removed(id);
    await read();
  }

  more.addEventListener("click", () => read({ further: true }));
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(read, settle);
  });
  byId("find-form").addEventListener("submit", (event) => { event.preventDefault(); read(); });

  /** What was found, the words that were looked for marked. */
  function wordsIn(snippet, wanted) {
    return partsWith(snippet, wanted).map(({ text, isMatch }) => (isMatch ? element("mark", { text }) : text));
  }

  return {
    read,
    mark(id) {
      current = id;
      for (const node of list.children) {
        const button = node.querySelector(".open");
        if (node.dataset.id === id) button?.setAttribute("aria-current", "true");
        else button?.removeAttribute("aria-current");
      }
    },
  };
}
