// Signing in and one's own account. One function a route.

import { credentials } from "./credentials.js";
import { path, request, send } from "./http.js";

/** What the sign-in page has to know: `{mode, localAccounts, providers, retentionDays}`. */
export const readNotice = () => request(path("auth", "notice"), { anonymous: true });
/** `{id, name, standing, courses: [{id, title, role}], mustChangePassword}` */
export const readMe = () => request(path("auth", "me"));

export async function signIn({ user, password, stay }) {
  const given = await request(path("auth", "login"), { method: "POST", anonymous: true, json: { user, password } });
  credentials.take(given, { stay });
}

/** Ends the sign-in here and at the server; a server out of reach must not keep anybody signed in here. */
export async function signOut(refreshToken) {
  if (refreshToken) {
    await request(path("auth", "logout"), { method: "POST", json: { refreshToken } }).catch(() => {});
  }
  credentials.forget();
}

/** All other sign-ins of this person end; this one goes on with another token, which knows that it was changed. */
export async function changePassword(current, next) {
  await request(path("auth", "password"), { method: "POST", json: { current, new: next } });
  await credentials.renew(credentials.access);
}

/** Joins a course: who is signed in as they are, else as a new person `{user, name, password}`. */
export async function acceptInvitation(code, person) {
  const given = await request(path("invitations", code), { method: "POST", anonymous: !!person, json: person ?? {} });
  if (given?.accessToken) credentials.take(given, { stay: false });
}

/** All that is kept of this person, as a file. @returns {Promise<Response>} */
export const exportAccount = () => send(path("account", "export"));
/** Who has an account of this server shows its password, anybody else has said yes. */
export const eraseAccount = (password) => request(path("account"), {
  method: "DELETE", repeat: false, json: password ? { password } : { confirm: true },
});

export const readTokens = async () => (await request(path("tokens"))).tokens ?? [];
export const createToken = (token) => request(path("tokens"), { method: "POST", json: token });
export const deleteToken = (id) => request(path("tokens", id), { method: "DELETE" });
