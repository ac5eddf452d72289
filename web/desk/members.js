// The sheet of who belongs to a course: one by one, by CSV, by invitation link.

import { element } from "../view/elements.js";
import { askInDialog, confirmInDialog, showInDialog } from "../view/form-dialog.js";
import { putMembers, putMembersFile, readMembers, removeMember, resetPassword } from "../wire/desk.js";
import { invitationsPart } from "./invitations.js";
import { attempt, button, empty, fill, finder, heading, table } from "./parts.js";
import { trailPart } from "./trail.js";

export const roleOptions = (say) => [["student", say("role.student")], ["staff", say("role.staff")]];

export function membersSheet(page, box) {
  const { say, course } = page;
  const list = element("div", { id: "members" });
  const invitations = element("div", { id: "invitations" });
  const search = finder(say("members.find"), list);
  box.replaceChildren(
    heading(say("desk.members"), button(say("members.add"), add, "primary"), button(say("members.csv"), addFile)),
    search.node, list, invitations, trailPart(page));

  async function read() {
    await fill(list, page, async () => {
      const members = await readMembers(course.id);
      if (!members.length) return empty(say("members.none"));
      const columns = ["person", "role", "since", "actions"].map((key) => say(`members.${key}`));
      return table(say("desk.members"), columns, members.map((member) => [
        [member.name || member.user, ...(member.name ? [element("span", { class: "soft block", text: member.user })] : [])],
        [roleOf(member)], page.format.date(member.addedAt), [actions(member)],
      ]));
    });
    search.apply();
  }

  /** What a role lets somebody do is asked about before it changes: a choice is easily changed by accident. */
  function roleOf({ user, name, role }) {
    const who = { name: name || user };
    const select = element("select", { "aria-label": say("members.roleOf", who), onchange: async () => {
      const next = select.value;
      // Until it is changed it is what it was.
      select.value = role;
      const done = await confirmInDialog(page, {
        title: say(`members.to.${next}`, who), text: say(`members.toText.${next}`), action: say("members.change"), danger: next === "staff",
        work: () => putMembers(course.id, [{ user, role: next }]),
      });
      if (!done) return;
      page.tell(say("members.changed"));
      await read();
    } }, ...roleOptions(say).map(([value, text]) => element("option", { value, text })));
    select.value = role;
    return select;
  }

  function actions({ user, name }) {
    const who = { name: name || user };
    return element("div", { class: "row-actions" },
      button(say("members.reset"), () => reset(user, who), "quiet small", { "aria-label": say("members.resetOf", who) }),
      button(say("members.remove"), () => remove(user, who), "quiet small warn", { "aria-label": say("members.removeOf", who) }));
  }

  async function reset(user, who) {
    const asked = await askInDialog(page, {
      title: say("members.resetTitle", who), text: say("members.resetText"), action: say("members.reset"),
      work: () => resetPassword(course.id, user),
    });
    if (asked) await showPasswords([{ user, temporaryPassword: asked.result.temporaryPassword }]);
  }

  async function remove(user, who) {
    const gone = await askInDialog(page, {
      title: say("members.removeTitle", who), text: say("members.removeText"), action: say("members.remove"),
      danger: true, work: () => removeMember(course.id, user),
    });
    if (!gone) return;
    page.tell(say("members.removed", who));
    await read();
  }

  async function add() {
    const added = await askInDialog(page, {
      title: say("members.add"), action: say("members.add"),
      fields: [
        { name: "user", label: say("members.user"), required: true, maxlength: "128", hint: say("members.userHint") },
        { name: "name", label: say("members.name"), maxlength: "120" },
        { name: "role", label: say("members.role"), type: "select", options: roleOptions(say) },
      ],
      work: ({ user, name, role }) => putMembers(course.id, [{ user, ...(name ? { name } : {}), role }]),
    });
    if (added) await after(added.result);
  }

  async function addFile() {
    const added = await askInDialog(page, {
      title: say("members.csv"), text: say("members.csvText"), action: say("members.csvSend"),
      fields: [
        { name: "file", label: say("members.csvFile"), type: "file", accept: ".csv,text/csv" },
        { name: "lines", label: say("members.csvLines"), type: "textarea", placeholder: "user,name,role\nana,Ana Lima,student" },
      ],
      work: ({ file, lines }) => putMembersFile(course.id, file.length ? file[0] : lines),
    });
    if (added) await after(added.result);
  }

  /** What was changed, and the first passwords of new people: shown once. */
  async function after(result) {
    const { added = 0, changed = 0, accounts = [] } = result ?? {};
    page.tell(say("members.done", { added, changed }));
    if (accounts.length) await showPasswords(accounts);
    await read();
  }

  const showPasswords = (accounts) => showInDialog(page, {
    title: say("members.passwords"), text: say("members.passwordsText"),
    copy: accounts.map(({ user, temporaryPassword }) => `${user},${temporaryPassword}`).join("\n"),
  });

  read();
  invitationsPart(page, invitations);
  return {};
}
