// Hands an answer of the server to the user as a file.

import { element } from "./elements.js";

/** @param {Response} response @param {string} name of the file */
export async function saveAs(response, name) {
  // As bytes only: whatever the file is, it is never opened as a page of this address.
  const blob = new Blob([await response.blob()], { type: "application/octet-stream" });
  const address = URL.createObjectURL(blob);
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
