// One's own account: name, password, keys for programs, one's data, leaving.

import { sentenceForProblem } from "../logic/problem.js";
import { element } from "../view/elements.js";
import { askInDialog, showInDialog } from "../view/form-dialog.js";
import { saveAs } from "../view/save.js";
import { changePassword, eraseAccount, exportAccount } from "../wire/account.js";
import { tokensPart } from "./tokens.js";

/** @param {object} page `{say, format, me, notice, courses, tell, leave()}`; `leave` signs out */
export function showAccount(page) {
  const { say, me, notice } = page;
  const failure = element("p", { class: "problem", role: "alert", hidden: true });
  const isLocal = notice.mode !== "open" && notice.localAccounts !== false;
  const button = (key, work, kind = "quiet") => element("button", { type: "button", class: kind, text: say(key), onclick: async () => {
    failure.hidden = true;
    try {
      await work();
    } catch (problem) {
      failure.textContent = sentenceForProblem(problem, say);
      failure.hidden = false;
    }
  } });

  const changeOwn = () => askInDialog(page, {
    title: say("account.password"), action: say("gate.change"),
    fields: [
      { name: "current", label: say("gate.current"), type: "password", required: true, autocomplete: "current-password" },
      { name: "next", label: say("gate.newPassword"), type: "password", required: true, minlength: "10",
        autocomplete: "new-password", hint: say("gate.passwordHint") },
    ],
    work: ({ current, next }) => changePassword(current, next),
  }).then((done) => done && page.tell(say("account.changed")));

  const erase = () => askInDialog(page, {
    title: say("account.erase"), text: say("account.eraseText"), action: say("account.erase"), danger: true,
    fields: isLocal ? [{ name: "password", label: say("gate.password"), type: "password", required: true,
      autocomplete: "current-password" }] : [],
    work: ({ password }) => eraseAccount(password),
  }).then((done) => done && page.leave());

  const { providers = [] } = notice;
  return showInDialog(page, {
    title: me.name || me.id, text: say(`account.standing.${me.standing}`),
    body: [
      failure,
      element("p", { class: "soft", text: providers.length ? say("notice.providers", { providers: providers.join(", ") }) : say("notice.local") }),
      element("div", { class: "row-actions" },
        ...(isLocal ? [button("account.password", changeOwn)] : []),
        button("account.export", async () => saveAs(await exportAccount(), "gepeto.json")),
        ...(notice.mode === "open" ? [] : [button("account.leave", () => page.leave())]),
        button("account.erase", erase, "quiet warn")),
      tokensPart(page),
    ],
  });
}
