import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { formatter } from "../../web/logic/format.js";
import { partsWith } from "../../web/logic/matches.js";
import { keysOf, phraseBook } from "../../web/logic/phrases.js";
import { documentReason, Problem, problemFrom, sentenceForError, sentenceForProblem } from "../../web/logic/problem.js";
import { actionOf, detailsOf } from "../../web/logic/trail.js";
import { warningIn } from "../../web/logic/warnings.js";

const [pt, en] = [phraseBook("pt"), phraseBook("en")];
const response = (status, body, headers = {}) => new Response(body, { status, headers });
const told = async (say, ...args) => sentenceForProblem(await problemFrom(response(...args)), say);
const problem = (label, more = {}) => JSON.stringify({ type: `urn:gepeto:problem:${label}`, title: "T", detail: "English words.", ...more });

/** The text of all Swift sources of the server. */
const server = () => {
  const folder = new URL("../../Sources/", import.meta.url);
  return readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".swift"))
    .map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
};

test("a known problem is said in the page's own words, an unknown one in the server's, each word once", async () => {
  assert.equal(await told(pt, 409, problem("user_name_taken", { errors: [{ pointer: "/user", detail: "English words." }] })), pt("problem.user_name_taken"));
  assert.equal(await told(pt, 403, problem("staff_only")), pt("problem.staff_only"));
  assert.equal(await told(pt, 409, problem("last_staff")), pt("problem.last_staff"));
  assert.equal(await told(pt, 400, problem("something_new", { errors: [{ detail: "English words." }] })), `${pt("problem.400")} English words.`);
  assert.equal(await told(en, 404, '{"title":"Not found","detail":"There is no course \\"x\\"."}'), 'There is no course "x".');
  assert.equal(await told(en, 400, '{"title":"Bad","errors":[{"pointer":"/message","detail":"It is empty."}]}'), "Bad It is empty.");
});

test("whatever else a server may send becomes a sentence too", async () => {
  assert.match(await told(en, 429, "{}", { "Retry-After": "7" }), /7 seconds/);
  assert.match(await told(pt, 429, problem("rate_limited"), { "Retry-After": "7" }), /7 segundos/);
  assert.match(await told(en, 503, "", {}), /30 seconds/);
  assert.equal(await told(en, 500, '{"detail":"stack trace"}'), en("error.internal"));
  assert.match(await told(pt, 500, problem("internal", { traceId: "ab12" })), /ab12/);
  for (const body of ["<html>", "null", "7", '"x"', '{"type":7,"errors":{}}']) assert.equal(await told(en, 400, body), en("error.internal"), body);
  assert.equal(sentenceForProblem(new Problem(0), en), en("error.offline"));
  assert.equal(sentenceForProblem(new TypeError("x is undefined"), en), en("error.internal"));
});

test("what the rules refuse says why in the reader's language, and until when in the reader's zone", async () => {
  const until = 1_795_276_800;
  const denied = (say, denial) => told(say, 403, problem("policy_denied", { denial }));
  assert.ok((await denied(pt, { cause: "course_locked", until })).includes(formatter("pt").time(until)));
  assert.equal(await denied(en, { cause: "course_locked", until, message: "Prova P1." }), `Prova P1. Closed until ${formatter("en").time(until)}.`);
  assert.match(await denied(pt, { cause: "mode_not_allowed", mode: "quiz", modes: ["answer", "hint"] }), /Resposta, Dica/);
  assert.match(await denied(en, { cause: "hints_spent", limit: 3, assignment: "Lista 1" }), /all 3 hints for “Lista 1”/);
  assert.match(await denied(en, { cause: "hints_spent", limit: 3, span: "day" }), /3 hints .*24 hours/);
  assert.match(await denied(pt, { cause: "cost_reached", span: "month" }), /30 dias/);
  assert.equal(await denied(pt, { cause: "a new one" }), "English words.");
  assert.equal(await told(pt, 403, problem("policy_denied")), "English words.");
});

test("an error event is said by its code; what the rules refused by its cause", () => {
  assert.equal(sentenceForError({ code: "llm_unavailable", message: "English words." }, pt), pt("error.llm_unavailable"));
  assert.equal(sentenceForError({ code: "never heard of", message: "" }, pt), pt("error.internal"));
  assert.equal(sentenceForError({ code: "cancelled", message: "job cancelled" }, pt), pt("error.cancelled"));
  assert.equal(sentenceForError({ code: "policy_denied", message: "Palavras do servidor." }, pt), "Palavras do servidor.");
  assert.equal(sentenceForError({ code: "policy_denied", denial: { cause: "cost_reached", span: "day" } }, pt), pt("denied.cost_reached.day"));
  assert.equal(sentenceForError({ code: "policy_denied" }, pt), pt("error.policy_denied"));
});

test("every reason for which a document fails, and every change that is recorded, has words", () => {
  const source = server();
  const known = new Set(keysOf("pt"));
  const cases = source.slice(source.indexOf("package enum Code: String, Codable, Sendable, CaseIterable {"));
  const codes = [...cases.slice(0, cases.indexOf("}")).matchAll(/case (.+)/g)]
    .flatMap(([, line]) => line.split(",").map((one) => /"(\w+)"/.exec(one)?.[1] ?? one.trim()));
  // Those are of a whole run over a folder, never of one upload.
  const ofRuns = new Set(["nothing_to_ingest", "too_many_files", "same_name"]);
  assert.ok(codes.length > 10);
  for (const code of codes) assert.ok(ofRuns.has(code) || known.has(`reason.ingest_${code}`), code);
  const actions = new Set([...source.matchAll(/"((?:course|dead_letter|document|invitation|members|password|policies|staff|token|topic|user)\.[a-z_]+)"/g)].map(([, name]) => name));
  const recorded = [...actions].filter((name) => source.includes(`audit(\n            "${name}"`) || source.includes(`audit("${name}"`));
  assert.ok(recorded.length > 5);
  for (const action of recorded) assert.ok(known.has(`trail.${action}`), action);
});

test("a document's reason is the page's in Portuguese, and the server's own in English", () => {
  const failed = { label: "ingest_encrypted", reason: "The PDF is password protected." };
  assert.equal(documentReason(failed, pt), pt("reason.ingest_encrypted"));
  assert.equal(documentReason(failed, en), "The PDF is password protected.");
  assert.equal(documentReason({ label: "new_one", reason: "Words." }, pt), "Words.");
  assert.equal(documentReason({}, pt), "");
  assert.equal(warningIn("pt", "12 hidden rows were left out."), "Linhas ocultas que ficaram de fora: 12.");
  assert.equal(warningIn("pt", "Parts that are in other files were not read: a.tex, b.tex. Load these files too."),
    "Partes que estão em outros arquivos não foram lidas: a.tex, b.tex. Envie esses arquivos também.");
  assert.equal(warningIn("pt", "Something new."), null);
  assert.equal(warningIn("en", "Something new."), "Something new.");
});

test("what staff changed is told in words, and what is not known is still told", () => {
  const page = { say: pt, format: formatter("pt") };
  assert.equal(actionOf({ action: "members.changed" }, pt), pt("trail.members.changed"));
  assert.equal(actionOf({ action: "never.heard" }, pt), "never.heard");
  assert.equal(detailsOf({ subject: "c", course: "c", details: { role: "staff", uses: "5", other: "x" } }, page), "Equipe · usos: 5 · other: x");
  assert.match(detailsOf({ subject: "k1", course: "c", details: { expires: "1795276800" } }, page), /^k1 · até .*2026/);
});

test("the words of a search are found in a snippet whatever their case and accents", () => {
  const found = (text, wanted) => partsWith(text, wanted).filter(({ isMatch }) => isMatch).map(({ text: words }) => words);
  assert.deepEqual(found("A Recursão, e a recursao.", "recursão"), ["Recursão", "recursao"]);
  assert.deepEqual(found("um caso base", "base (caso)"), ["caso", "base"]);
  assert.deepEqual(found("um caso", "…"), []);
  assert.equal(partsWith("Ação é 🎉 ação", "acao").map(({ text }) => text).join(""), "Ação é 🎉 ação");
});
