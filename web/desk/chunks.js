// The pieces a document was cut into, as they are searched: a page of them at a time.

import { element } from "../view/elements.js";
import { showInDialog } from "../view/form-dialog.js";
import { placeOf } from "../view/place.js";
import { readChunks } from "../wire/desk.js";
import { attempt, button } from "./parts.js";

export async function showChunks(page, { documentId, name, title }) {
  const { say } = page;
  const list = element("ol", { class: "chunks" });
  const more = button(say("more"), () => add());
  let cursor = null;

  async function add() {
    const found = await attempt(page, () => readChunks(page.course.id, documentId, cursor));
    if (!found) return false;
    list.append(...(found.chunks ?? []).map(chunkNode));
    cursor = found.nextCursor ?? null;
    more.hidden = !cursor;
    return true;
  }

  function chunkNode(chunk) {
    return element("li", { value: chunk.number }, element("p", { class: "soft", text: placeOf({ title, ...chunk }, say) }),
      element("p", { class: "chunk-text", text: chunk.text }));
  }

  if (await add()) await showInDialog(page, { title: say("materials.previewOf", { name }), body: [list, more] });
}
