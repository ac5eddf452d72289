import Support

/// Where it is known how questions fared.
package protocol AnswerRecord: Sendable {
    /// How the last accepted questions fared: those of `window`, at most `limit` of them, the newest first.
    ///
    /// Questions that are still open count only when they are at least `patience` old; those that their owner took back
    /// within it do not count, nor do greetings and thanks.
    func answers(within window: Duration, patience: Duration, limit: Int) async throws -> AnswerTally
}

/// How some questions fared.
package struct AnswerTally: Sendable, Equatable {
    /// Answered from the course: whole, grounded, by a language model unless none is configured.
    package var good = 0
    /// Answered without a citation that holds: the course does not cover it, or the model does not cite.
    package var ungrounded = 0
    /// Passages quoted, because no language model could be reached.
    package var degraded = 0
    package var failed = 0
    /// Not answered yet, or taken back for want of an answer.
    package var unanswered = 0
    /// When the newest of them was accepted.
    package var newest: Timestamp?

    package init(
        good: Int = 0, ungrounded: Int = 0, degraded: Int = 0, failed: Int = 0, unanswered: Int = 0,
        newest: Timestamp? = nil
    ) {
        self.good = good
        self.ungrounded = ungrounded
        self.degraded = degraded
        self.failed = failed
        self.unanswered = unanswered
        self.newest = newest
    }

    package var questions: Int { good + ungrounded + degraded + failed + unanswered }

    /// From 0 to 1; nil without questions.
    package var rate: Double? { questions == 0 ? nil : Double(good) / Double(questions) }
}
