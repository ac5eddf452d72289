// The messages of a conversation, as the server lists them, put together as questions with their answers.

/**
 * @returns {{question: string, answer: object|null}[]} each answer as the `message_completed` event it once was; null
 *   when none has come (yet)
 */
export function turnsOf(messages) {
  const turns = [];
  const byJob = new Map();
  for (const message of messages) {
    if (message.role === "user") {
      turns.push({ question: message.content, answer: null });
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
