// What staff use of the contract: documents, members, rules, insights. One function a route.

import { path, query, request, send } from "./http.js";

const inCourse = (course, ...parts) => path("courses", course, ...parts);

/** Pages of a list that are read at most. */
const mostPages = 50;

async function all(address, name) {
  const found = [];
  let cursor = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await request(address + query({ cursor }));
    found.push(...(page[name] ?? []));
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  return found;
}

export const createCourse = (course) => request(path("courses"), { method: "POST", json: course });
export const renameCourse = (course, title) => request(inCourse(course), { method: "PATCH", json: { title } });
export const deleteCourse = (course) => request(inCourse(course), { method: "DELETE" });

export const readDocuments = (course) => all(inCourse(course, "documents"), "documents");
export const readDocument = (course, id) => request(inCourse(course, "documents", id));
export const readChunks = (course, id, cursor) => request(inCourse(course, "documents", id, "chunks") + query({ cursor }));
export const deleteDocument = (course, id) =>
  request(inCourse(course, "documents", id) + query({ version: "all" }), { method: "DELETE" });
export const retryDocument = (course, id, sessionId) =>
  request(inCourse(course, "documents", id, "retry") + query({ sessionId }), { method: "POST" });

export const searchCourse = async (course, q, k) => (await request(inCourse(course, "search") + query({ q, k }))).passages ?? [];

export const readMembers = (course) => all(inCourse(course, "members"), "members");
export const putMembers = (course, members) => request(inCourse(course, "members"), { method: "PUT", json: { members } });
/** @param {Blob|string} csv lines of user,name,role */
export const putMembersFile = (course, csv) =>
  request(inCourse(course, "members"), { method: "PUT", body: csv, headers: { "Content-Type": "text/csv" } });
export const removeMember = (course, user) => request(inCourse(course, "members", user), { method: "DELETE" });
export const resetPassword = (course, user) =>
  request(inCourse(course, "members", user, "password"), { method: "POST" });
export const readInvitations = async (course) => (await request(inCourse(course, "invitations"))).invitations ?? [];
export const createInvitation = (course, invitation) =>
  request(inCourse(course, "invitations"), { method: "POST", json: invitation });
export const deleteInvitation = (course, id) => request(inCourse(course, "invitations", id), { method: "DELETE" });

/** What staff changed, a page at a time. */
export const readTrail = (course, cursor) => request(inCourse(course, "audit") + query({ cursor }));

export const putPolicies = (course, policies) =>
  request(inCourse(course, "policies"), { method: "PUT", json: policies });

export const readInsights = (course, days) => request(inCourse(course, "insights") + query({ days }));
export const answerTopic = (course, topic, answer) =>
  request(inCourse(course, "insights", "topics", topic, "answer"), { method: "POST", json: answer });
/** The week's digest. @returns {Promise<Response>} Markdown */
export const readDigest = (course, week) =>
  send(inCourse(course, "insights", "digest") + query({ week }), { headers: { Accept: "text/markdown" } });
