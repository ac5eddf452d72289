// The tutor on a page of somebody else's, with one script tag:
//   <script src="https://tutor.example.org/widget.js" data-course="algoritmos" defer></script>
// A button at the lower edge opens the page of the course in a frame. The server lists the sites that may show it
// (GEPETO_EMBED_ORIGINS). Nothing is read from the surrounding page, and nothing is kept there.
//
// Also: data-label (the button's name), data-side="left".

const script = document.currentScript;
if (script) start(script.dataset, new URL(script.src).origin);

function start({ course, label, side }, origin) {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(course ?? "")) {
    console.error("gepeto: data-course must name a course, for example data-course=\"algoritmos\"");
    return;
  }
  const portuguese = (document.documentElement.lang || navigator.language).toLowerCase().startsWith("pt");
  const words = portuguese
    ? { open: label ?? "Perguntar ao tutor do curso", close: "Fechar o tutor" }
    : { open: label ?? "Ask the course tutor", close: "Close the tutor" };

  // A shadow tree: the styles of neither reach the other. A constructed sheet needs no exception in the host's policy.
  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles(side === "left" ? "left" : "right"));
  shadow.adoptedStyleSheets = [sheet];

  const panel = document.createElement("div");
  panel.id = "panel";
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", words.open);
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", "panel");
  button.addEventListener("click", () => show(panel.hidden));
  shadow.addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden) show(false); });
  shadow.append(panel, button);
  name(false);

  function name(isOpen) {
    button.textContent = isOpen ? "×" : "?";
    button.setAttribute("aria-label", isOpen ? words.close : words.open);
    button.title = isOpen ? words.close : words.open;
  }

  function show(isOpen) {
    // Loaded when it is first wanted, and kept: the conversation goes on when it is opened again.
    if (isOpen && !panel.firstChild) panel.append(frame());
    panel.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    name(isOpen);
    if (isOpen) panel.firstChild.focus();
    else button.focus();
  }

  function frame() {
    const frame = document.createElement("iframe");
    frame.src = `${origin}/widget.html#/c/${course}`;
    frame.title = words.open;
    frame.referrerPolicy = "no-referrer";
    frame.allow = "clipboard-write";
    return frame;
  }

  const join = () => document.body.append(host);
  if (document.body) join();
  else addEventListener("DOMContentLoaded", join, { once: true });
}

function styles(side) {
  return `
    :host { all: initial; }
    button {
      position: fixed; bottom: max(16px, env(safe-area-inset-bottom)); ${side}: 16px; z-index: 2147483647;
      width: 56px; height: 56px; border: 2px solid #fff; border-radius: 50%; padding: 0;
      background: #1d4f91; color: #fff; font: 700 28px/1 system-ui, sans-serif; cursor: pointer;
      box-shadow: 0 2px 10px rgb(0 0 0 / 0.35);
    }
    button:focus-visible { outline: 3px solid #ffb000; outline-offset: 2px; }
    #panel {
      position: fixed; bottom: 84px; ${side}: 16px; z-index: 2147483646;
      width: min(420px, calc(100vw - 32px)); height: min(680px, calc(100vh - 104px));
      border-radius: 12px; overflow: hidden; background: #fff; box-shadow: 0 6px 32px rgb(0 0 0 / 0.35);
    }
    #panel[hidden] { display: none; }
    iframe { width: 100%; height: 100%; border: 0; display: block; }
    @media (max-width: 520px) {
      #panel { inset: 0 0 76px 0; width: auto; height: auto; border-radius: 0; }
      button { bottom: 10px; }
    }
    @media (prefers-color-scheme: dark) { #panel { background: #16181d; } }
  `;
}
