import Support

/// What is known of a course's questions all together: how they fared each day, and which of them went badly.
///
/// How questions fared is counted when they end and names nobody; it stays when a conversation is deleted, for the money
/// was spent. The words of questions are read where they stand, in the conversations, and are gone with them.
package protocol Insights: Sendable {
    /// The days of `days` on which a question of the course ended or was rated, in order.
    func days(_ days: ClosedRange<Int>, of course: CourseID) async throws -> [DayFigures]
    /// Questions accepted from `start` on that were refused or whose answer was rated as bad: the newest `limit` of them,
    /// oldest first. Never who asked them, only which were asked by the same one.
    /// - Parameter reader: whose own questions are told apart.
    func gaps(in course: CourseID, since start: Timestamp, limit: Int, reader: UserID?) async throws -> [Gap]
    /// Remembers to which topic gaps belong.
    /// - Parameter topics: ids of topics by `Gap.id`; gaps that are gone are passed over.
    func setTopics(_ topics: [String: String], in course: CourseID) async throws
    /// The answers that staff wrote, by the id of the topic.
    func topicAnswers(in course: CourseID) async throws -> [String: TopicAnswer]
    /// Notes which document answers a topic; a later one takes the place of the former.
    func setAnswer(_ answer: TopicAnswer, toTopic id: String, in course: CourseID) async throws
    /// Forgets all of a course that is deleted, so that another one of its name begins with nothing.
    func removeInsights(of course: CourseID) async throws
}

/// How the questions fared that were accepted on one day (UTC) and have ended.
package struct DayFigures: Sendable, Equatable {
    /// Days since 1 January 1970.
    package let day: Int
    package var outcomes: [QuestionOutcome: Int]
    /// From acceptance to the end, of those that got an answer, refusals among them.
    package var times: AnswerTimes
    package var costUSD: Double
    /// Answers to questions of the day that were rated as good, and as bad.
    package var up: Int
    package var down: Int

    package init(
        day: Int, outcomes: [QuestionOutcome: Int] = [:], times: AnswerTimes = AnswerTimes(), costUSD: Double = 0,
        up: Int = 0, down: Int = 0
    ) {
        self.day = day
        self.outcomes = outcomes
        self.times = times
        self.costUSD = costUSD
        self.up = up
        self.down = down
    }
}

/// A question that went badly.
package struct Gap: Sendable, Equatable {
    /// The answer's message.
    package let id: String
    package let question: String
    package let askedAt: Timestamp
    /// The same number for the same student, within one list.
    package let student: Int
    /// Whether it is the reader's own.
    package let isReaders: Bool
    /// Whether it was asked by one of the course's staff, as such.
    package let isStaffs: Bool
    package let wasRefused: Bool
    package let isBadlyRated: Bool
    /// What was said of the answer.
    package let comment: String?
    /// The topic it was last found to belong to.
    package let topic: String?

    package init(
        id: String, question: String, askedAt: Timestamp, student: Int, isReaders: Bool = false,
        isStaffs: Bool = false, wasRefused: Bool = true, isBadlyRated: Bool = false, comment: String? = nil,
        topic: String? = nil
    ) {
        self.id = id
        self.question = question
        self.askedAt = askedAt
        self.student = student
        self.isReaders = isReaders
        self.isStaffs = isStaffs
        self.wasRefused = wasRefused
        self.isBadlyRated = isBadlyRated
        self.comment = comment
        self.topic = topic
    }
}

/// The document by which staff answered a topic.
package struct TopicAnswer: Sendable, Equatable {
    package let documentID: String
    package let name: String
    package let at: Timestamp

    package init(documentID: String, name: String, at: Timestamp) {
        self.documentID = documentID
        self.name = name
        self.at = at
    }
}
