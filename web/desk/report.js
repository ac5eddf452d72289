// What was found when a document was read, for staff.

import { documentReason } from "../logic/problem.js";
import { element } from "../view/elements.js";
import { showInDialog } from "../view/form-dialog.js";
import { warningIn } from "../logic/warnings.js";
import { readDocument } from "../wire/desk.js";
import { attempt } from "./parts.js";

export async function showReport(page, { documentId, name }) {
  const { say, format } = page;
  const document = await attempt(page, () => readDocument(page.course.id, documentId));
  if (!document) return;
  const report = document.report ?? document.live?.report ?? {};
  const warnings = document.warnings ?? document.live?.warnings ?? report.warnings ?? [];
  const facts = [
    ["report.state", say(`state.${document.state}`)],
    ["report.reason", documentReason(document, say)],
    ["report.title", document.title],
    ["report.type", document.mediaType],
    ["report.size", format.bytes(document.bytes)],
    ["report.pages", count(format, report.pages ?? document.pages)],
    ["report.empty", (report.emptyPages ?? []).join(", ")],
    ["report.chunks", count(format, report.chunks ?? document.chunks)],
    ["report.characters", count(format, report.characters)],
    ["report.seconds", Number.isFinite(report.seconds) ? format.seconds(report.seconds) : ""],
    ["report.changed", format.time(document.updatedAt)],
  ].filter(([, value]) => value);
  const list = element("dl", { class: "facts" }, ...facts.flatMap(([key, value]) =>
    [element("dt", { text: say(key) }), element("dd", { text: value })]));
  const notes = warnings.length ? [element("h3", { text: say("report.warnings") }),
    element("ul", {}, ...warnings.map((text) => warningNode(text, say("locale"))))] : [];
  await showInDialog(page, { title: say("materials.reportOf", { name }), body: [list, ...notes] });
}

/** What the page knows in its own language; the rest is marked as the English that it is, for who has it read out. */
function warningNode(text, language) {
  const own = warningIn(language, text);
  return own === null ? element("li", { lang: "en", text }) : element("li", { text: own });
}

const count = (format, value) => (Number.isFinite(value) ? format.number(value) : "");
