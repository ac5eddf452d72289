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
    /// Who asks, as far as rules go by it.
    package var asker: Asker
    /// What the rules of the course say of it.
    package var rules = QuestionRules()

    package init(
        text: String, course: CourseID, mode: AnswerMode = .answer, history: [Turn] = [], deadline: Duration? = nil,
        asker: Asker = Asker()
    ) {
        self.asker = asker
        self.text = text
        self.course = course
        self.mode = mode
        self.history = history
        self.deadline = deadline
    }
}

/// Who asks a question.
package struct Asker: Sendable, Equatable {
    /// Of the course's staff, whom its rules do not keep from its documents.
    package var isStaff: Bool
    /// The assignment that the question is about, where it names one.
    package var assignment: String?

    package init(isStaff: Bool = false, assignment: String? = nil) {
        self.isStaff = isStaff
        self.assignment = assignment
    }
}

/// What the rules of a course say of one question (`GovernedAnswering`).
package struct QuestionRules: Sendable, Equatable {
    /// Documents that count as if they were not in the course.
    package var hidden: Set<String> = []
    /// Documents of which no words may stand in what guides a student.
    package var guarded: Set<String> = []
    /// Of the answer, `pt` or `en`; nil for that of the question.
    package var language: String?
    /// nil for the answerer's own setting.
    package var unsupported: UnsupportedSentences?
    /// Whether the answer may cost nothing.
    package var isQuotingOnly = false

    package init() {}
}

/// One message of a conversation.
package struct Turn: Sendable, Equatable, Codable {
    package enum Role: String, Sendable, Codable { case user, assistant }
    package let role: Role
    package let content: String
    /// The documents that an answer draws on; nil where that is not known, as for what users write.
    package var documents: [String]?
    /// The quiz that an answer carries on.
    package var quiz: Quiz?

    package init(role: Role, content: String, documents: [String]? = nil, quiz: Quiz? = nil) {
        self.role = role
        self.content = content
        self.documents = documents
        self.quiz = quiz
    }
}
