// Where the page stands, as the part of its address behind `#`: `/c/algoritmos`, `/c/algoritmos/desk/members`, `/join/CODE`.

/** The sheets of the staff's desk, in their order. */
export const sheets = ["materials", "search", "members", "rules", "insights"];

const courseName = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * @returns {{place: "chat"|"desk"|"join"|"home", course?: string, sheet?: string, code?: string}} `home` for whatever it
 *   cannot read
 */
export function readRoute(hash) {
  const [first, second, third, fourth] = hash.replace(/^#?\/?/, "").split("/").map(decoded);
  if (first === "join" && second) return { place: "join", code: second };
  if (first === "c" && courseName.test(second ?? "")) {
    if (third !== "desk") return { place: "chat", course: second };
    return { place: "desk", course: second, sheet: sheets.includes(fourth) ? fourth : sheets[0] };
  }
  return { place: "home" };
}

/** The code of an invitation in a whole address, as `?invitation=CODE` or `#/join/CODE`; null for none. */
export function invitationIn({ search, hash }) {
  const route = readRoute(hash);
  return route.place === "join" ? route.code : new URLSearchParams(search).get("invitation");
}

/**
 * The link of an invitation at the server's own address. The code stands behind `#`, which no browser sends: it is in the
 * log of no proxy.
 */
export function invitationLink(url, code, origin) {
  const link = new URL(url ?? "/", origin);
  link.search = "";
  link.hash = `/join/${encodeURIComponent(code)}`;
  return link.href;
}

export function writeRoute({ place, course, sheet }) {
  if (!course) return "#/";
  return place === "desk" ? `#/c/${course}/desk/${sheet ?? sheets[0]}` : `#/c/${course}`;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
