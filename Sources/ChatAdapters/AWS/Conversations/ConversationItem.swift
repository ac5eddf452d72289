import AWS
import ChatService
import Support

/// A conversation as it stands in the table. Its messages stand behind it in the same partition, numbered by `last`; whoever
/// adds one writes this item too, so that numbers are given out once.
struct ConversationItem {
    let id: String
    let user: UserID
    let course: CourseID
    var title: String
    let createdAt: Timestamp
    private(set) var updatedAt: Timestamp
    private var last: Int64
    /// The day under which it stands in the list of conversations by use; nil for none yet.
    private var listed: Int?

    init(_ conversation: Conversation, user: UserID) {
        (id, course, title) = (conversation.id, conversation.course, conversation.title)
        (createdAt, updatedAt) = (conversation.createdAt, conversation.updatedAt)
        self.user = user
        last = 0
    }

    /// - Throws: for an item that this program did not write.
    init(_ item: Item) throws {
        id = try item.needed("id")
        user = UserID(try item.needed("user"))
        course = try CourseID(try item.needed("course"))
        title = item.text("title") ?? ""
        createdAt = try item.neededMoment("createdAt")
        updatedAt = try item.neededMoment("updatedAt")
        last = item.int64("last") ?? 0
        listed = item.int("listed")
    }

    var conversation: Conversation {
        Conversation(id: id, course: course, title: title, createdAt: createdAt, updatedAt: updatedAt)
    }

    /// Marks it as used.
    mutating func use(at moment: Timestamp) { updatedAt = moment }

    /// Marks it as used and gives out the number of its next message.
    mutating func append(at moment: Timestamp) -> Int64 {
        use(at: moment)
        last += 1
        return last
    }

    /// Whether a message stands behind that number.
    func hasMessages(after ordinal: Int64) -> Bool { ordinal < last }

    func put(_ transaction: CloudTransaction) {
        var item: Item = [
            "id": .s(id), "user": .s(user.name), "course": .s(course.name), "title": .s(title),
            "createdAt": .n(String(createdAt.milliseconds)), "updatedAt": .n(String(updatedAt.milliseconds)),
            "last": .n(String(last)), "gpk": .s(ChatKey.user(user)), "gsk": .s(ChatKey.text(updatedAt, id)),
        ]
        let day = updatedAt.day
        item[int: "listed"] = day
        if listed != day {
            if let listed { transaction.delete(ChatKey.used(listed, id)) }
            transaction.put(["user": .s(user.name)], at: ChatKey.used(day, id))
        }
        transaction.put(item, at: ChatKey.conversation(id))
    }

    /// Takes it away, leaving a note of what is to be deleted.
    func remove(_ transaction: CloudTransaction) {
        transaction.delete(ChatKey.conversation(id))
        if let listed { transaction.delete(ChatKey.used(listed, id)) }
        transaction.put(
            ["user": .s(user.name), "at": .n(String(transaction.now.milliseconds))], at: ChatKey.gone(id))
    }
}

extension CloudTransaction {
    /// The conversation, whosever it is.
    func conversation(_ id: String) async throws -> ConversationItem? {
        guard RandomIdentifier.isWellFormed(id), let item = try await item(ChatKey.conversation(id)) else { return nil }
        return try ConversationItem(item)
    }
}
