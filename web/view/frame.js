// The frame around the page's places: which one is shown, the bar at the top, the menu of a phone, the notice of no network.

import { byId, element } from "./elements.js";

const places = ["gate", "chat", "desk"];
/** How long a sentence of what was done stays in sight. */
const toldFor = 8_000;

/** @param {{say}} page */
export function pageFrame(page) {
  function showMenu(open) {
    document.body.classList.toggle("with-menu", open);
    byId("menu").setAttribute("aria-expanded", String(open));
  }

  function tellConnection() {
    byId("banner").textContent = page.say("banner.offline");
    byId("banner").hidden = navigator.onLine;
  }

  let told = null;
  let timer = null;

  /** Says what was done, to who sees and to who listens. An open dialog lies over the page, so it is said within it. */
  function tell(sentence) {
    told?.remove();
    clearTimeout(timer);
    const node = told = element("p", { class: "told", role: "status" });
    show();
    function show() {
      const host = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
      node.textContent = "";
      host.append(node);
      // A live region is read out when it changes, not when it comes.
      requestAnimationFrame(() => { node.textContent = sentence; });
      // Often it is the dialog's own work that was done: the sentence outlives it.
      if (host !== document.body) host.addEventListener("close", () => { if (told === node) show(); }, { once: true });
    }
    timer = setTimeout(() => {
      node.remove();
      told = null;
    }, toldFor);
  }

  byId("menu").addEventListener("click", () => showMenu(!document.body.classList.contains("with-menu")));
  // The address behind `#` says where the page stands: skipping to its content must not change it.
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  addEventListener("keydown", ({ key }) => { if (key === "Escape") showMenu(false); });
  // A file dropped beside its box must not take the place of the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  addEventListener("online", tellConnection);
  addEventListener("offline", tellConnection);

  return {
    showMenu, tellConnection, tell,
    get place() { return document.body.dataset.place; },
    /** @param {"gate"|"chat"|"desk"} place */
    showPlace(place) {
      document.body.dataset.place = place;
      for (const name of places) {
        byId(name).hidden = name !== place;
        if (name === place) byId(`to-${name}`)?.setAttribute("aria-current", "page");
        else byId(`to-${name}`)?.removeAttribute("aria-current");
      }
      byId("menu").hidden = place !== "chat";
      byId("account").hidden = place === "gate";
      if (place === "gate") byId("places").hidden = byId("course-choice").hidden = byId("new").hidden = true;
    },
    /** On a phone there is room for initials only. */
    showName(name) {
      const initials = name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase();
      byId("account").replaceChildren(element("span", { class: "whole", text: name }),
        element("span", { class: "initials", text: initials }));
      byId("account").setAttribute("aria-label", page.say("account.of", { name }));
    },
  };
}
