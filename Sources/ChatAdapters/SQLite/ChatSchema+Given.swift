import SQLite

extension ChatSchema {
    /// For clients that keep the conversation themselves and send it with each question.
    static let given = Migration(
        7,
        """
        -- JSON: [{"role", "content"}], the oldest first; NULL: what stands in the conversation.
        ALTER TABLE job ADD COLUMN given TEXT;
        """)
}
