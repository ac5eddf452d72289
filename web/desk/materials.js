// The sheet of the course's documents: bring files in, watch them being read, look at what came of them.

import { told } from "../logic/uploads.js";
import { element } from "../view/elements.js";
import { askInDialog } from "../view/form-dialog.js";
import { documentReason } from "../logic/problem.js";
import { ruleOf, withDocument } from "../logic/policies.js";
import { readPolicies } from "../wire/api.js";
import { deleteDocument, readDocuments, retryDocument } from "../wire/desk.js";
import { showChunks } from "./chunks.js";
import { button, attempt, empty, fill, finder, heading, state, table } from "./parts.js";
import { showReport } from "./report.js";
import { changeRules } from "./rule-changes.js";
import { uploader } from "./uploader.js";

/** Milliseconds between two looks at the list while a document is being read: events may be lost, the list is the truth. */
const lookEvery = 5_000;

const isOver = ({ state }) => state === "ready" || state === "failed";

export function materialsSheet(page, box) {
  const { say, course, uploads: queue } = page;
  const list = element("div", { id: "documents" });
  let timer = null;
  let reading = false;
  const sending = uploader(page, queue);
  queue.watch({ changed: () => sending.draw(), arrived: () => read() });
  const search = finder(say("pick.find"), list);
  box.replaceChildren(sending.node, heading(say("materials.list"), search.node), list);
  readPolicies(course.id).then(({ newDocuments }) => { if (page.isCurrent()) sending.courseHides(newDocuments === "hidden"); }, () => {});

  async function read() {
    if (reading) return;
    reading = true;
    clearTimeout(timer);
    await fill(list, page, async () => {
      const documents = await readDocuments(course.id);
      for (const document of documents) queue.update((uploads) => told(uploads, document));
      if (page.isCurrent() && !documents.every(isOver)) timer = setTimeout(read, lookEvery);
      return documents.length ? documentTable(documents) : empty(say("materials.none"));
    });
    search.apply();
    reading = false;
  }

  function documentTable(documents) {
    const columns = ["name", "state", "pages", "chunks", "size", "changed", "actions"].map((key) => say(`materials.${key}`));
    return table(say("materials.list"), columns, documents.map((document) => [
      [element("span", { class: "document-name", text: document.name }), ...(document.title && document.title !== document.name
        ? [element("span", { class: "soft block", text: document.title })] : [])],
      stateOf(document), page.format.number(document.pages), page.format.number(document.chunks),
      page.format.bytes(document.bytes), page.format.date(document.updatedAt), actions(document),
    ]));
  }

  function stateOf(document) {
    const nodes = [state(document.state, say(`state.${document.state}`))];
    const reason = documentReason(document, say);
    if (reason) nodes.push(element("span", { class: "reason block", text: reason }));
    if (document.hidden) nodes.push(element("span", { class: "soft block", text: say(`search.${document.hidden}`) }));
    if (document.warningCount) nodes.push(element("span", { class: "soft block", text: say("materials.warnings", { count: document.warningCount }) }));
    if (document.live) nodes.push(element("span", { class: "soft block", text: say("materials.live") }));
    return nodes;
  }

  function actions(document) {
    const named = (key) => ({ "aria-label": say(`${key}Of`, { name: document.name }) });
    const nodes = [button(say("materials.report"), () => showReport(page, document), "quiet small", named("materials.report"))];
    if (document.state === "ready") {
      nodes.push(button(say("materials.preview"), () => showChunks(page, document), "quiet small", named("materials.preview")));
    }
    if (document.hidden === "unreleased") {
      nodes.push(button(say("materials.release"), () => release(document), "quiet small", named("materials.release")));
    }
    if (document.state === "failed") {
      nodes.push(button(say("materials.retry"), () => retry(document), "quiet small", named("materials.retry")));
    }
    nodes.push(button(say("materials.delete"), () => remove(document), "quiet small warn", named("materials.delete")));
    return [element("div", { class: "row-actions" }, ...nodes)];
  }

  async function retry(document) {
    await attempt(page, () => retryDocument(course.id, document.documentId, page.session()), say("materials.retried"));
    await read();
  }

  /** Students get it from now on. */
  async function release({ documentId, name }) {
    const released = await askInDialog(page, {
      title: say("materials.releaseOf", { name }), text: say("materials.releaseText"), action: say("materials.release"),
      work: () => changeRules(course.id, (rules) => withDocument(rules, documentId, { ...ruleOf(rules, documentId), availableFrom: null })),
    });
    if (!released) return;
    page.tell(say("materials.released", { name }));
    await read();
  }

  async function remove(document) {
    const gone = await askInDialog(page, {
      title: say("materials.deleteTitle", { name: document.name }), text: say("materials.deleteText"),
      action: say("materials.delete"), danger: true, work: () => deleteDocument(course.id, document.documentId),
    });
    if (!gone) return;
    page.tell(say("materials.deleted", { name: document.name }));
    await read();
  }

  read();
  return {
    document(event) { if (isOver(event)) read(); },
    leave() {
      clearTimeout(timer);
      queue.watch(null);
    },
  };
}
