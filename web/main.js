// The page at `/`: finds out who is there, which course and which place of it, and shows that.

import { showAccount } from "./account/account-dialog.js";
import { gate } from "./account/gate.js";
import { chat } from "./chat.js";
import { courseChoice } from "./courses.js";
import { desk } from "./desk/desk.js";
import { formatter } from "./logic/format.js";
import { chooseLanguage, languages, phraseBook } from "./logic/phrases.js";
import { sentenceForProblem } from "./logic/problem.js";
import { invitationIn, invitationLink, readRoute, writeRoute } from "./logic/route.js";
import { launchFrom } from "./logic/token.js";
import { recall, recallLanguage, recallRefresh, remember, rememberLanguage } from "./memory.js";
import { byId, sayAll } from "./view/elements.js";
import { confirmInDialog } from "./view/form-dialog.js";
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
// An older link has the code where servers and proxies log it: a reload at least shall not send it again.
if (joining && location.search) history.replaceState(null, "", new URL(invitationLink(null, joining, location.origin)).hash);

const frame = pageFrame(page);
const source = sourcePanel(page);
const talk = chat({
  say: page.say, announce: page.announce, tell: frame.tell, openSource: source.open, closeSource: source.close,
  useCourse: (id) => go({ place: "chat", course: id }), document: (event) => staff.document(event),
  closeMenu: () => frame.showMenu(false),
});
const staff = desk({
  say: page.say, get format() { return page.format; }, tell: frame.tell, openSource: source.open,
  session: () => talk.sessionId, follow: (id) => talk.follow(id), policiesChanged: () => talk.enter(courses.current?.id),
  courseRenamed: async (id, title) => {
    await courses.read();
    if (courses.choose(id)) byId("desk-title").textContent = title;
  },
  coursesChanged: async (id) => { await courses.read(); go({ place: id ? "desk" : "chat", course: id, sheet: "rules" }); },
});
const courses = courseChoice(page, { chosen: (id) => go({ ...readRoute(location.hash), place: here(), course: id }) });
const door = gate({ say: page.say, entered: enter, joined: invitationUsed });

/** The address whose place is shown. */
let shown = location.hash;

const here = () => (frame.place === "desk" ? "desk" : "chat");

function go(route) {
  const hash = writeRoute(route);
  if (location.hash === hash) show();
  else location.hash = hash;
}

/** Whether what is not saved may be lost: asked of who would lose it. */
async function mayLeave() {
  if (!staff.isUnsaved) return true;
  return confirmInDialog(page, {
    title: page.say("leave.title"), text: page.say("leave.text"), action: page.say("leave.now"), danger: true,
  });
}

/** What the address says, for who is signed in. */
async function show() {
  shown = location.hash;
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

/** Whether the sign-in that another tool gave has ended: only that tool can give another. */
let isOver = false;

function askToSignIn() {
  frame.showPlace("gate");
  if (isOver) return door.openAgain();
  if (joining && !credentials.canRenew) door.join(joining, page.notice, () => door.signIn(page.notice));
  else door.signIn(page.notice);
}

async function leave() {
  if (!(await mayLeave())) return;
  if (staff.leaving && !(await confirmInDialog(page, {
    title: page.say("leave.sending", { count: staff.leaving }), text: page.say("leave.sendingText"), action: page.say("account.leave"), danger: true,
  }))) return;
  isOver = credentials.isLaunched;
  await signOut(credentials.canRenew ? recallRefresh() : null);
  showNobody();
}

/** Nothing of who was here stays on the page. */
function showNobody() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  if (credentials.isLaunched) {
    isOver = true;
    credentials.forget();
  }
  talk.end();
  staff.end();
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

byId("account").addEventListener("click", () => showAccount({ ...page, tell: frame.tell, courses: courses.all, leave }));
byId("language").addEventListener("change", async ({ target }) => {
  const next = target.value;
  // The sheet is drawn anew in the other language.
  if (!(await mayLeave())) return void (target.value = page.say("locale"));
  rememberLanguage(next);
  useLanguage(next);
});
addEventListener("hashchange", async () => {
  if (readRoute(location.hash).place === "join") return location.reload();
  if (!page.me || location.hash === shown) return;
  if (await mayLeave()) return show();
  history.replaceState(null, "", shown || "#/");
  courses.choose(readRoute(location.hash).course);
});
// The browser asks in its own words.
addEventListener("beforeunload", (event) => { if (staff.isUnsaved || staff.leaving) event.preventDefault(); });

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
  // Nobody is signed in any more: that is said at the gate already.
  if (problem.status !== 401) {
    frame.showPlace("chat");
    talk.complain(sentenceForProblem(problem, page.say));
  }
}
document.documentElement.dataset.ready = "true";
