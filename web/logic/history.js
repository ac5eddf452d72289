// The messages of a conversation, as the server lists them, put together as questions with their answers.

/**
 * @returns {{question: string, answer: object|null}[]} each answer as the `message_completed` event it once was; null
 *   when none has come (yet)
 */
export function turnsOf(messages) {
  const turns = [];
  for (const message of messages) {
    if (message.role === "user") turns.push({ question: message.content, answer: null });
    else if (message.role === "assistant" && turns.length && !turns.at(-1).answer) {
      turns.at(-1).answer = { ...message, event: "message_completed", jobId: message.jobId ?? message.id };
    }
  }
  return turns;
}
