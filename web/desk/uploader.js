// Where files are dropped or chosen, and the bar of each.

import { isOver, mostFiles, newUpload, nextToSend, refused, sent, taken } from "../logic/uploads.js";
import { sentenceForProblem } from "../logic/problem.js";
import { element } from "../view/elements.js";
import { uploadFile } from "../wire/upload.js";

/**
 * @param {{changed()}} sheet told when a file has arrived at the server
 * @returns {{node, update(change), stop()}} `update` applies a function to the list of uploads
 */
export function uploader(page, { changed }) {
  const { say, course } = page;
  const files = new Map();
  const stopping = new AbortController();
  let uploads = [];
  let last = 0;

  const input = element("input", { type: "file", id: "files", multiple: true, class: "unseen",
    onchange: () => { add([...input.files]); input.value = ""; } });
  const zone = element("div", { class: "drop" },
    element("p", {}, element("strong", { text: say("upload.drop") })),
    element("p", {}, input, element("label", { for: "files", class: "primary choose", text: say("upload.choose") })),
    element("p", { class: "soft", text: say("upload.kinds") }));
  const list = element("ul", { class: "uploads", "aria-label": say("upload.list") });
  const status = element("p", { class: "unseen", role: "status" });

  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    add([...event.dataTransfer.files]);
  });

  function add(chosen) {
    page.complain(chosen.length > mostFiles ? say("upload.tooMany", { most: mostFiles }) : null);
    for (const file of chosen.slice(0, mostFiles)) {
      const upload = newUpload(last += 1, file.name);
      files.set(upload.key, file);
      uploads = [...uploads, upload];
    }
    draw();
    sendNext();
  }

  function sendNext() {
    for (let next; !stopping.signal.aborted && (next = nextToSend(uploads)); ) send(next);
  }

  async function send(upload) {
    const { key } = upload;
    const file = files.get(key);
    change(key, (one) => sent(one, 0));
    try {
      const answer = await uploadFile(course.id, file, {
        sessionId: page.session(), signal: stopping.signal, progress: (share) => change(key, (one) => sent(one, share)),
      });
      if (answer.sessionId) page.follow(answer.sessionId);
      change(key, (one) => taken(one, answer));
    } catch (problem) {
      change(key, (one) => refused(one, sentenceForProblem(problem, say)));
    }
    files.delete(key);
    if (stopping.signal.aborted) return;
    sendNext();
    changed();
  }

  function change(key, work) {
    update((all) => all.map((one) => (one.key === key ? work(one) : one)));
  }

  function update(work) {
    const before = uploads;
    uploads = work(uploads);
    if (uploads !== before) draw();
  }

  const items = new Map();

  /** Bars are kept and changed, so that a screen reader or a pointer does not lose them. */
  function draw() {
    for (const upload of uploads) {
      const item = items.get(upload.key) ?? newItem(upload);
      const { state, share, reason } = upload;
      item.node.dataset.state = state;
      item.state.textContent = [say(`state.${state}`), reason].filter(Boolean).join(": ");
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

  return { node: element("section", { class: "uploader" }, zone, list, status), update, stop: () => stopping.abort() };
}
