import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { linePoints, stackedBars, top, wholeDays } from "../../web/logic/chart.js";
import { formatter, fromLocalField, isoWeek, toLocalField } from "../../web/logic/format.js";
import { kindOf, ownAddress, pageOf } from "../../web/logic/original.js";
import { books, keysOf } from "../../web/logic/phrases.js";
import {
  allowedModes, assignmentId, edited, fieldsOf, lockAt, never, openBudget, releaseOf, wholePolicies, withAssignment, withDocument, withFields,
  withLock, withoutAssignment, withoutLock,
} from "../../web/logic/policies.js";
import { partsOf } from "../../web/logic/ranking.js";
import { invitationIn, invitationLink, readRoute, writeRoute } from "../../web/logic/route.js";
import { isEnding, launchFrom, newToken } from "../../web/logic/token.js";
import * as uploads from "../../web/logic/uploads.js";

const folder = new URL("../../web/", import.meta.url);
const sources = readdirSync(folder, { recursive: true })
  .filter((name) => /\.(js|html)$/.test(name) && !name.startsWith("vendor"))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

test("every phrase that the page says by name is in the books, and none says it twice", () => {
  const keys = new Set(keysOf("pt"));
  for (const { name, text } of sources) {
    const said = [...text.matchAll(/\bsay\("([^"]+)"/g), ...text.matchAll(/data-(?:say|label|placeholder)="([^"]+)"/g)];
    for (const [, key] of said) assert.ok(keys.has(key), `${name} says ${key}`);
  }
  assert.equal(books.reduce((sum, book) => sum + Object.keys(book).length, 0), keys.size);
  assert.deepEqual(keysOf("en"), keysOf("pt"));
});

test("no file writes HTML, and none has a script of its own", () => {
  for (const { name, text } of sources) {
    assert.doesNotMatch(text, /\.(innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write|\beval\(|new Function/, name);
    // A comment may name an example.
    assert.doesNotMatch(text.replace(/^\s*\/\/.*$/gm, ""), /https?:\/\/(?!www\.w3\.org\/2000\/svg)[a-z]/, `${name} names another server`);
  }
});

test("an address says where the page stands, and what it cannot say leads home", () => {
  assert.deepEqual(readRoute("#/c/algoritmos"), { place: "chat", course: "algoritmos" });
  assert.deepEqual(readRoute("#/c/algoritmos/desk/members"), { place: "desk", course: "algoritmos", sheet: "members" });
  assert.equal(readRoute("#/c/algoritmos/desk/nothing").sheet, "materials");
  for (const hash of ["", "#", "#/", "#/c/", "#/c/NO", "#/c/%zz", "#/x/y", "#/join/"]) assert.equal(readRoute(hash).place, "home", hash);
  for (const route of [{ place: "chat", course: "a" }, { place: "desk", course: "a", sheet: "rules" }]) {
    assert.deepEqual(readRoute(writeRoute(route)), route);
  }
  assert.equal(invitationIn({ search: "", hash: "#/join/abc" }), "abc");
  assert.equal(invitationIn({ search: "?invitation=x", hash: "" }), "x");
  assert.equal(invitationIn({ search: "", hash: "#/c/a" }), null);
  for (const url of ["/?invitation=abc", "https://tutor.example.org/?invitation=abc", "/#/join/abc", undefined]) {
    const link = invitationLink(url, "abc", "https://tutor.example.org");
    assert.equal(link, "https://tutor.example.org/#/join/abc");
    assert.equal(invitationIn(new URL(link)), "abc");
  }
});

test("a token is renewed before its end, and none is none", () => {
  const token = newToken({ accessToken: "a", expiresIn: 900 }, 1_000);
  assert.equal(isEnding(token, 1_000), false);
  assert.equal(isEnding(token, 1_000 + 870_000), true);
  assert.equal(isEnding(newToken({ accessToken: "a" }, 0), 1e15), false);
  assert.equal(isEnding(newToken(), 0), true);
});

test("a launch is taken from JSON only when it brings a token", () => {
  assert.equal(launchFrom('{"accessToken":"t","course":"a"}').course, "a");
  assert.equal(launchFrom({ accessToken: "t" }).accessToken, "t");
  for (const text of ["", "{", "{}", '{"accessToken":7}', "null", undefined]) assert.equal(launchFrom(text), null);
});

test("uploads go two at a time and take what the server tells of them", () => {
  let list = [1, 2, 3].map((key) => uploads.newUpload(key, `${key}.pdf`));
  assert.equal(uploads.nextToSend(list).key, 1);
  list = [uploads.sent(list[0], 0.5), uploads.sent(list[1], 7), list[2]];
  assert.equal(uploads.nextToSend(list), null);
  assert.equal(list[1].share, 1);
  list = [uploads.taken(list[0], { documentId: "d1", status: "queued" }), ...list.slice(1)];
  assert.equal(uploads.nextToSend(list).key, 3);
  list = uploads.told(list, { documentId: "d1", state: "extracting", pagesDone: 3, pagesTotal: 4 });
  assert.equal(list[0].share, 0.75);
  assert.equal(uploads.told(list, { documentId: "other", state: "ready" }), list);
  list = uploads.told(list, { documentId: "d1", state: "failed", reason: "Empty." });
  assert.deepEqual(list.map(uploads.isLeaving), [false, true, true]);
  assert.equal(uploads.taken(list[1], { documentId: "d2", hidden: "unreleased" }).hidden, "unreleased");
  assert.deepEqual([list[0].state, list[0].reason, uploads.isOver(list[0])], ["failed", "Empty.", true]);
  assert.equal(uploads.told(list, { documentId: "d1", state: "extracting" }), list);
  assert.equal(uploads.taken(list[1], { status: "duplicate", duplicateOf: { name: "a.pdf" } }).reason, "a.pdf");
});

test("bars stand on one another and fill the height at the highest day", () => {
  const bars = stackedBars([[1, 1], [3, 1]], { width: 100, height: 40, gap: 0 });
  assert.deepEqual(bars[0], { x: 0, y: 30, width: 50, height: 10, part: 0, column: 0 });
  assert.deepEqual(bars[3], { x: 50, y: 0, width: 50, height: 10, part: 1, column: 1 });
  assert.deepEqual(stackedBars([], { width: 1, height: 1 }), []);
  assert.equal(linePoints([1, null, 2], { width: 30, height: 10 }), "5,5 25,0");
  assert.equal(linePoints([null, 2], { width: 20, height: 10 }), "15,0 15,0");
  assert.equal(linePoints([], { width: 1, height: 1 }), "");
  assert.equal(top([null, 2, 1]), 2);
  const november = Date.UTC(2026, 10, 20, 12) / 1_000;
  assert.deepEqual(wholeDays([{ day: "2026-11-21", up: 1 }], november, november + 2 * 86_400),
    [{ day: "2026-11-20" }, { day: "2026-11-21", up: 1 }, { day: "2026-11-22" }]);
  assert.equal(wholeDays([], 0, 1e12).length, 400);
});

test("numbers and times are written for the reader", () => {
  const pt = formatter("pt");
  assert.equal(pt.score(0.5), "0,500");
  assert.equal(pt.bytes(1536), "1,5 KB");
  assert.equal(pt.number(undefined), "–");
  assert.equal(formatter("en").bytes(0), "0 B");
  assert.match(pt.day("2026-11-21"), /21/);
  for (const [day, week] of [["2026-11-21", "2026-W47"], ["2027-01-01", "2026-W53"], ["2024-12-30", "2025-W01"]]) {
    assert.equal(isoWeek(new Date(`${day}T12:00:00Z`)), week);
  }
  assert.equal(fromLocalField(toLocalField(1_800_000_000)), 1_800_000_000);
  assert.equal(fromLocalField(""), null);
  assert.equal(toLocalField(null), "");
});

test("rules are whole whatever the server left out, and keep what the form does not show", () => {
  assert.deepEqual(allowedModes({ modes: ["quiz", "unheard"] }), ["quiz"]);
  assert.deepEqual(allowedModes({ modes: [] }), ["answer"]);
  assert.equal(wholePolicies({ hintsPerDay: null }).hintsPerDay, null);
  const none = Object.fromEntries(["answer", "socratic", "quiz"].map((mode) => [`mode-${mode}`, false]));
  const after = withFields({ locks: [{ from: 1 }], version: 3, unsupported: "mark", dailyCostUsd: 2 },
    { language: "pt", unsupported: "", whenCostReached: "deny", ...none, hintsPerDay: 3 });
  assert.deepEqual([after.language, after.modes, after.hintsPerDay, after.locks, after.version, after.unsupported, after.dailyCostUsd],
    ["pt", ["hint"], 3, [{ from: 1 }], 3, null, 2]);
  assert.ok(!("newDocuments" in after), "a server that does not know the field is not sent it");
  assert.equal(withFields({ newDocuments: "visible" }, { newDocuments: "hidden" }).newDocuments, "hidden");
  const held = withDocument(wholePolicies(), "d", { availableFrom: 5, quotable: false });
  assert.deepEqual(held.documents, { d: { availableFrom: 5, quotable: false } });
  assert.deepEqual(withDocument(held, "d", { availableFrom: null, quotable: true }).documents, {});
  assert.equal(assignmentId("Trabalho nº 1: Ordenação", []), "trabalho-n-1-ordenacao");
  assert.equal(assignmentId("A", ["a"]), "a-2");
});

test("two members of staff who change different rules lose nothing of each other's", () => {
  const before = fieldsOf({ hintsPerDay: 2, language: "pt" });
  const mine = edited(before, { ...before, hintsPerDay: 5, "not of the form": 1 });
  assert.deepEqual(mine, { hintsPerDay: 5 });
  const after = withFields({ hintsPerDay: 2, language: "en", questionsPerDay: 40 }, mine);
  assert.deepEqual([after.hintsPerDay, after.language, after.questionsPerDay], [5, "en", 40]);
  assert.deepEqual(edited(before, before), {});
});

test("exams and assignments are changed one by one", () => {
  const lock = { from: 1, until: 2, message: "P1" };
  const rules = withLock(wholePolicies(), lock);
  assert.deepEqual(withLock(rules, { ...lock }).locks, [lock], "the same one twice is one");
  assert.deepEqual(withoutLock(withLock(rules, { from: 3, until: 4 }), lock).locks, [{ from: 3, until: 4 }]);
  const two = withAssignment(withAssignment(rules, { id: "a", title: "A" }), { id: "b", title: "B" });
  assert.deepEqual(withAssignment(two, { id: "a", title: "A2" }).assignments.map(({ title }) => title), ["A2", "B"]);
  assert.equal(lockAt(withLock(rules, { from: 1, until: 9 }), 1.5).until, 9);
  assert.equal(lockAt(rules, 2), null);
  assert.equal(openBudget([{ hintBudget: 3, documents: [] }]), undefined, "a single one needs none");
  assert.equal(openBudget([{ id: "a", hintBudget: null, documents: [] }, { id: "b", hintBudget: 0, documents: [] }]).id, "b");
  assert.deepEqual(withoutAssignment(two, "a").assignments.map(({ id }) => id), ["b"]);
  assert.deepEqual([null, 5, never].map((availableFrom) => releaseOf({ availableFrom })), ["visible", "from", "hidden"]);
});

test("the parts of a score are shown as far as the server tells them", () => {
  assert.deepEqual(partsOf({ score: 0.8, parts: { lexical: 12, vector: { score: 0.4 } } }).map(({ name, share }) => [name, share]),
    [["score", 0.8], ["lexical", 1], ["vector", 0.4]]);
  assert.deepEqual(partsOf({}), []);
});

test("only this server's own documents are shown, and only as what is harmless", () => {
  const page = "https://tutor.example.org/";
  assert.equal(kindOf("application/pdf"), "pdf");
  assert.equal(kindOf("text/markdown; charset=utf-8"), "text");
  for (const type of ["text/html; charset=utf-8", "image/svg+xml", null]) assert.equal(kindOf(type), "other");
  assert.equal(pageOf("/x#page=7"), 7);
  assert.equal(pageOf("/x#page=0"), null);
  assert.equal(ownAddress("/api/courses/a/documents/d/content", page), "https://tutor.example.org/api/courses/a/documents/d/content");
  for (const url of ["https://evil.example/api/x", "/other", "javascript:alert(1)", "", null]) assert.equal(ownAddress(url, page), null);
});
