// The page before somebody is known: sign in, or join by an invitation, or set a password of one's own.

import { sentenceForProblem } from "../logic/problem.js";
import { byId, element } from "../view/elements.js";
import { field, valuesOf } from "../view/fields.js";
import { acceptInvitation, changePassword, signIn } from "../wire/account.js";

/** Shorter ones the server refuses too. */
const fewestCharacters = "10";

/**
 * @param {object} page `{say, entered(), joined()}`: `joined` is called when the invitation was used, `entered` once the
 *   server knows who is there
 */
export function gate(page) {
  const box = byId("gate-box");

  function form(title, text, fields, action, work, more = []) {
    const { say } = page;
    const failure = element("p", { class: "problem", role: "alert", hidden: true });
    const send = element("button", { type: "submit", class: "primary", text: action });
    const node = element("form", { id: "gate-form" }, ...fields.map(field), failure, send);
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      failure.hidden = true;
      try {
        await work(valuesOf(node));
        await page.entered();
      } catch (problem) {
        failure.textContent = sentenceOf(problem, say);
        failure.hidden = false;
      } finally {
        send.disabled = false;
      }
    });
    box.replaceChildren(element("h1", { text: title }), ...(text ? [element("p", { class: "soft", text })] : []), node, ...more);
    node.querySelector("input")?.focus();
  }

  const passwordField = (say, more = {}) => ({
    name: "password", label: say("gate.newPassword"), type: "password", required: true, minlength: fewestCharacters,
    autocomplete: "new-password", hint: say("gate.passwordHint"), ...more,
  });

  return {
    /** @param {object} notice `{localAccounts, providers, retentionDays}` */
    signIn(notice) {
      const { say } = page;
      if (notice.localAccounts === false) {
        box.replaceChildren(element("h1", { text: say("gate.title") }), element("p", { text: say("gate.elsewhere") }), ...privacy(say, notice));
        return;
      }
      form(say("gate.title"), say("gate.text"), [
        { name: "user", label: say("gate.user"), required: true, autocomplete: "username", autocapitalize: "none", spellcheck: "false" },
        { name: "password", label: say("gate.password"), type: "password", required: true, autocomplete: "current-password" },
        { name: "stay", label: say("gate.stay"), type: "checkbox", hint: say("gate.stayHint") },
      ], say("gate.enter"), signIn, privacy(say, notice));
    },

    /** The tool that opened the page has to open it again: there is no password that would help. */
    openAgain() {
      const { say } = page;
      const heading = element("h1", { text: say("gate.over"), tabindex: "-1" });
      box.replaceChildren(heading, element("p", { text: say("gate.openAgain") }), element("p", { class: "soft", text: say("gate.nothingLost") }));
      heading.focus();
    },

    /** For who has no account yet; who has one signs in from here and joins then. */
    join(code, notice, signInFirst) {
      const { say } = page;
      form(say("join.title"), say("join.text"), [
        { name: "user", label: say("join.user"), required: true, autocomplete: "username", autocapitalize: "none", spellcheck: "false" },
        { name: "name", label: say("join.name"), required: true, autocomplete: "name", maxlength: "120" },
        passwordField(say),
      ], say("join.enter"), async (person) => {
        await acceptInvitation(code, person);
        page.joined();
      }, [
        element("p", {}, element("button", { type: "button", class: "link", text: say("join.known"), onclick: signInFirst })),
        ...privacy(say, notice),
      ]);
    },

    /** After a password that staff gave. */
    newPassword() {
      const { say } = page;
      form(say("gate.changeTitle"), say("gate.changeText"), [
        { name: "current", label: say("gate.current"), type: "password", required: true, autocomplete: "current-password" },
        passwordField(say),
      ], say("gate.change"), ({ current, password }) => changePassword(current, password));
    },
  };
}

/** Who sees a question: said before one is asked. The server names whoever is elsewhere, and knows who is not. */
function privacy(say, { providers = [], retentionDays }) {
  const sentences = [
    providers.length ? say("notice.providers", { providers: providers.join(", ") }) : say("notice.local"),
    retentionDays ? say("notice.kept", { days: retentionDays }) : say("notice.keptOpen"),
  ];
  return [element("aside", { class: "notice", "aria-label": say("notice.title") }, ...sentences.map((text) => element("p", { text })))];
}

function sentenceOf(problem, say) {
  return problem.status === 401 ? say("gate.wrong") : sentenceForProblem(problem, say);
}
