// The messages of a conversation, as the server lists them, put together as questions with their answers.

/**
 * @returns {{question: string, manner: {mode?: string, assignment?: string}, jobId?: string, answer: object|null}[]} how
 *   it was to be answered, as far as the server still knows; each answer as the `message_completed` event it once was; null
 *   when none has come (yet)
 */
export function turnsOf(messages) {
  const turns = [];
  const byJob = new Map();
  for (const message of messages) {
    if (message.role === "user") {
      const { mode, assignment, jobId } = message;
      turns.push({ question: message.content, manner: { mode, assignment }, jobId, answer: null });
      if (message.jobId) byJob.set(message.jobId, turns.at(-1));
    } else if (message.role === "assistant") {
      // Its own question need not be the last one: the next may have been asked before this one was answered.
      const turn = byJob.get(message.jobId) ?? turns.at(-1);
      if (turn && !turn.answer) {
        turn.answer = { ...message, event: "message_completed", jobId: message.jobId ?? message.id };
      }
    }
  }
  return turns;
}
