import Support
import TestSupport
import Testing

@testable import ChatAdapters
@testable import ChatService

/// One store, and questions that are counted.
struct UsageBench: Sendable {
    let store: any ChatStore
    let time: ManualTime
    let course: CourseID
    private let folder: TemporaryFolder

    init(_ kind: StoreKind) throws { try self.init(StoreUnderTest(kind)) }

    private init(_ test: StoreUnderTest) throws {
        (store, time, folder) = (test.store, test.time, test.folder)
        course = try CourseID("algoritmos")
    }

    /// With the store itself, for what only its file shows.
    static func sqlite() throws -> (bench: UsageBench, store: SQLiteChatStore) {
        let test = try StoreUnderTest(.sqlite)
        return (try UsageBench(test), test.sqlite)
    }

    static let hints = UsageLimit(
        UsageFilter(mode: .hint, assignment: "lista-1"), most: 3, denial: .hintsSpent(3, "Lista 1"))

    @discardableResult
    func ask(
        _ user: String = "ana", mode: AnswerMode = .hint, assignment: String? = "lista-1", isStaff: Bool = false,
        limits: [UsageLimit] = [UsageBench.hints], key: String? = nil, conversation: String? = nil
    ) async throws -> Accepted {
        try await store.accept(
            Submission(
                user: UserID(user), message: "uma dica", course: course, mode: mode, traceID: "t",
                conversationID: conversation, idempotency: key.map { .init(key: $0, fingerprint: "f") },
                admission: Admission(isStaff: isStaff, assignment: assignment, limits: limits)))
    }

    func count(_ filter: UsageFilter = UsageBench.hints.filter, _ user: String = "ana") async throws -> Int {
        try #require(try await store.counts(of: UserID(user), in: course, [filter]).first)
    }

    func answer(costing cost: Double?) -> JobOutcome {
        .answered(
            Answer(
                content: "a", citations: [], grounded: false,
                metadata: AnswerMetadata(model: "m", provider: "p", costUsd: cost)),
            messageID: RandomIdentifier.make())
    }

    func finish(_ outcome: JobOutcome) async throws {
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(try await store.finish(lease, with: outcome))
    }
}

/// Budgets are counted where a question is accepted, and nothing that a student can do gives them back.
@Suite(.timeLimit(.minutes(10))) struct UsageTests {
    @Test(arguments: StoreKind.durable) func ofManyAtOnceOnlyTheBudgetComesThrough(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<24 { group.addTask { (try? await bench.ask()) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 3)
        #expect(try await bench.count() == 3)
        let error = await #expect(throws: PolicyDenied.self) { try await bench.ask() }
        #expect(error?.denial == .hintsSpent(3, "Lista 1"))
        // Others have their own, and so have other assignments and modes.
        try await bench.ask("bia")
        try await bench.ask(assignment: "lista-2", limits: [])
        try await bench.ask(mode: .answer, limits: [])
        #expect(try await bench.count() == 3)
    }

    @Test(arguments: StoreKind.durable) func aRepeatCostsNothing(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        let first = try await bench.ask(key: "k")
        for _ in 0..<5 { #expect(try await bench.ask(key: "k") == first) }
        #expect(try await bench.count() == 1)
        try await bench.ask()
        try await bench.ask()
        #expect(try await bench.ask(key: "k") == first, "also when nothing is left")
    }

    @Test(arguments: StoreKind.durable) func whatFailedIsGivenBack(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        for _ in 0..<3 { try await bench.ask() }
        try await bench.finish(.failed(JobFailure(.llmUnavailable)))
        #expect(try await bench.count() == 2)
        try await bench.ask()
        await #expect(throws: PolicyDenied.self) { try await bench.ask() }
    }

    @Test(
        "A failure that was paid for is given back, but not its cost; one that was not costs nothing",
        arguments: StoreKind.allCases)
    func whatFailedIsPaidFor(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        let today = bench.time.now.day
        func costs() async throws -> [Double] {
            [
                try await bench.store.cost(of: bench.course, since: Timestamp(milliseconds: 0)),
                try await bench.store.days(today...today, of: bench.course).reduce(0) { $0 + $1.costUSD },
            ]
        }
        try await bench.ask(mode: .answer)
        try await bench.finish(bench.answer(costing: 0.25))
        try await bench.ask()
        try await bench.finish(.failed(JobFailure(.llmUnavailable)))
        #expect(try await costs() == [0.25, 0.25])
        try await bench.ask()
        var failure = JobFailure(.deadlineExceeded)
        failure.wasPaid = true
        try await bench.finish(.failed(failure))
        #expect(try await costs() == [0.5, 0.5])
        #expect(try await bench.count() == 0)
        // At the deadline: what a worker holds is most likely being written, what waits is not.
        try await bench.ask()
        _ = try #require(try await bench.store.lease(for: .seconds(3600)))
        try await bench.ask("bia")
        bench.time.advance(by: .seconds(301))
        let late = try await bench.store.overdue(limit: 9)
        #expect(late.map(\.failure.wasPaid).sorted { $0 && !$1 } == [true, false])
    }

    @Test(arguments: StoreKind.durable) func deletingAConversationGivesNothingBack(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        for _ in 0..<3 {
            let accepted = try await bench.ask()
            try await bench.finish(bench.answer(costing: 0.5))
            await TerminalPublisher(ledger: bench.store, sessions: bench.store, log: .silent).publish(
                job: accepted.jobID)
            _ = try await bench.store.delete(accepted.conversationID, user: UserID("ana"))
        }
        #expect(try await bench.count() == 3)
        await #expect(throws: PolicyDenied.self) { try await bench.ask() }
        #expect(try await bench.store.cost(of: bench.course, since: Timestamp(milliseconds: 0)) == 1.5)
    }

    @Test(arguments: StoreKind.durable) func whatIsTakenBackCountsOnceItWasWorkedOn(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        let early = try await bench.ask()
        #expect(try await bench.store.end(job: early.jobID, with: JobFailure(.cancelled)))
        #expect(try await bench.count() == 0, "nobody had worked on it")
        try await bench.ask(mode: .answer)
        try await bench.finish(bench.answer(costing: 0.25))
        let late = try await bench.ask()
        _ = try #require(try await bench.store.lease(for: .seconds(30)))
        #expect(try await bench.store.end(job: late.jobID, with: JobFailure(.cancelled)))
        #expect(try await bench.count() == 1, "most of the hint may have been read")
        #expect(
            try await bench.store.cost(of: bench.course, since: Timestamp(milliseconds: 0)) == 0.5,
            "and it was paid for")
        let deleted = try await bench.ask()
        _ = try #require(try await bench.store.lease(for: .seconds(30)))
        _ = try await bench.store.delete(deleted.conversationID, user: UserID("ana"))
        #expect(try await bench.count() == 2)
    }

    @Test(arguments: StoreKind.durable) func limitsPerDaySlide(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        func limit() -> UsageLimit {
            UsageLimit(
                UsageFilter(since: Timestamp(milliseconds: bench.time.now.milliseconds - 86_400_000)), most: 2,
                denial: .questionsSpent(2))
        }
        try await bench.ask(mode: .answer, limits: [limit()])
        bench.time.advance(by: .seconds(12 * 3600))
        try await bench.ask(mode: .quiz, limits: [limit()])
        await #expect(throws: PolicyDenied.self) { try await bench.ask(mode: .answer, limits: [limit()]) }
        bench.time.advance(by: .seconds(12 * 3600))
        try await bench.ask(mode: .answer, limits: [limit()])
        await #expect(throws: PolicyDenied.self) { try await bench.ask(mode: .answer, limits: [limit()]) }
    }

    @Test(arguments: StoreKind.durable) func staffAreNotCountedButTheirCostIs(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        for _ in 0..<4 { try await bench.ask(isStaff: true, limits: []) }
        #expect(try await bench.count() == 0)
        let lease = try #require(try await bench.store.lease(for: .seconds(30)))
        #expect(lease.job.task.question?.asker == Asker(isStaff: true, assignment: "lista-1"))
        #expect(try await bench.store.finish(lease, with: bench.answer(costing: 2)))
        try await bench.finish(bench.answer(costing: nil))
        #expect(try await bench.store.cost(of: bench.course, since: Timestamp(milliseconds: 0)) == 2)
        #expect(try await bench.store.cost(of: bench.course, since: bench.time.now) == 0)
        #expect(try await bench.store.cost(of: try CourseID("outro"), since: Timestamp(milliseconds: 0)) == 0)
    }

    @Test(arguments: StoreKind.durable) func whatTheRulesDenyIsNoDeadLetterAndNoFailure(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        try await bench.ask()
        try await bench.finish(.failed(JobFailure(.policyDenied, cause: "course_locked")))
        #expect(try await bench.store.deadLetters(after: nil, limit: 9).items.isEmpty)
        #expect(try await bench.count() == 0, "it is given back")
        let tally = try await bench.store.answers(within: .seconds(3600), patience: .seconds(60), limit: 10)
        #expect(tally.questions == 0)
    }

    @Test(arguments: StoreKind.durable) func whatStaffHaveDoneAgainIsNotCounted(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        let accepted = try await bench.ask()
        try await bench.finish(.failed(JobFailure(.llmUnavailable)))
        await TerminalPublisher(ledger: bench.store, sessions: bench.store, log: .silent).publish(job: accepted.jobID)
        _ = try await bench.store.redrive(accepted.jobID)
        let lease = try #require(try await bench.store.lease(for: .seconds(30)))
        #expect(lease.job.task.question?.asker == Asker(assignment: "lista-1"))
        #expect(try await bench.store.finish(lease, with: bench.answer(costing: 1)))
        #expect(try await bench.count() == 0)
        #expect(try await bench.store.cost(of: bench.course, since: Timestamp(milliseconds: 0)) == 1)
    }

    @Test(arguments: StoreKind.durable) func aConversationTellsWhatItsAnswersDrawOn(kind: StoreKind) async throws {
        let bench = try UsageBench(kind)
        let accepted = try await bench.ask(mode: .quiz)
        let source = Source(marker: 1, documentId: "doc", title: "T", passage: "p")
        let item = Quiz.Item(number: 1, question: "q?", solution: "s", citation: Citation(source, quote: "p"))
        let answer = Answer(
            content: "a", citations: [Citation(source, quote: "p")], grounded: true,
            metadata: AnswerMetadata(model: "m", provider: "p"), quiz: Quiz(questions: [item]))
        try await bench.finish(.answered(answer, messageID: RandomIdentifier.make()))
        _ = try await bench.ask(mode: .quiz, conversation: accepted.conversationID)
        let lease = try #require(try await bench.store.lease(for: .seconds(30)))
        let asked = try #require(lease.job.task.question)
        let turns = try await bench.store.turns(before: asked, limit: 12)
        #expect(turns.map(\.documents) == [nil, ["doc"]])
        #expect(turns.last?.quiz?.questions.first?.solution == "s")
        let record = try #require(try await bench.store.record(job: accepted.jobID))
        #expect(record.terminal.map { !JSONText.encode($0).contains("\"solution\"") } == true)
    }
}
