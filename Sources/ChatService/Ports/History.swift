import Support

/// The conversations of each user. Every method sees the user's own only; what is another's does not exist.
package protocol History: Sendable {
    func createConversation(user: UserID, course: CourseID, title: String) async throws -> Conversation
    func conversation(_ id: String, user: UserID) async throws -> Conversation?
    /// The last used first, after `cursor`, at most `limit`.
    func conversations(user: UserID, after cursor: PageCursor?, limit: Int) async throws -> Page<Conversation>
    /// - Returns: nil when there is none.
    func rename(_ id: String, user: UserID, title: String) async throws -> Conversation?
    /// Deletes a conversation and all it holds for good; its open jobs end as cancelled.
    /// - Returns: the ids of the jobs so ended, whose terminal events have yet to be published; nil when there is no
    ///   such conversation.
    func delete(_ id: String, user: UserID) async throws -> [String]?
    /// Oldest first, after `cursor`, at most `limit`; nil when there is no such conversation.
    func messages(of id: String, user: UserID, after cursor: PageCursor?, limit: Int) async throws -> Page<Message>?
    /// What was said before the one that asks, the last `limit` messages, oldest first: each earlier question with its
    /// answer behind it, also one that came when this question had been asked already.
    func turns(before question: AskedQuestion, limit: Int) async throws -> [Turn]
}

package struct Conversation: Sendable, Equatable {
    package let id: String
    package let course: CourseID
    package let title: String
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package init(id: String, course: CourseID, title: String, createdAt: Timestamp, updatedAt: Timestamp) {
        self.id = id
        self.course = course
        self.title = title
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Characters of a title.
    package static let longestTitle = 120

    /// The title of a conversation that begins with `message`: its first line, cut between words.
    package static func title(for message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let limit = 80
        guard line.count > limit else { return line }
        let head = line.prefix(limit)
        let cut = head.lastIndex(where: \.isWhitespace).map { head[..<$0] } ?? head
        return cut + "…"
    }
}

package struct Message: Sendable, Equatable {
    package let id: String
    package let role: Turn.Role
    package let content: String
    package let createdAt: Timestamp
    package let jobID: String
    package let traceID: String
    /// What an assistant's message is made of; nil for a user's.
    package let answer: Answer?
    /// What its reader said of an answer.
    package let rating: Rating.Verdict?
    package let comment: String?
    /// How a user's message was asked; nil where that is known no longer, and for an answer.
    package let mode: AnswerMode?
    package let assignment: String?

    package init(
        id: String, role: Turn.Role, content: String, createdAt: Timestamp, jobID: String, traceID: String,
        answer: Answer?, rating: Rating.Verdict? = nil, comment: String? = nil, mode: AnswerMode? = nil,
        assignment: String? = nil
    ) {
        self.id = id
        self.role = role
        self.content = content
        self.createdAt = createdAt
        self.jobID = jobID
        self.traceID = traceID
        self.answer = answer
        self.rating = rating
        self.comment = comment
        self.mode = mode
        self.assignment = assignment
    }
}

/// One page of a list; `next` leads on, nil at the end.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let next: PageCursor?

    package init(items: [Item], next: PageCursor?) {
        self.items = items
        self.next = next
    }
}

/// A place in an ordered list: what was last seen, so that new items never shift a page.
package struct PageCursor: Sendable, Equatable {
    package let order: Int64
    /// Decides between items of the same order; empty where the order alone does.
    package let id: String

    package init(order: Int64, id: String = "") {
        self.order = order
        self.id = id
    }

    /// The form clients carry; nil when `text` is not one made by `text`.
    package init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let order = Int64(parts[0]), order >= 0 else { return nil }
        guard parts[1].isEmpty || RandomIdentifier.isWellFormed(String(parts[1])) else { return nil }
        self.init(order: order, id: String(parts[1]))
    }

    package var text: String { "\(order)-\(id)" }
}
