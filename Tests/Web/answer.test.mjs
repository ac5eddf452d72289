import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEvent, isOver, newAnswer, sourceFor } from "../../web/logic/answer.js";

const job = "j1";
const all = (events, start = newAnswer(job)) => events.reduce(applyEvent, start);
const delta = (seq, attempt, stream, index, content) =>
  ({ event: "message_delta", seq, jobId: job, attempt, stream, index, content });
const completed = (seq, content, more = {}) => ({ event: "message_completed", seq, jobId: job, content, ...more });

test("an answer goes from queued over deltas to its final text", () => {
  const source = { marker: 1, documentId: "d", title: "Recursão", passage: "Uma função que chama a si mesma." };
  const writing = all([
    { event: "status", seq: 1, jobId: job, state: "retrieving", attempt: 1 },
    { event: "status", seq: 2, jobId: job, state: "generating", attempt: 1, sources: [source] },
    delta(3, 1, 0, 0, "Olá "), delta(4, 1, 0, 1, "mundo"),
  ]);
  assert.equal(writing.phase, "generating");
  assert.equal(writing.text, "Olá mundo");
  assert.equal(sourceFor(writing, 1), source);
  const over = applyEvent(writing, completed(5, "Olá, mundo! [1]", { citations: [{ marker: 1, quote: "q" }], grounded: true }));
  assert.ok(isOver(over));
  assert.equal(over.text, "Olá, mundo! [1]");
  assert.equal(sourceFor(over, 1).quote, "q");
});

test("pieces that come in another order are shown without a hole, and in order", () => {
  const hole = all([delta(1, 1, 0, 0, "a"), delta(2, 1, 0, 2, "c"), delta(3, 1, 0, 3, "d")]);
  assert.equal(hole.text, "a");
  assert.equal(applyEvent(hole, delta(4, 1, 0, 1, "b")).text, "abcd");
});

test("a higher attempt or stream starts anew, a stale one is dropped", () => {
  const second = all([delta(1, 1, 0, 0, "old"), delta(2, 1, 1, 0, "new")]);
  assert.equal(second.text, "new");
  assert.equal(applyEvent(second, delta(3, 1, 0, 1, " stale")).text, "new");
  assert.equal(applyEvent(second, delta(3, 2, 0, 0, "again")).text, "again");
});

test("a repeated or foreign event changes nothing at all", () => {
  const answer = all([delta(5, 1, 0, 0, "a")]);
  assert.equal(applyEvent(answer, delta(5, 1, 0, 0, "a")), answer);
  assert.equal(applyEvent(answer, delta(4, 1, 0, 1, "b")), answer);
  assert.equal(applyEvent(answer, { ...delta(6, 1, 0, 1, "b"), jobId: "other" }), answer);
  assert.equal(applyEvent(answer, delta(6, 1, 0, 0, "a")).text, "a");
});

test("after the end nothing comes", () => {
  const over = all([completed(1, "fim")]);
  assert.equal(applyEvent(over, { event: "error", seq: 2, jobId: job, code: "internal" }), over);
  assert.equal(applyEvent(over, delta(3, 9, 0, 0, "x")), over);
});

test("a retry keeps its attempt: a late status of an earlier one is ignored", () => {
  const retrying = all([delta(1, 1, 0, 0, "half"), { event: "status", seq: 2, jobId: job, state: "retrying", attempt: 2 }]);
  assert.equal(retrying.phase, "retrying");
  const second = applyEvent(retrying, delta(3, 2, 0, 0, "whole"));
  assert.equal(applyEvent(second, { event: "status", seq: 4, jobId: job, state: "queued", attempt: 1 }).phase, "generating");
});

test("'retrying' voids the shown text, and late pieces of it; the next stream begins anew", () => {
  const source = { marker: 1, documentId: "d", title: "Recursão", passage: "…" };
  const half = all([{ event: "status", seq: 1, jobId: job, state: "generating", attempt: 1, sources: [source] },
    delta(2, 1, 1, 0, "half an "), delta(3, 1, 1, 2, "waiting")]);
  const retrying = applyEvent(half, { event: "status", seq: 4, jobId: job, state: "retrying", attempt: 1, sources: [source] });
  assert.equal(retrying.text, "");
  assert.equal(retrying.phase, "retrying");
  assert.equal(sourceFor(retrying, 1), source);
  const late = all([delta(5, 1, 1, 0, "half an "), delta(6, 1, 1, 1, "answer")], retrying);
  assert.equal(late.text, "");
  const anew = all([delta(7, 1, 2, 0, "a whole "), delta(8, 1, 2, 1, "one")], late);
  assert.equal(anew.text, "a whole one");
  assert.equal(anew.phase, "generating");
});

test("'retrying' before any text: the first stream of the next attempt is shown", () => {
  const retrying = all([{ event: "status", seq: 1, jobId: job, state: "retrying", attempt: 1 }]);
  assert.equal(applyEvent(retrying, delta(2, 2, 1, 0, "text")).text, "text");
});

test("an error ends the job with its code", () => {
  const failed = all([{ event: "error", seq: 1, jobId: job, code: "llm_unavailable", message: "Later.", retryable: true }]);
  assert.ok(isOver(failed));
  assert.deepEqual(failed.error, { code: "llm_unavailable", message: "Later.", retryable: true, denial: null });
});

test("events of a wrong shape are survived", () => {
  const odd = [
    { event: "message_delta", seq: 1, jobId: job, index: "0", content: "x" },
    { event: "message_delta", seq: 2, jobId: job, index: -1, content: "x" },
    { event: "message_delta", seq: 3, jobId: job, index: 0, content: 7 },
    { event: "status", seq: 4, jobId: job, state: "dancing" },
    { event: "surprise", seq: 5, jobId: job },
    { event: "message_completed", jobId: job },
  ];
  const answer = all(odd);
  assert.equal(answer.text, "");
  assert.deepEqual(answer.citations, []);
});

test("pieces waiting behind a hole are bounded", () => {
  let answer = newAnswer(job);
  for (let index = 1; index <= 5000; index += 1) answer = applyEvent(answer, delta(index, 1, 0, index, "x"));
  assert.equal(Object.keys(answer.waiting).length, 256);
  assert.equal(applyEvent(answer, completed(6000, "whole")).text, "whole");
});
