import Support

/// A question as a client of OpenAI's chat completions asks it (https://platform.openai.com/docs/api-reference/chat),
/// brought into the form in which every other question is asked. A pure value; docs/api.md has the table of parameters.
struct CompletionRequest: Sendable, Equatable {
    /// Messages of one request.
    static let mostMessages = 1_000
    /// Earlier messages that are handed on, as many as the worker reads of a conversation of its own.
    static let mostTurns = 12

    /// As the client named it.
    let model: String
    let course: CourseID
    /// The last message of the user.
    let question: String
    /// What was said before; nil where a conversation of ours is continued, whose history is known.
    let given: [Turn]?
    let mode: AnswerMode
    let conversation: String?
    let streams: Bool
    let includesUsage: Bool
    /// Parameters and messages that were left aside, for the client to know.
    let ignored: [String]

    /// - Throws: `Problem` 400, or 404 for a model no course can be.
    init(_ object: [String: JSONValue]) throws {
        var fields = FieldReader(object)
        model = fields.text("model", limit: 80)
        let options = CompletionOptions(object, &fields)
        var messages = CompletionMessages(object["messages"], &fields)
        let own = Self.extension(object["gepeto"], &fields)
        try fields.check()
        guard let course = Self.course(ofModel: model) else { throw Self.unknownModel(model) }
        self.course = course
        guard let question = messages.question else {
            throw Problem.invalid("/messages", "The last message must be the user's question.")
        }
        self.question = question
        (mode, conversation) = (own.mode, own.conversation)
        given = own.conversation == nil ? messages.turns.suffix(Self.mostTurns) : nil
        (streams, includesUsage) = (options.streams, options.includesUsage)
        if own.conversation != nil, !messages.turns.isEmpty { messages.ignored.append("messages before the last") }
        ignored = Array((options.ignored + messages.ignored).prefix(32))
    }

    /// The fields of `POST /api/chat` for the same question.
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "message": .string(question), "course": .string(course.name), "mode": .string(mode.rawValue),
        ]
        if let conversation { fields["conversationId"] = .string(conversation) }
        return fields
    }

    /// `course:algoritmos`, or `algoritmos` alone.
    static func course(ofModel name: String) -> CourseID? {
        try? CourseID(name.hasPrefix("course:") ? String(name.dropFirst(7)) : name)
    }

    static func unknownModel(_ name: String) -> Problem {
        let detail = "There is no model '\(name)' for you; GET /api/v1/models lists those there are, one a course."
        return Problem(
            404, "model_not_found", "Unknown model", detail,
            errors: [Problem.FieldError(pointer: "/model", detail: detail)])
    }

    /// What only this server knows: `{"mode", "conversationId"}`.
    private static func `extension`(
        _ value: JSONValue?, _ fields: inout FieldReader
    ) -> (mode: AnswerMode, conversation: String?) {
        switch value {
        case nil, .null?: return (.answer, nil)
        case .object(let object)?:
            var own = FieldReader(object)
            let (mode, conversation) = (own.mode(), own.string("conversationId"))
            for error in own.errors { fields.fail("gepeto" + error.pointer, error.detail) }
            return (mode, conversation)
        default:
            fields.fail("gepeto", "'gepeto' must be an object: {\"mode\", \"conversationId\"}.")
            return (.answer, nil)
        }
    }
}
