import AWS
import ChatService
import Support

extension CloudChatStore: Feedback {
    package func rate(message id: String, _ rating: Rating, user: UserID) async throws -> Bool {
        try await rate(id, user, rating)
    }

    package func withdrawRating(ofMessage id: String, user: UserID) async throws -> Bool {
        try await rate(id, user, nil)
    }

    /// The rating stands in the answer's own item, is counted in its course's day, and a bad one is a gap.
    private func rate(_ id: String, _ user: UserID, _ rating: Rating?) async throws -> Bool {
        guard Self.isKey(id) else { return false }
        return try await change { transaction in
            guard let pointer = try await transaction.item(ChatKey.pointer(id)), pointer.text("user") == user.name,
                let conversation = pointer.text("conversation"), let ordinal = pointer.int64("ordinal"),
                let course = pointer.text("course"), try await transaction.conversation(conversation) != nil,
                let item = try await transaction.item(ChatKey.message(conversation, ordinal))
            else { return false }
            var message = try MessageItem(item)
            guard message.role == .assistant, let askedAt = message.askedAt, let question = message.question else {
                return false
            }
            var counters: [String: Double] = [:]
            if let former = message.rating { counters[former.counter, default: 0] -= 1 }
            if let now = rating?.verdict { counters[now.counter, default: 0] += 1 }
            counters = counters.filter { $0.value != 0 }
            if !counters.isEmpty { transaction.add(ChatKey.rated(course, askedAt.day), counters) }
            (message.rating, message.comment) = (rating?.verdict, rating?.comment)
            message.ratedAt = rating.map { _ in transaction.now }
            transaction.put(message.item, at: ChatKey.message(conversation, ordinal))
            try await Self.setGap(
                ChatKey.gap(course, askedAt, id), isBad: rating?.verdict == .bad,
                InsightItems.gap(
                    of: id, at: ordinal, question: question, in: conversation, user: user,
                    isStaffs: message.isStaffs, wasRefused: false),
                transaction)
            return true
        }
    }

    /// What was a gap for its rating only is none any more when that is taken back.
    private static func setGap(
        _ key: ItemKey, isBad: Bool, _ gap: Item, _ transaction: CloudTransaction
    ) async throws {
        let known = try await transaction.item(key)
        if isBad, known == nil { transaction.put(gap, at: key) }
        if !isBad, let known, !known.flag("wasRefused") { transaction.delete(key) }
    }
}
