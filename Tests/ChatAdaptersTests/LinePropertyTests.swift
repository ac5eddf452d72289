import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// Random histories of the line against a plain model, from seeds: a failing one can be met again.
@Suite("Order and fairness, at random", .timeLimit(.minutes(5)))
struct LinePropertyTests {
    @Test("Whatever happens, the line is what the model says, and its invariants hold", arguments: 1...12)
    func histories(seed: Int) async throws {
        var history = try LineHistory(seed: UInt64(seed))
        for _ in 0..<200 {
            try await history.step()
            try await history.check()
        }
        try await history.drain()
        #expect(history.ended == history.accepted)
    }
}

/// One random history: the store, the model, and what was seen from outside.
private struct LineHistory {
    private static let visibility = Duration.seconds(30)
    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let users = ["ana", "bia", "caio"].map { UserID($0) }
    private var random: LinearCongruential
    private var model: LineModel
    private var store: SQLiteChatStore
    private var leases: [Lease] = []
    private var conversations: [(id: String, user: UserID)] = []
    /// The questions of each conversation that were not ended before their first lease, in the order of that lease.
    private var firstLeases: [String: [Int]] = [:]
    private var numbers: [String: Int] = [:]
    private(set) var accepted = 0
    private(set) var ended = 0

    init(seed: UInt64) throws {
        random = LinearCongruential(seed: seed)
        var limits = JobLimits()
        limits.tries = 3
        limits.activePerUser = Int.random(in: 1...3, using: &random)
        model = LineModel(limits: limits)
        folder = try TemporaryFolder()
        store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), limits: limits, time: time)
    }

    private var now: Timestamp { time.steady }

    mutating func step() async throws {
        time.advance(by: .milliseconds(1))
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<34: try await accept()
        case 34..<58: try await lease()
        case 58..<64: try await retry()
        case 64..<68: try await release()
        case 68..<71: try await renew()
        case 71..<83: try await finish()
        case 83..<88: try await end()
        case 88..<91: try await deleteConversation()
        case 91..<97: time.advance(by: .seconds(Int.random(in: 1...40, using: &random)))
        case 97..<98: time.setWallClock(by: .seconds(Int.random(in: -10_000...10_000, using: &random)))
        default: try await reopen()
        }
        try await sweep()
    }

    /// The table is the model's list, and the invariants hold of it.
    func check() async throws {
        let rows = try await store.database.read { connection in
            try connection.rows(
                """
                SELECT id, user, conversation_id, deadline, parked, due_at, state, attempt, tries FROM job
                WHERE is_open = 1 ORDER BY number
                """
            ) { row in
                LineModel.Question(
                    id: row.text(0), user: row.text(1), conversation: row.text(2), deadline: row.timestamp(3),
                    isParked: row.int(4) == 1, due: row.timestamp(5), isLeased: row.text(6) == "leased",
                    attempt: row.int(7), tries: row.int(8))
            }
        }
        #expect(rows.map(\.id) == model.open.map(\.id))
        for (row, question) in zip(rows, model.open) {
            // When a parked one would be due means nothing.
            var expected = question
            if row.isParked { expected.due = row.due }
            #expect(row == expected)
        }
        #expect(try await store.depth() == rows.count)
        for (_, questions) in Dictionary(grouping: rows, by: \.conversation) {
            #expect(!questions.dropFirst().contains { !$0.isParked })
        }
        for (_, questions) in Dictionary(grouping: rows, by: \.user) {
            let active = questions.count { !$0.isParked }
            #expect(active <= model.limits.activePerUser)
            let couldGo = questions.filter { question in
                question.isParked && questions.first { $0.conversation == question.conversation } == question
            }
            #expect(couldGo.isEmpty || active == model.limits.activePerUser)
        }
        for numbers in firstLeases.values { #expect(numbers == numbers.sorted()) }
    }

    /// Finishes all that is open.
    mutating func drain() async throws {
        while !model.open.isEmpty {
            time.advance(by: .milliseconds(1))
            if let lease = try await lease() {
                try await finish(lease)
            } else {
                time.advance(by: .seconds(10))
            }
            try await sweep()
            try await check()
        }
    }

    private mutating func accept() async throws {
        let user = users[Int.random(in: 0..<users.count, using: &random)]
        let mine = conversations.filter { $0.user == user }
        let known = Bool.random(using: &random) ? mine.randomElement(using: &random)?.id : nil
        let accepted = try await store.accept(
            Submission(
                user: user, message: "O que é recursão?", course: try CourseID("algoritmos"), traceID: "t",
                conversationID: known))
        if known == nil { conversations.append((accepted.conversationID, user)) }
        model.accept(accepted.jobID, user: user.name, conversation: accepted.conversationID, at: now)
        numbers[accepted.jobID] = self.accepted
        self.accepted += 1
    }

    @discardableResult
    private mutating func lease() async throws -> Lease? {
        let expected = model.next(at: now)
        let lease = try await store.lease(for: Self.visibility)
        #expect(lease?.job.id == expected?.id)
        guard let lease else { return nil }
        model.lease(lease.job.id, until: now + Self.visibility)
        if lease.attempt == 1, let number = numbers[lease.job.id], let question = lease.job.task.question {
            firstLeases[question.conversationID, default: []].append(number)
        }
        leases.append(lease)
        return lease
    }

    /// One of the last leases, held or lost.
    private mutating func anyLease() -> Lease? { leases.suffix(6).randomElement(using: &random) }

    private mutating func retry() async throws {
        guard let lease = anyLease() else { return }
        let delay = Duration.seconds(Int.random(in: 0...20, using: &random))
        #expect(try await store.retry(lease, after: delay, because: "timeout") == model.holds(lease))
        if model.holds(lease) { model.giveBack(lease.job.id, due: now + delay, countsTry: true) }
    }

    private mutating func release() async throws {
        guard let lease = anyLease() else { return }
        #expect(try await store.release(lease) == model.holds(lease))
        if model.holds(lease) { model.giveBack(lease.job.id, due: now, countsTry: false) }
    }

    private mutating func renew() async throws {
        guard let lease = anyLease() else { return }
        #expect(try await store.renew(lease, for: Self.visibility) == model.holds(lease))
        if model.holds(lease) { model.renew(lease.job.id, until: now + Self.visibility) }
    }

    private mutating func finish() async throws {
        if let lease = anyLease() { try await finish(lease) }
    }

    private mutating func finish(_ lease: Lease) async throws {
        let answer = ScriptedAnswering.answer(to: "?")
        let outcome: JobOutcome =
            Bool.random(using: &random)
            ? .answered(answer, messageID: RandomIdentifier.make()) : .failed(JobFailure(.internalError))
        #expect(try await store.finish(lease, with: outcome) == model.holds(lease))
        if model.holds(lease) { wasEnded([lease.job.id]) }
    }

    private mutating func end() async throws {
        guard let id = model.open.randomElement(using: &random)?.id else { return }
        #expect(try await store.end(job: id, with: JobFailure(.cancelled)))
        #expect(try await store.end(job: id, with: JobFailure(.cancelled)) == false)
        wasEnded([id])
    }

    private mutating func deleteConversation() async throws {
        guard let index = conversations.indices.randomElement(using: &random) else { return }
        let (id, user) = conversations.remove(at: index)
        let expected = model.open.filter { $0.conversation == id }.map(\.id)
        let deleted = try await store.delete(id, user: user)
        #expect(Set(deleted ?? []) == Set(expected))
        wasEnded(expected)
    }

    private mutating func reopen() async throws {
        await store.close()
        store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), limits: model.limits, time: time)
        model.reopen(at: now)
    }

    /// What the sweeper does each second.
    private mutating func sweep() async throws {
        let overdue = try await store.overdue(limit: 1_000)
        #expect(Set(overdue.map(\.id)) == model.overdue(at: now))
        for job in overdue {
            #expect(try await store.end(job: job.id, with: job.failure))
            wasEnded([job.id])
        }
    }

    private mutating func wasEnded(_ ids: [String]) {
        ended += ids.count
        model.end(ids, at: now)
    }
}
