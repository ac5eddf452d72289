import AWS
import ChatService
import Support

/// A message as it stands in the table, and the pointer by which it is found from its id.
struct MessageItem {
    /// Bytes of an answer with all it cites: an item of DynamoDB has 400 KB.
    static let most = 350_000

    let id: String
    let role: Turn.Role
    let content: String
    let createdAt: Timestamp
    let jobID: String
    let traceID: String
    /// The JSON of an answer without its text.
    var details: String?
    /// Where an answer's question stands, and when that was asked.
    var question: Int64?
    var askedAt: Timestamp?
    var rating: Rating.Verdict?
    var comment: String?
    var ratedAt: Timestamp?
    /// Whether an answer's question was asked by staff.
    var isStaffs = false
    /// How a question was asked.
    var mode: AnswerMode?
    var assignment: String?

    static func question(_ text: String, id: String, _ accepted: Accepted) -> MessageItem {
        MessageItem(
            id: id, role: .user, content: text, createdAt: accepted.acceptedAt, jobID: accepted.jobID,
            traceID: accepted.traceID)
    }

    init(
        id: String, role: Turn.Role, content: String, createdAt: Timestamp, jobID: String, traceID: String
    ) {
        (self.id, self.role, self.content) = (id, role, content)
        (self.createdAt, self.jobID, self.traceID) = (createdAt, jobID, traceID)
    }

    /// - Throws: `CloudStoreError.unreadable`.
    init(_ item: Item) throws {
        self.init(
            id: try item.needed("id"), role: item.text("role").flatMap(Turn.Role.init) ?? .user,
            content: item.text("content") ?? "", createdAt: try item.neededMoment("createdAt"),
            jobID: item.text("job") ?? "", traceID: item.text("trace") ?? "")
        details = item.text("details")
        question = item.int64("question")
        askedAt = item.moment("askedAt")
        rating = item.int("rating").flatMap(Rating.Verdict.init)
        comment = item.text("comment")
        ratedAt = item.moment("ratedAt")
        isStaffs = item.flag("isStaffs")
        mode = item.text("mode").flatMap(AnswerMode.init)
        assignment = item.text("assignment")
    }

    var item: Item {
        var item: Item = [
            "id": .s(id), "role": .s(role.rawValue), "content": .s(content), "job": .s(jobID), "trace": .s(traceID),
            "createdAt": .n(String(createdAt.milliseconds)),
        ]
        item[text: "details"] = details
        item["question"] = question.map { .n(String($0)) }
        item[moment: "askedAt"] = askedAt
        item[int: "rating"] = rating?.rawValue
        item[text: "comment"] = comment
        item[moment: "ratedAt"] = ratedAt
        item[flag: "isStaffs"] = isStaffs
        item[text: "mode"] = mode?.rawValue
        item[text: "assignment"] = assignment
        return item
    }

    /// Stores it at a place in the conversation, with its pointer.
    func put(in conversation: ConversationItem, _ ordinal: Int64, _ transaction: CloudTransaction) {
        transaction.put(item, at: ChatKey.message(conversation.id, ordinal))
        transaction.put(
            [
                "conversation": .s(conversation.id), "ordinal": .n(String(ordinal)), "user": .s(conversation.user.name),
                "course": .s(conversation.course.name),
            ], at: ChatKey.pointer(id))
    }

    func answer() throws -> Answer? {
        var answer = try details.map { try JSONText.decode(Answer.self, from: $0) }
        answer?.content = content
        return answer
    }

    func message() throws -> Message {
        Message(
            id: id, role: role, content: content, createdAt: createdAt, jobID: jobID, traceID: traceID,
            answer: try answer(), rating: rating, comment: comment, mode: mode, assignment: assignment)
    }

    func turn() throws -> Turn {
        let answer = try answer()
        let documents = answer?.documents ?? []
        return Turn(
            role: role, content: content, documents: documents.isEmpty ? nil : documents, quiz: answer?.quiz)
    }
}

extension Item {
    /// The number of a message, from its place.
    var ordinal: Int64? { text("sk").flatMap { Int64($0.dropFirst(ChatKey.messages.count)) } }
}
