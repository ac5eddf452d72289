// Where this page stands in its session's numbered events: kept so that a reconnect asks for exactly what it missed.

/** @returns {{sessionId: string|null, epoch: string|null, seq: number}} */
export function newCursor(sessionId = null) {
  return { sessionId, epoch: null, seq: 0 };
}

/** The query of the next connection: nothing for a new session, `sessionId` and `after` for a known one. */
export function resumeQuery(cursor) {
  return cursor.sessionId ? `?sessionId=${encodeURIComponent(cursor.sessionId)}&after=${cursor.seq}` : "";
}

/**
 * The first frame. `readHistory` says that events were lost for this page (another epoch, or the server resumes
 * further on than we asked), so that only the history can tell what happened.
 */
export function afterConnected(cursor, frame) {
  const resumed = Number.isSafeInteger(frame.resumedFrom) ? frame.resumedFrom : 0;
  const sameSession = cursor.sessionId === frame.sessionId;
  const sameEpoch = cursor.epoch === null || cursor.epoch === frame.epoch;
  const kept = sameSession && sameEpoch;
  const seq = kept ? Math.max(resumed, cursor.seq) : resumed;
  const missed = !kept || (resumed > cursor.seq && cursor.epoch !== null);
  return {
    cursor: { sessionId: frame.sessionId, epoch: frame.epoch ?? null, seq },
    readHistory: cursor.sessionId !== null && missed,
  };
}

/** A numbered event: `fresh` is false for a repeat; `gap` says that at least one number before it never came. */
export function afterEvent(cursor, event) {
  if (!Number.isSafeInteger(event.seq)) return { cursor, fresh: true, gap: false };
  if (event.seq <= cursor.seq) return { cursor, fresh: false, gap: false };
  return { cursor: { ...cursor, seq: event.seq }, fresh: true, gap: event.seq > cursor.seq + 1 };
}
