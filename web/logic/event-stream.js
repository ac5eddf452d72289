// Server-Sent Events, as the HTML standard reads them (section 9.2.6): text comes in, cut anywhere, events come out.

/** Characters one event may have; a line longer than that is not ours. */
const mostCharacters = 1 << 20;

/** A decoder: feed it pieces with `push`, get back whole events `{id, event, data}`. */
export function eventStreamDecoder() {
  let pending = "";
  let current = { event: "", data: [] };
  let lastId = "";

  function line(text, events) {
    if (text === "") {
      const { event, data } = current;
      if (data.length) events.push({ id: lastId, event: event || "message", data: data.join("\n") });
      current = { event: "", data: [] };
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + (text[colon + 1] === " " ? 2 : 1));
    if (field === "data") current.data.push(value);
    else if (field === "event") current.event = value;
    else if (field === "id" && !value.includes("\0")) lastId = value;
  }

  return {
    get lastEventId() { return lastId; },
    push(piece) {
      const events = [];
      pending += piece;
      if (pending.length > mostCharacters) throw new Error("an event of the stream is longer than 1 MiB");
      // A trailing CR may be the first half of CRLF: it waits for the next piece.
      for (let match; (match = /\r\n|\n|\r(?=[^])/.exec(pending)); ) {
        line(pending.slice(0, match.index), events);
        pending = pending.slice(match.index + match[0].length);
      }
      return events;
    },
  };
}
