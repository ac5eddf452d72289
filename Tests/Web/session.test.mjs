import assert from "node:assert/strict";
import { test } from "node:test";
import { afterClose, waitFor } from "../../web/logic/backoff.js";
import { afterConnected, afterEvent, newCursor, resumeQuery } from "../../web/logic/cursor.js";

const connected = (sessionId, epoch, resumedFrom) => ({ event: "connected", sessionId, epoch, resumedFrom });

test("a new session is asked for without a query, a known one with what was seen", () => {
  assert.equal(resumeQuery(newCursor()), "");
  assert.equal(resumeQuery(newCursor("s 1")), "?sessionId=s%201&after=0");
  const { cursor } = afterConnected(newCursor(), connected("s1", "e1", 0));
  const seen = afterEvent(cursor, { seq: 1 });
  assert.equal(resumeQuery(seen.cursor), "?sessionId=s1&after=1");
});

test("repeats are not fresh, holes are told", () => {
  let { cursor } = afterConnected(newCursor(), connected("s1", "e1", 0));
  const first = afterEvent(cursor, { seq: 1 });
  assert.deepEqual([first.fresh, first.gap], [true, false]);
  assert.equal(afterEvent(first.cursor, { seq: 1 }).fresh, false);
  assert.equal(afterEvent(first.cursor, { seq: 3 }).gap, true);
  assert.equal(afterEvent(first.cursor, { event: "unnumbered" }).fresh, true);
});

test("coming back to the same epoch reads no history", () => {
  let { cursor } = afterConnected(newCursor(), connected("s1", "e1", 0));
  cursor = afterEvent(cursor, { seq: 4 }).cursor;
  const again = afterConnected(cursor, connected("s1", "e1", 4));
  assert.equal(again.readHistory, false);
  assert.equal(again.cursor.seq, 4);
});

test("another epoch, another session or a later start reads the history", () => {
  const known = { sessionId: "s1", epoch: "e1", seq: 4 };
  assert.deepEqual(afterConnected(known, connected("s1", "e2", 0)),
    { cursor: { sessionId: "s1", epoch: "e2", seq: 0 }, readHistory: true });
  assert.equal(afterConnected(known, connected("s2", "e1", 0)).readHistory, true);
  assert.equal(afterConnected(known, connected("s1", "e1", 9)).readHistory, true);
});

test("a first connection reads no history", () => {
  assert.equal(afterConnected(newCursor(), connected("s1", "e1", 0)).readHistory, false);
});

test("waits grow, are jittered over the whole range and stay under the cap", () => {
  assert.equal(waitFor(1, () => 0), 100);
  assert.equal(waitFor(1, () => 0.999999), 500);
  assert.equal(waitFor(4, () => 0.999999), 4000);
  assert.equal(waitFor(10_000, () => 0.999999), 30_000);
  assert.equal(waitFor(0, () => 0), 100);
});

test("each close code gets what the contract says", () => {
  const closed = (code, failures = 0, everConnected = true) => afterClose(code, failures, { everConnected });
  assert.deepEqual(closed(1001, 5), { again: true, failures: 1, forgetSession: false });
  assert.equal(closed(1013).failures, 3);
  assert.equal(closed(1006, 2).failures, 3);
  assert.deepEqual(closed(1008), { again: true, failures: 1, forgetSession: true });
  assert.equal(closed(1008, 1).again, false);
  assert.equal(closed(1001, 5, false).failures, 6);
});
