import AWS
import ChatService
import Support

extension CloudChatStore: ConversationSearch {
    /// Conversations that one call looks at.
    private static let mostLooked = 200
    /// Bytes of messages that one call reads before it leaves the rest to the next.
    private static let mostRead = 8 << 20
    /// Messages of one conversation that are looked at.
    private static let mostMessages = 2_000

    /// Reads through the messages: an index of all words would keep what a student has deleted.
    package func conversations(
        of user: UserID, holding phrase: SearchPhrase, answersIn courses: Set<CourseID>?, after cursor: PageCursor?,
        limit: Int
    ) async throws -> Page<FoundConversation> {
        let (conversations, more) = try await listed(of: user, after: cursor, limit: Self.mostLooked)
        var (found, scratch, read) = ([FoundConversation](), [UInt8](), 0)
        var (last, isWhole): (Conversation?, Bool) = (nil, more == nil)
        for conversation in conversations.map(\.conversation) {
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
            let query = ItemQuery("CONV#\(conversation.id)", .begins(ChatKey.messages))
            for item in try await table.first(Self.mostMessages, query) {
                guard try withAnswers || MessageItem(item).role == .user else { continue }
                let text = item.text("content") ?? ""
                read += text.utf8.count
                guard let snippet = phrase.snippet(of: text, &scratch) else { continue }
                found.append(FoundConversation(conversation: conversation, snippet: snippet))
                break
            }
        }
        let next = last.map { PageCursor(order: $0.updatedAt.milliseconds, id: $0.id) } ?? more
        return Page(items: found, next: isWhole ? nil : next)
    }
}

extension CloudChatStore: QuizRecord {
    /// Conversations and messages of a user that are looked through.
    private static let mostConversations = 500
    private static let mostAnswers = 20_000

    package func quizzes(of user: UserID, in course: CourseID, limit: Int) async throws -> [Quiz] {
        let (conversations, _) = try await listed(of: user, after: nil, limit: Self.mostConversations)
        var (found, looked): ([(Timestamp, Quiz)], Int) = ([], 0)
        for conversation in conversations where conversation.course == course && looked < Self.mostAnswers {
            let query = ItemQuery("CONV#\(conversation.id)", .begins(ChatKey.messages)).backwards
            for item in try await table.first(Self.mostAnswers - looked, query) {
                looked += 1
                let message = try MessageItem(item)
                if let quiz = try message.answer()?.quiz { found.append((message.createdAt, quiz)) }
            }
        }
        return found.sorted { $0.0 > $1.0 }.prefix(limit).map(\.1)
    }
}
