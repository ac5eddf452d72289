// Labelled fields of forms, and what they hold.

import { element } from "./elements.js";

let count = 0;

/**
 * @param {object} shape `{name, label, type, value, hint, options: [[value, text]], …}`; what else it has becomes an
 *   attribute. Types: those of `<input>`, and textarea, select, checkbox
 */
export function field({ name, label, type = "text", value, hint, options = [], ...attributes }) {
  count += 1;
  const id = `field-${count}`;
  const hintId = `${id}-hint`;
  const common = { id, name, ...attributes, ...(hint ? { "aria-describedby": hintId } : {}) };
  const note = hint ? [element("span", { class: "field-hint", id: hintId, text: hint })] : [];
  if (type === "checkbox") {
    const box = element("input", { type, ...common, checked: value === true });
    return element("div", { class: "field check" }, box, element("label", { for: id, text: label }), ...note);
  }
  const input = type === "textarea" ? element("textarea", { rows: "4", ...common })
    : type === "select" ? element("select", common, ...options.map(([one, text]) => element("option", { value: one, text })))
    : element("input", { type, ...common });
  if (value !== undefined && value !== null && type !== "file") input.value = value;
  return element("div", { class: "field" }, element("label", { for: id, text: label }), input, ...note);
}

/** What a form holds, by name: text, numbers (null when empty), booleans, files. */
export function valuesOf(form) {
  const values = {};
  for (const input of form.elements) {
    if (!input.name) continue;
    if (input.type === "checkbox") values[input.name] = input.checked;
    else if (input.type === "number") values[input.name] = input.value === "" ? null : Number(input.value);
    else if (input.type === "file") values[input.name] = input.files;
    else values[input.name] = input.type === "password" ? input.value : input.value.trim();
  }
  return values;
}
