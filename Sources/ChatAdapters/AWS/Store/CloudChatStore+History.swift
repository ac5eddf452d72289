import AWS
import ChatService
import Support

/// The list of conversations comes from the index, which follows the table within moments: a new one may be missing for
/// that long. All else is read as it is.
extension CloudChatStore: History {
    package func createConversation(user: UserID, course: CourseID, title: String) async throws -> Conversation {
        let now = time.now
        let conversation = Conversation(
            id: RandomIdentifier.make(at: now), course: course, title: title, createdAt: now, updatedAt: now)
        try await change { ConversationItem(conversation, user: user).put($0) }
        return conversation
    }

    package func conversation(_ id: String, user: UserID) async throws -> Conversation? {
        try await owned(id, by: user)?.conversation
    }

    /// The conversation if it is the user's.
    func owned(_ id: String, by user: UserID) async throws -> ConversationItem? {
        guard RandomIdentifier.isWellFormed(id), let item = try await table.item(ChatKey.conversation(id)) else {
            return nil
        }
        let found = try ConversationItem(item)
        return found.user == user ? found : nil
    }

    package func conversations(user: UserID, after cursor: PageCursor?, limit: Int) async throws -> Page<Conversation> {
        let (found, next) = try await listed(of: user, after: cursor, limit: limit)
        return Page(items: found.map(\.conversation), next: next)
    }

    /// The user's conversations, the last used first.
    func listed(of user: UserID, after cursor: PageCursor?, limit: Int) async throws
        -> (found: [ConversationItem], next: PageCursor?)
    {
        var query = ItemQuery(ChatKey.user(user)).index.backwards.first(limit + 1)
        if let cursor { query.range = .before("\(ChatKey.padded(cursor.order))#\(cursor.id)") }
        let places = try await table.first(limit + 1, query)
        let shown = places.prefix(limit).map(\.key)
        let items = try await table.all(Array(shown))
        // What was deleted a moment ago may still stand in the index.
        let found = try shown.compactMap { try items[$0].map(ConversationItem.init) }
        guard places.count > limit, let last = places.prefix(limit).last?.text("gsk") else { return (found, nil) }
        let parts = last.split(separator: "#")
        guard parts.count == 2, let order = Int64(parts[0]) else { throw CloudStoreError.unreadable }
        return (found, PageCursor(order: order, id: String(parts[1])))
    }

    package func rename(_ id: String, user: UserID, title: String) async throws -> Conversation? {
        try await change { transaction in
            guard var found = try await transaction.conversation(id), found.user == user else { return nil }
            found.title = title
            found.put(transaction)
            return found.conversation
        }
    }

    package func messages(of id: String, user: UserID, after cursor: PageCursor?, limit: Int) async throws
        -> Page<Message>?
    {
        guard try await owned(id, by: user) != nil else { return nil }
        let from = ChatKey.messages + ChatKey.padded((cursor?.order ?? 0) + 1)
        let query = ItemQuery("CONV#\(id)", .between(from, ChatKey.messages + "~")).first(limit + 1)
        let found = try await table.first(limit + 1, query)
        let items = found.prefix(limit)
        return Page(
            items: try items.map { try MessageItem($0).message() },
            next: found.count > limit ? items.last?.ordinal.map { PageCursor(order: $0) } : nil)
    }

    /// Messages that are looked through for those that were said before a question.
    private static let mostLooked = 2_000

    package func turns(before question: AskedQuestion, limit: Int) async throws -> [Turn] {
        guard let asked = try await table.item(ChatKey.pointer(question.messageID))?.int64("ordinal") else { return [] }
        let query = ItemQuery("CONV#\(question.conversationID)", .begins(ChatKey.messages)).backwards
        // From the end, where the answers stand, until as many questions before this one were found as are wanted.
        var (questions, answers, looked): ([(Int64, MessageItem)], [Int64: [MessageItem]], Int) = ([], [:], 0)
        var page = query.first(limit * 2 + 10)
        while questions.count < limit, looked < Self.mostLooked {
            let found = try await table.page(page)
            looked += found.items.count
            for item in found.items {
                let message = try MessageItem(item)
                if message.role == .assistant, let question = message.question {
                    answers[question, default: []].insert(message, at: 0)
                } else if message.role == .user, let ordinal = item.ordinal, ordinal < asked {
                    questions.append((ordinal, message))
                }
            }
            guard let next = found.next else { break }
            page.after = next
        }
        let said = questions.prefix(limit).reversed().flatMap { ordinal, message in
            [message] + (answers[ordinal] ?? [])
        }
        return try said.suffix(limit).map { try $0.turn() }
    }
}
