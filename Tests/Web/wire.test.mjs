import assert from "node:assert/strict";
import { test } from "node:test";
import { eventStreamDecoder } from "../../web/logic/event-stream.js";
import { chooseLanguage, keysOf, languages, phraseBook } from "../../web/logic/phrases.js";
import { findInSource, findQuote, quoteFor } from "../../web/logic/quote.js";

test("an event stream is read the same wherever it is cut", () => {
  const stream = ": hello\r\nid: 7\r\nevent: status\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\ndata:two\n\nid\rdata: três\r\rretry: 5\n\n";
  const whole = eventStreamDecoder().push(`${stream}\n`);
  assert.deepEqual(whole, [
    { id: "7", event: "status", data: "{\"a\":\n1}" }, { id: "7", event: "message", data: "two" },
    { id: "", event: "message", data: "três" },
  ]);
  for (let cut = 1; cut < stream.length; cut += 1) {
    const decoder = eventStreamDecoder();
    assert.deepEqual([...decoder.push(stream.slice(0, cut)), ...decoder.push(`${stream.slice(cut)}\n`)], whole, `cut at ${cut}`);
  }
  const one = eventStreamDecoder();
  assert.deepEqual([...stream, "\n"].flatMap((character) => one.push(character)), whole);
});

test("an endless line of an event stream is refused", () => {
  const decoder = eventStreamDecoder();
  assert.throws(() => { for (let index = 0; index < 20; index += 1) decoder.push("x".repeat(100_000)); }, /1 MiB/);
});

test("a quote is found verbatim, or over other white space, and the pieces are the passage", () => {
  const passage = "Recursão é quando uma\nfunção  chama a si mesma. Fim.";
  const found = findQuote(passage, "uma função chama a si mesma.");
  assert.equal(found.match, "uma\nfunção  chama a si mesma.");
  assert.equal(found.before + found.match + found.after, passage);
  assert.equal(findQuote(passage, passage).match, passage);
  assert.equal(findQuote(passage, "outra coisa"), null);
  assert.equal(findQuote(passage, "  \n "), null);
  assert.equal(findQuote("", "x"), null);
});

test("a quote is found in the source of a Markdown document, marks and all", () => {
  const source = "## Ideia\n\nUma função é **recursiva** quando usa `a si mesma`\npara resolver.";
  const found = findInSource(source, "Uma função é recursiva quando usa a si mesma para resolver.");
  assert.equal(found.match, "Uma função é **recursiva** quando usa `a si mesma`\npara resolver.");
  assert.equal(found.before + found.match + found.after, source);
  assert.equal(findInSource(source, "outra coisa"), null);
  assert.equal(findInSource(source, "#> |"), null);
});

test("a sentence quoted as it stands is what its own marker shows, else the citation's quote", () => {
  const source = { passage: "O caso base vem primeiro. O passo recursivo reduz o problema.", quote: "O caso base vem primeiro." };
  assert.equal(quoteFor(source, "O passo recursivo\nreduz o problema. "), "O passo recursivo\nreduz o problema.");
  assert.equal(quoteFor(source, ". O passo recursivo reduz o problema. "), "O passo recursivo reduz o problema.");
  assert.equal(quoteFor(source, "Em outras palavras, ele encolhe"), source.quote);
  assert.equal(quoteFor(source, "O caso"), source.quote);
  assert.equal(quoteFor({}, "O passo recursivo reduz o problema."), "");
});

test("both languages say the same things with the same gaps", () => {
  assert.deepEqual(languages, ["pt", "en"]);
  assert.deepEqual(keysOf("pt"), keysOf("en"));
  const gaps = (language, key) => (phraseBook(language)(key).match(/\{\w+\}/g) ?? []).sort();
  for (const key of keysOf("pt")) assert.deepEqual(gaps("pt", key), gaps("en", key), key);
});

test("the browser's languages choose the page's", () => {
  assert.equal(chooseLanguage(["pt-BR", "en"]), "pt");
  assert.equal(chooseLanguage(["de", "en-GB"]), "en");
  assert.equal(chooseLanguage(["ja"]), "en");
  assert.equal(chooseLanguage([]), "en");
  assert.equal(phraseBook("pt")("phase.sources", { count: 3 }), "Lendo 3 trechos do material");
});
