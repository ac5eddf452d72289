// The page at `/`: finds out who is there, which course and which place of it, and shows that.

import { showAccount } from "./account/account-dialog.js";
import { gate } from "./account/gate.js";
import { chat } from "./chat.js";
import { courseChoice } from "./courses.js";
import { desk } from "./desk/desk.js";
import { formatter } from "./logic/format.js";
import { chooseLanguage, languages, phraseBook } from "./logic/phrases.js";
import { sentenceForProblem } from "./logic/problem.js";
import { invitationIn, readRoute, writeRoute } from "./logic/route.js";
import { launchFrom } from "./logic/token.js";
import { recall, recallLanguage, recallRefresh, remember, rememberLanguage } from "./memory.js";
import { byId, sayAll } from "./view/elements.js";
import { pageFrame } from "./view/frame.js";
import { loadMarkdown } from "./view/libraries.js";
import { sourcePanel } from "./view/source-panel.js";
import { acceptInvitation, readMe, readNotice, signOut } from "./wire/account.js";
import { contentAddress } from "./wire/api.js";
import { credentials } from "./wire/credentials.js";

let phrases = phraseBook("en");
const page = {
  say: (...words) => phrases(...words), format: formatter("en"), me: null, notice: { mode: "open" },
  announce: (sentence) => { byId("announcer").textContent = sentence; },
};
let joining = invitationIn(location);

const frame = pageFrame(page);
const source = sourcePanel(page);
const talk = chat({
  say: page.say, announce: page.announce, openSource: source.open, closeSource: source.close,
  useCourse: (id) => go({ place: "chat", course: id }), document: (event) => staff.document(event),
  closeMenu: () => frame.showMenu(false),
});
const staff = desk({
  say: page.say, get format() { return page.format; }, announce: page.announce, openSource: source.open,
  session: () => talk.sessionId, follow: (id) => talk.follow(id), policiesChanged: () => talk.enter(courses.current?.id),
  coursesChanged: async (id) => { await courses.read(); go({ place: id ? "desk" : "chat", course: id, sheet: "rules" }); },
});
const courses = courseChoice(page, { chosen: (id) => go({ ...readRoute(location.hash), place: here(), course: id }) });
const door = gate({ say: page.say, entered: enter, joined: invitationUsed });

const here = () => (frame.place === "desk" ? "desk" : "chat");

function go(route) {
  const hash = writeRoute(route);
  if (location.hash === hash) show();
  else location.hash = hash;
}

/** What the address says, for who is signed in. */
async function show() {
  const route = readRoute(location.hash);
  const course = courses.choose(route.course);
  const isStaff = course?.role === "staff";
  byId("places").hidden = !isStaff;
  byId("to-chat").href = writeRoute({ place: "chat", course: course?.id });
  byId("to-desk").href = writeRoute({ place: "desk", course: course?.id });
  source.close();
  if (route.place === "desk" && isStaff) {
    frame.showPlace("desk");
    staff.show({ course, sheet: route.sheet });
  } else {
    staff.leave();
    frame.showPlace("chat");
  }
  // Courses are made at the desk; who has none yet makes the first one from where they are.
  byId("new-course").hidden = !courses.mayMake || (isStaff && here() === "chat");
  if (course) await talk.enter(course.id);
}

/** Somebody is there: signed in, launched from another tool, or the one user of an open server. */
async function enter() {
  page.me = await readMe();
  // What this tab remembers of somebody else is not for this person.
  if (recall().user && recall().user !== page.me.id) {
    talk.end();
    remember({ conversationId: null, pending: null });
  }
  remember({ user: page.me.id });
  frame.showName(page.me.name || page.me.id);
  if (page.me.mustChangePassword) {
    frame.showPlace("gate");
    return door.newPassword();
  }
  let refusal = null;
  if (joining) {
    await acceptInvitation(joining).catch((problem) => { refusal = sentenceForProblem(problem, page.say); });
    invitationUsed();
    page.me = await readMe();
  }
  await courses.read();
  if (!courses.all.length) talk.complain(page.say(courses.mayMake ? "error.noCourse" : "error.noMembership"));
  await show();
  await talk.begin();
  if (refusal) talk.complain(refusal);
}

/** Its code leaves the address: a reload shall not use it again. */
function invitationUsed() {
  joining = null;
  history.replaceState(null, "", location.pathname);
}

function askToSignIn() {
  frame.showPlace("gate");
  if (joining && !credentials.canRenew) door.join(joining, page.notice, () => door.signIn(page.notice));
  else door.signIn(page.notice);
}

async function leave() {
  await signOut(credentials.canRenew ? recallRefresh() : null);
  showNobody();
}

/** Nothing of who was here stays on the page. */
function showNobody() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  talk.end();
  staff.leave();
  page.me = null;
  askToSignIn();
}

credentials.lost = showNobody;

function useLanguage(language) {
  phrases = phraseBook(language);
  page.format = formatter(language);
  sayAll(page.say, language);
  byId("language").value = language;
  talk.drawAgain(page.me !== null);
  if (page.me) frame.showName(page.me.name || page.me.id);
  if (!page.me && !byId("gate").hidden) askToSignIn();
  if (!byId("desk").hidden) show();
  frame.tellConnection();
}

byId("account").addEventListener("click", () => showAccount({ ...page, courses: courses.all, leave }));
byId("language").addEventListener("change", ({ target }) => {
  rememberLanguage(target.value);
  useLanguage(target.value);
});
addEventListener("hashchange", () => {
  if (readRoute(location.hash).place === "join") location.reload();
  else if (page.me) show();
});

/** What another tool handed over within the page: who is there, in which course, and the document to begin with. */
function takeLaunch() {
  const launch = launchFrom(byId("gepeto-launch")?.textContent);
  byId("gepeto-launch")?.remove();
  if (!launch) return null;
  credentials.take(launch);
  if (launch.course) history.replaceState(null, "", writeRoute({ place: "chat", course: launch.course }));
  return launch;
}

const chosen = recallLanguage();
useLanguage(languages.includes(chosen) ? chosen : chooseLanguage(navigator.languages));

try {
  const launch = takeLaunch();
  [page.notice] = await Promise.all([readNotice(), loadMarkdown()]);
  // In open mode there is one user, who needs no token.
  const known = page.notice.mode === "open" || launch || (credentials.canRenew && (await credentials.token()) !== null);
  if (known) await enter();
  else askToSignIn();
  if (launch?.document && page.me) {
    source.open({ title: page.say("original.document"), url: contentAddress(launch.course, launch.document) }, () => {});
  }
} catch (problem) {
  frame.showPlace("chat");
  talk.complain(sentenceForProblem(problem, page.say));
}
document.documentElement.dataset.ready = "true";
