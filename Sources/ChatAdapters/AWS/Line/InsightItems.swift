import AWS
import ChatService
import Support

/// What insights are made of, within the transaction that ends a question: counters by course, day, outcome and time,
/// and the gaps.
///
/// A counter is added to without being read. That of one course, day, outcome and slot of time is the hottest item here:
/// about 50 answers a second of the same course and of the same speed, since transactions at one item come one by one.
enum InsightItems {
    /// Counts a question that was answered; one that was refused is a gap.
    static func count(
        _ answer: Answer, id: String, at ordinal: Int64, to question: Int64, of job: JobItem,
        _ transaction: CloudTransaction
    ) {
        guard let outcome = QuestionOutcome(answer) else { return }
        count(outcome, job, cost: answer.metadata.costUsd ?? 0, transaction)
        guard outcome == .refused else { return }
        transaction.put(
            gap(of: id, at: ordinal, question: question, in: job.conversation, user: job.user, wasRefused: true),
            at: ChatKey.gap(job.course, job.acceptedAt, id))
    }

    static func gap(
        of reply: String, at ordinal: Int64, question: Int64, in conversation: String, user: UserID, wasRefused: Bool
    ) -> Item {
        var item: Item = [
            "reply": .s(reply), "ordinal": .n(String(ordinal)), "question": .n(String(question)),
            "conversation": .s(conversation), "user": .s(user.name),
        ]
        item[flag: "wasRefused"] = wasRefused
        return item
    }

    /// Counts a question that ended without an answer.
    static func count(_ code: JobErrorCode, _ job: JobItem, cost: Double, _ transaction: CloudTransaction) {
        guard let outcome = QuestionOutcome(code, after: transaction.now - job.acceptedAt) else { return }
        count(outcome, job, cost: cost, transaction)
    }

    private static func count(
        _ outcome: QuestionOutcome, _ job: JobItem, cost: Double, _ transaction: CloudTransaction
    ) {
        let slot = AnswerTimes.slot(of: (transaction.now - job.acceptedAt).milliseconds)
        transaction.add(
            ChatKey.day(job.course, job.acceptedAt.day, outcome.name, slot), ["questions": 1, "cost": cost])
    }
}
