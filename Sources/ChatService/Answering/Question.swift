import Support

/// What a student wants to know, with all that is needed to answer it.
package struct Question: Sendable {
    package var text: String
    package var course: CourseID
    package var mode: AnswerMode
    /// The conversation so far, oldest first, this question not included.
    package var history: [Turn]
    /// When the answer must be there, by `TimeSource.elapsed`; nil for no limit.
    package var deadline: Duration?

    package init(
        text: String, course: CourseID, mode: AnswerMode = .answer, history: [Turn] = [], deadline: Duration? = nil
    ) {
        self.text = text
        self.course = course
        self.mode = mode
        self.history = history
        self.deadline = deadline
    }
}

/// How much of the answer a student gets (contract, section 1).
package enum AnswerMode: String, Codable, Sendable, CaseIterable {
    case answer, hint, socratic, quiz
}

/// One message of a conversation.
package struct Turn: Sendable, Equatable, Codable {
    package enum Role: String, Sendable, Codable { case user, assistant }
    package let role: Role
    package let content: String

    package init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}
