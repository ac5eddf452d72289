import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEvent, newAnswer } from "../../web/logic/answer.js";
import { signs, withDoubts } from "../../web/logic/doubts.js";
import { parseInlines } from "../../web/logic/markdown-inline.js";

const bytes = (text) => new TextEncoder().encode(text).length;

test("a sign behind each sentence that is not wholly supported, counted in bytes", () => {
  const [first, second, third] = ["Não é só isso [1].", "A pilha é uma lista [1].", "Ação à parte [2]."];
  const text = `${first} ${second} ${third}`;
  const claims = [
    { start: 0, end: bytes(first), verdict: "partly" },
    { start: bytes(first) + 1, end: bytes(`${first} ${second}`), verdict: "supported" },
    { start: bytes(`${first} ${second} `), end: bytes(text), verdict: "unsupported" },
  ];
  assert.equal(withDoubts(text, claims), `${first}${signs.partly} ${second} ${third}${signs.unsupported}`);
  assert.equal(withDoubts(text, []), text);
  assert.equal(withDoubts(text, [{ start: 0, end: 5, verdict: "uncited" }]), text, "nothing was cited that could be wrong");
});

test("what cannot be right changes nothing", () => {
  assert.equal(withDoubts("kurz", [{ start: 0, end: 99, verdict: "unsupported" }, { verdict: "partly" }]), "kurz");
  assert.equal(withDoubts(`a${signs.partly}b`, [{ start: 0, end: 1, verdict: "unsupported" }]), "ab");
});

test("signs are inlines of their own", () => {
  assert.deepEqual(parseInlines(`Isso [1]${signs.unsupported} e **aquilo${signs.partly}**`), [
    { type: "text", text: "Isso " }, { type: "marker", number: 1 }, { type: "doubt", verdict: "unsupported" },
    { type: "text", text: " e " },
    { type: "strong", inlines: [{ type: "text", text: "aquilo" }, { type: "doubt", verdict: "partly" }] },
  ]);
});

test("the verdicts come with the end of an answer", () => {
  const claims = [{ start: 0, end: 4, verdict: "unsupported" }];
  const event = { event: "message_completed", jobId: "j", seq: 1, content: "Isso", citations: [] };
  assert.deepEqual(applyEvent(newAnswer("j"), { ...event, claims }).claims, claims);
  assert.deepEqual(applyEvent(newAnswer("j"), event).claims, [], "an older server sends none");
});
