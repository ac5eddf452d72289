import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEvent, isOver, newAnswer } from "../../web/logic/answer.js";
import { turnsOf } from "../../web/logic/history.js";
import { eventFromJob } from "../../web/logic/job.js";
import { placeOf } from "../../web/view/place.js";
import { phraseBook } from "../../web/logic/phrases.js";

const drawn = (event) => applyEvent(newAnswer(event.jobId), event);

test("a conversation becomes questions with their answers", () => {
  const turns = turnsOf([
    { id: "m1", role: "user", content: "um?", jobId: "j1" },
    { id: "m2", role: "assistant", content: "Um [1].", jobId: "j1", citations: [{ marker: 1 }], grounded: true, metadata: {} },
    { id: "m3", role: "user", content: "dois?", jobId: "j2" },
    { id: "m4", role: "user", content: "três?", jobId: "j3" },
    { id: "m5", role: "assistant", content: "Não coberto.", jobId: "j3", grounded: false },
  ]);
  assert.deepEqual(turns.map((turn) => turn.question), ["um?", "dois?", "três?"]);
  assert.equal(turns[1].answer, null);
  const [first, , third] = turns.map((turn) => turn.answer && drawn(turn.answer));
  assert.equal(first.text, "Um [1].");
  assert.equal(first.citations.length, 1);
  assert.ok(isOver(first));
  assert.equal(third.grounded, false);
});

test("an answer stands with its own question, also when the next was asked before it came", () => {
  const turns = turnsOf([
    { id: "m1", role: "user", content: "um?", jobId: "j1" },
    { id: "m2", role: "user", content: "dois?", jobId: "j2" },
    { id: "m3", role: "assistant", content: "Um.", jobId: "j1" },
    { id: "m4", role: "assistant", content: "Dois.", jobId: "j2" },
  ]);
  assert.deepEqual(turns.map((turn) => [turn.question, turn.answer.content]), [["um?", "Um."], ["dois?", "Dois."]]);
});

test("a question is asked again as it was asked, and what is withheld says so", () => {
  const [turn] = turnsOf([
    { role: "user", content: "um?", jobId: "j1", mode: "hint", assignment: "lista-1" },
    { role: "assistant", content: "…", jobId: "j1", withheld: true, rating: -1, comment: "Faltou." },
  ]);
  assert.deepEqual(turn.manner, { mode: "hint", assignment: "lista-1" });
  const answer = drawn(turn.answer);
  assert.deepEqual([answer.isWithheld, answer.rating, answer.comment], [true, -1, "Faltou."]);
});

test("an answer without its question is not invented into one", () => {
  assert.deepEqual(turnsOf([{ id: "m1", role: "assistant", content: "x" }]), []);
  assert.deepEqual(turnsOf([]), []);
});

test("a job's state is the event the socket would have brought", () => {
  const done = drawn(eventFromJob({ jobId: "j", status: "completed", answer: { messageId: "m", content: "fim", citations: [], grounded: true } }));
  assert.deepEqual([done.phase, done.text, done.messageId], ["completed", "fim", "m"]);
  const failed = drawn(eventFromJob({ jobId: "j", status: "failed", error: { code: "deadline_exceeded", message: "Tarde.", retryable: true } }));
  assert.deepEqual(failed.error, { code: "deadline_exceeded", message: "Tarde.", retryable: true, denial: null });
  const denied = drawn(eventFromJob({ jobId: "j", status: "failed", error: { code: "policy_denied", details: { denial: { cause: "cost_reached" } } } }));
  assert.deepEqual(denied.error.denial, { cause: "cost_reached" });
  assert.equal(drawn(eventFromJob({ jobId: "j", status: "cancelled" })).error.code, "cancelled");
  assert.equal(drawn(eventFromJob({ jobId: "j", status: "retrying", attempt: 2 })).phase, "retrying");
  assert.equal(drawn(eventFromJob({ jobId: "j", status: "running", attempt: 1 })).phase, "queued");
});

test("where a passage stands, as far as it is known", () => {
  const say = phraseBook("pt");
  assert.equal(placeOf({ page: 3, section: "Recursão › Caso base" }, say), "página 3 · Recursão › Caso base");
  assert.equal(placeOf({ page: null, title: "C", section: "A › B" }, say), "A › B");
  assert.equal(placeOf({ title: "Recursão", section: "Recursão › 1. A ideia" }, say), "1. A ideia");
  assert.equal(placeOf({ title: "Recursão", page: 2, section: "Recursão" }, say), "página 2");
  assert.equal(placeOf({}, say), "");
});
