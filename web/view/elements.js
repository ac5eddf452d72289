// Building DOM nodes by hand: text only ever goes in as text, so no model, document or server can write markup.

/** An element with properties (`class`, `text`, `on*` handlers, else attributes) and children. */
export function element(tag, { class: names, text, ...rest } = {}, ...children) {
  const node = document.createElement(tag);
  if (names) node.className = names;
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const svgNames = "http://www.w3.org/2000/svg";

/** The same for a drawing. */
export function drawing(tag, { class: names, text, ...rest } = {}, ...children) {
  const node = document.createElementNS(svgNames, tag);
  if (names) node.setAttribute("class", names);
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(rest)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Puts the phrases of a language into everything marked with `data-say` or `data-label`. */
export function sayAll(say, language) {
  document.documentElement.lang = language;
  document.title = say("title");
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", say(node.dataset.label));
  }
  for (const node of document.querySelectorAll("[data-placeholder]")) {
    node.setAttribute("placeholder", say(node.dataset.placeholder));
  }
}
