// Links by which people join a course by themselves.

import { element } from "../view/elements.js";
import { invitationLink } from "../logic/route.js";
import { askInDialog, showInDialog } from "../view/form-dialog.js";
import { createInvitation, deleteInvitation, readInvitations } from "../wire/desk.js";
import { attempt, button, empty, fill, heading, table } from "./parts.js";

export function invitationsPart(page, box) {
  const { say, course } = page;
  const list = element("div");
  box.replaceChildren(heading(say("invite.title"), button(say("invite.make"), make)),
    element("p", { class: "soft", text: say("invite.about") }), list);

  async function read() {
    await fill(list, page, async () => {
      const invitations = await readInvitations(course.id);
      if (!invitations.length) return empty(say("invite.none"));
      return table(say("invite.title"), ["role", "until", "uses", "actions"].map((key) => say(`invite.${key}`)),
        invitations.map(({ id, role, expiresAt, usesLeft }) => [
          say(`role.${role}`), page.format.time(expiresAt), page.format.number(usesLeft),
          [button(say("invite.end"), () => end(id), "quiet small warn", { "aria-label": say("invite.endOf", { until: page.format.time(expiresAt) }) })],
        ]));
    });
  }

  async function make() {
    const made = await askInDialog(page, {
      title: say("invite.make"), action: say("invite.make"),
      fields: [
        { name: "role", label: say("members.role"), type: "select",
          options: [["student", say("role.student")], ["staff", say("role.staff")]] },
        { name: "days", label: say("invite.days"), type: "number", min: "1", max: "365", value: "7", required: true },
        { name: "uses", label: say("invite.times"), type: "number", min: "1", max: "1000", value: "50", required: true },
      ],
      work: ({ days, ...values }) => createInvitation(course.id, { ...values, expiresInHours: days * 24 }),
    });
    if (!made) return;
    const { url, code } = made.result;
    await showInDialog(page, { title: say("invite.ready"), text: say("invite.once"), copy: invitationLink(url, code, location.origin) });
    await read();
  }

  async function end(id) {
    await attempt(page, () => deleteInvitation(course.id, id), say("invite.ended"));
    await read();
  }

  read();
}
