import ChatService
import SQLite
import Support

extension SQLiteChatStore: ConversationSearch {
    /// Conversations that one call looks at.
    private static let mostLooked = 1_000
    /// Bytes of messages that one call reads before it leaves the rest to the next.
    private static let mostRead = 8 << 20

    /// Reads through the messages: an index of all words would keep what a student has deleted until SQLite tidies it up.
    package func conversations(
        of user: UserID, holding phrase: SearchPhrase, answersIn courses: Set<CourseID>?, after cursor: PageCursor?,
        limit: Int
    ) async throws -> Page<FoundConversation> {
        let from = cursor ?? PageCursor(order: .max)
        return try await database.read { connection in
            let conversations = try connection.rows(
                """
                SELECT \(Self.conversationColumns) FROM conversation
                WHERE user = ? AND (updated_at, id) < (?, ?) ORDER BY updated_at DESC, id DESC LIMIT ?
                """, [SQLValue(user.name), SQLValue(from.order), SQLValue(from.id), SQLValue(Self.mostLooked)],
                Self.conversation)
            var (found, scratch, read) = ([FoundConversation](), [UInt8](), 0)
            var last: Conversation?
            var isWhole = conversations.count < Self.mostLooked
            for conversation in conversations {
                guard found.count < limit, read < Self.mostRead else {
                    isWhole = false
                    break
                }
                last = conversation
                if phrase.isIn(conversation.title) {
                    found.append(FoundConversation(conversation: conversation, snippet: nil))
                    continue
                }
                let withAnswers = courses?.contains(conversation.course) ?? true
                try connection.forEach(
                    "SELECT content FROM message WHERE conversation_id = ? AND (? OR role = 'user') ORDER BY ordinal",
                    [SQLValue(conversation.id), SQLValue(withAnswers)]
                ) { row in
                    let text = row.text(0)
                    read += text.utf8.count
                    guard let snippet = phrase.snippet(of: text, &scratch) else { return true }
                    found.append(FoundConversation(conversation: conversation, snippet: snippet))
                    return false
                }
            }
            let next = last.map { PageCursor(order: $0.updatedAt.milliseconds, id: $0.id) }
            return Page(items: found, next: isWhole ? nil : next)
        }
    }
}
