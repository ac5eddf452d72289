import AWS
import ChatService
import Support

/// What questions are counted by, and what they cost, each within the transaction that makes it true.
///
/// What a user asked stands in the user's partition, and counts there; what a course's answers cost stands in the
/// course's, by answer and by hour, and names nobody.
enum UsageItems {
    /// Longer than a course with its exams: a budget for an assignment has no end of its own.
    static let age = Duration.seconds(400 * 24 * 3600)
    /// Answers of a course that tell what one costs.
    private static let sample = 20

    /// - Throws: `PolicyDenied` when a limit of the submission is reached. The caller writes the user's line as well, so
    ///   that of two at once one comes after the other.
    static func check(_ submission: Submission, _ transaction: CloudTransaction) async throws {
        for limit in submission.admission.limits {
            let query = query(limit.filter, of: submission.user, in: submission.course)
            let found = try await transaction.first(limit.most, query) { isCounted($0, limit.filter) }
            guard found.count < limit.most else { throw PolicyDenied(limit.denial, in: submission.admission.language) }
        }
    }

    static func enter(_ job: Job, _ transaction: CloudTransaction) {
        guard let question = job.task.question else { return }
        var item: Item = ["mode": .s(question.mode.rawValue), "job": .s(job.id), "course": .s(job.course.name)]
        item[text: "assignment"] = question.asker.assignment
        item[flag: "isStaff"] = question.asker.isStaff
        // What staff have done again was counted when it was asked, or given back.
        item[flag: "isCounted"] = job.redriveOf == nil
        transaction.put(
            item.kept(until: job.acceptedAt + age), at: ChatKey.asked(job.user, job.course.name, job.acceptedAt, job.id)
        )
    }

    /// Notes what the answer cost.
    static func settle(_ job: JobItem, cost: Double, _ transaction: CloudTransaction) {
        guard cost > 0 else { return }
        transaction.put(
            (["cost": .n(String(cost))] as Item).kept(until: job.acceptedAt + age),
            at: ChatKey.cost(job.course, job.acceptedAt, job.id))
        transaction.add(ChatKey.cost(job.course, hour: ChatKey.hour(job.acceptedAt)), ["cost": cost])
    }

    /// The question failed: it does not count, but what a model was paid for it does.
    /// - Returns: what it is taken to have cost.
    static func giveBack(
        _ job: JobItem, wasPaid: Bool = false, _ transaction: CloudTransaction
    ) async throws -> Double {
        let cost = wasPaid ? try await estimate(job, transaction) : 0
        let key = ChatKey.asked(job.user, job.course, job.acceptedAt, job.id)
        guard var item = try await transaction.item(key), item.flag("isCounted") else { return cost }
        item[flag: "isCounted"] = false
        transaction.put(item, at: key)
        return cost
    }

    /// Its owner took the question back. Before anybody worked on it that costs nothing; afterwards most of the answer may
    /// have been read, and paid for: it counts.
    /// - Returns: what it is taken to have cost.
    static func cancel(_ job: JobItem, _ transaction: CloudTransaction) async throws -> Double {
        try await job.attempt == 0 ? giveBack(job, transaction) : estimate(job, transaction)
    }

    /// What a question cost that ended without an answer is taken to be what the course's last answers did.
    private static func estimate(_ job: JobItem, _ transaction: CloudTransaction) async throws -> Double {
        let query = ItemQuery(ChatKey.costs(job.course), .begins(ChatKey.costOf)).backwards.first(sample)
        let costs = try await transaction.first(sample, query).compactMap { $0.double("cost") }
        guard !costs.isEmpty else { return 0 }
        let cost = costs.reduce(0, +) / Double(costs.count)
        settle(job, cost: cost, transaction)
        return cost
    }

    /// The user's questions in the course since then.
    static func query(_ filter: UsageFilter, of user: UserID, in course: CourseID) -> ItemQuery {
        let prefix = ChatKey.askedIn(course.name)
        let from = filter.since.map { ChatKey.text($0 + .milliseconds(1)) } ?? ""
        // `~` comes after all digits.
        return ItemQuery(ChatKey.user(user), .between(prefix + from, prefix + "~"))
    }

    static func isCounted(_ item: Item, _ filter: UsageFilter) -> Bool {
        item.flag("isCounted") && !item.flag("isStaff")
            && (filter.mode.map { $0.rawValue == item.text("mode") } ?? true)
            && (filter.assignment.map { $0 == item.text("assignment") } ?? true)
    }
}
