import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf } from "../../web/view/place.js";

const say = (key, { page } = {}) => ({ "source.page": `page ${page}`, "source.slide": `slide ${page}`, "source.ocr": "OCR" })[key];

test("a place is told in the words of its format", () => {
  assert.equal(placeOf({ title: "T", page: 3, section: "T › Base case › Why" }, say), "page 3 · Base case › Why");
  assert.equal(placeOf({ title: "T", page: 3, pageUnit: "slide" }, say), "slide 3");
  assert.equal(placeOf({ title: "T", place: "00:01:23–00:02:10" }, say), "00:01:23–00:02:10");
  assert.equal(placeOf({ title: "T", page: 2, pageUnit: "page", ocr: true }, say), "page 2 (OCR)");
  assert.equal(placeOf({ title: "T" }, say), "");
});

test("fields of a wrong shape are left out", () => {
  assert.equal(placeOf({ title: "T", page: "3", place: 7, ocr: "yes", section: null }, say), "");
});
