// Where files are dropped or chosen, what students may see of them, and the bar of each.

import { isOver, mostFiles } from "../logic/uploads.js";
import { documentReason } from "../logic/problem.js";
import { element } from "../view/elements.js";
import { field } from "../view/fields.js";

/** @param {object} queue of `uploadQueue` */
export function uploader(page, queue) {
  const { say } = page;
  const input = element("input", { type: "file", id: "files", multiple: true, class: "unseen",
    onchange: () => { add([...input.files]); input.value = ""; } });
  const hidden = field({ name: "hidden", label: say("upload.hidden"), type: "checkbox", hint: say("upload.hiddenHint") });
  const closed = field({ name: "closed", label: say("upload.closed"), type: "checkbox", hint: say("upload.closedHint") });
  const isChecked = (node) => node.querySelector("input").checked;
  const zone = element("div", { class: "drop" },
    element("p", {}, element("strong", { text: say("upload.drop") })),
    element("p", {}, input, element("label", { for: "files", class: "primary choose", text: say("upload.choose") })),
    element("p", { class: "soft", text: say("upload.kinds") }),
    element("fieldset", { class: "upload-rules" }, element("legend", { text: say("upload.rules") }), hidden, closed));
  const list = element("ul", { class: "uploads", "aria-label": say("upload.list") });
  const status = element("p", { class: "unseen", role: "status" });
  /** What the course does with what is new to it; the box then says what is done with these files all the same. */
  let byDefault = false;

  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    add([...event.dataTransfer.files]);
  });

  function add(chosen) {
    page.complain(chosen.length > mostFiles ? say("upload.tooMany", { most: mostFiles }) : null);
    queue.add(chosen.slice(0, mostFiles), {
      ...(isChecked(hidden) !== byDefault ? { hidden: isChecked(hidden) } : {}), ...(isChecked(closed) ? { quotable: false } : {}),
    });
  }

  const items = new Map();

  /** Bars are kept and changed, so that a screen reader or a pointer does not lose them. */
  function draw() {
    const { uploads } = queue;
    for (const upload of uploads) {
      const item = items.get(upload.key) ?? newItem(upload);
      const { state, share } = upload;
      item.node.dataset.state = state;
      const hides = upload.hidden && state !== "failed" ? say(`search.${upload.hidden}`) : "";
      item.state.textContent = [[say(`state.${state}`), documentReason(upload, say)].filter(Boolean).join(": "), hides].filter(Boolean).join(" · ");
      item.bar.hidden = isOver(upload);
      // Without a value a bar says "at work": nobody knows how far.
      if (state === "sending" || share > 0) item.bar.value = share;
      else item.bar.removeAttribute("value");
    }
    const done = uploads.filter(isOver).length;
    status.textContent = uploads.length ? say("upload.progress", { done, all: uploads.length }) : "";
  }

  function newItem(upload) {
    const bar = element("progress", { max: "1", "aria-label": say("upload.of", { name: upload.name }) });
    const state = element("span", { class: "upload-state" });
    const node = element("li", {}, element("span", { class: "document-name", text: upload.name }), bar, state);
    list.append(node);
    const item = { node, bar, state };
    items.set(upload.key, item);
    return item;
  }

  draw();
  return {
    node: element("section", { class: "uploader" }, zone, list, status), draw,
    /** @param {boolean} hides whether the course hides what is new to it until staff release it */
    courseHides(hides) {
      byDefault = hides;
      hidden.querySelector("input").checked = hides;
    },
  };
}
