// What can be shown of a document's original beside the chat.

/** @returns {"pdf"|"text"|"other"} by its media type; HTML is shown as the text that it is */
export function kindOf(mediaType) {
  const type = (mediaType ?? "").split(";")[0].trim().toLowerCase();
  if (type === "application/pdf") return "pdf";
  return type.startsWith("text/") && type !== "text/html" ? "text" : "other";
}

/** The page that an address names (RFC 8118, section 3); null for none. */
export function pageOf(address) {
  const page = Number(/#(?:.*&)?page=(\d{1,6})\b/.exec(address)?.[1]);
  return page >= 1 ? page : null;
}

/** Only this server's own documents: a citation never leads elsewhere. */
export function ownAddress(url, page) {
  if (typeof url !== "string" || !url) return null;
  try {
    const address = new URL(url, page);
    return address.origin === new URL(page).origin && address.pathname.startsWith("/api/") ? address.href : null;
  } catch {
    return null;
  }
}
