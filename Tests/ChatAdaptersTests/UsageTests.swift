import Support
import TestSupport
import Testing

@testable import ChatAdapters
@testable import ChatService

/// Budgets are counted where a question is accepted, and nothing that a student can do gives them back.
@Suite(.timeLimit(.minutes(10))) struct UsageTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let store: SQLiteChatStore
    private let course: CourseID

    init() throws {
        folder = try TemporaryFolder()
        store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
        course = try CourseID("algoritmos")
    }

    private static let hints = UsageLimit(
        UsageFilter(mode: .hint, assignment: "lista-1"), most: 3, denial: .hintsSpent(3, "Lista 1"))

    @discardableResult
    private func ask(
        _ user: String = "ana", mode: AnswerMode = .hint, assignment: String? = "lista-1", isStaff: Bool = false,
        limits: [UsageLimit] = [hints], key: String? = nil, conversation: String? = nil
    ) async throws -> Accepted {
        try await store.accept(
            Submission(
                user: UserID(user), message: "uma dica", course: course, mode: mode, traceID: "t",
                conversationID: conversation, idempotency: key.map { .init(key: $0, fingerprint: "f") },
                admission: Admission(isStaff: isStaff, assignment: assignment, limits: limits)))
    }

    private func count(_ filter: UsageFilter = hints.filter, _ user: String = "ana") async throws -> Int {
        try #require(try await store.counts(of: UserID(user), in: course, [filter]).first)
    }

    private func answer(costing cost: Double?) -> JobOutcome {
        .answered(
            Answer(
                content: "a", citations: [], grounded: false,
                metadata: AnswerMetadata(model: "m", provider: "p", costUsd: cost)),
            messageID: RandomIdentifier.make())
    }

    private func finish(_ outcome: JobOutcome) async throws {
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(try await store.finish(lease, with: outcome))
    }

    @Test func ofManyAtOnceOnlyTheBudgetComesThrough() async throws {
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<24 { group.addTask { (try? await ask()) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 3)
        #expect(try await count() == 3)
        let error = await #expect(throws: PolicyDenied.self) { try await ask() }
        #expect(error?.denial == .hintsSpent(3, "Lista 1"))
        // Others have their own, and so have other assignments and modes.
        try await ask("bia")
        try await ask(assignment: "lista-2", limits: [])
        try await ask(mode: .answer, limits: [])
        #expect(try await count() == 3)
    }

    @Test func aRepeatCostsNothing() async throws {
        let first = try await ask(key: "k")
        for _ in 0..<5 { #expect(try await ask(key: "k") == first) }
        #expect(try await count() == 1)
        try await ask()
        try await ask()
        #expect(try await ask(key: "k") == first, "also when nothing is left")
    }

    @Test func whatFailedIsGivenBack() async throws {
        for _ in 0..<3 { try await ask() }
        try await finish(.failed(JobFailure(.llmUnavailable)))
        #expect(try await count() == 2)
        try await ask()
        await #expect(throws: PolicyDenied.self) { try await ask() }
    }

    @Test func deletingAConversationGivesNothingBack() async throws {
        for _ in 0..<3 {
            let accepted = try await ask()
            try await finish(answer(costing: 0.5))
            await TerminalPublisher(ledger: store, sessions: store, log: .silent).publish(job: accepted.jobID)
            _ = try await store.delete(accepted.conversationID, user: UserID("ana"))
        }
        #expect(try await count() == 3)
        await #expect(throws: PolicyDenied.self) { try await ask() }
        #expect(try await store.cost(of: course, since: Timestamp(milliseconds: 0)) == 1.5)
    }

    @Test func whatIsTakenBackCountsOnceItWasWorkedOn() async throws {
        let early = try await ask()
        #expect(try await store.end(job: early.jobID, with: JobFailure(.cancelled)))
        #expect(try await count() == 0, "nobody had worked on it")
        try await ask(mode: .answer)
        try await finish(answer(costing: 0.25))
        let late = try await ask()
        _ = try #require(try await store.lease(for: .seconds(30)))
        #expect(try await store.end(job: late.jobID, with: JobFailure(.cancelled)))
        #expect(try await count() == 1, "most of the hint may have been read")
        #expect(try await store.cost(of: course, since: Timestamp(milliseconds: 0)) == 0.5, "and it was paid for")
        let deleted = try await ask()
        _ = try #require(try await store.lease(for: .seconds(30)))
        _ = try await store.delete(deleted.conversationID, user: UserID("ana"))
        #expect(try await count() == 2)
    }

    @Test func limitsPerDaySlide() async throws {
        func limit() -> UsageLimit {
            UsageLimit(
                UsageFilter(since: Timestamp(milliseconds: time.now.milliseconds - 86_400_000)), most: 2,
                denial: .questionsSpent(2))
        }
        try await ask(mode: .answer, limits: [limit()])
        time.advance(by: .seconds(12 * 3600))
        try await ask(mode: .quiz, limits: [limit()])
        await #expect(throws: PolicyDenied.self) { try await ask(mode: .answer, limits: [limit()]) }
        time.advance(by: .seconds(12 * 3600))
        try await ask(mode: .answer, limits: [limit()])
        await #expect(throws: PolicyDenied.self) { try await ask(mode: .answer, limits: [limit()]) }
    }

    @Test func staffAreNotCountedButTheirCostIs() async throws {
        for _ in 0..<4 { try await ask(isStaff: true, limits: []) }
        #expect(try await count() == 0)
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(lease.job.task.question?.asker == Asker(isStaff: true, assignment: "lista-1"))
        #expect(try await store.finish(lease, with: answer(costing: 2)))
        try await finish(answer(costing: nil))
        #expect(try await store.cost(of: course, since: Timestamp(milliseconds: 0)) == 2)
        #expect(try await store.cost(of: course, since: time.now) == 0)
        #expect(try await store.cost(of: try CourseID("outro"), since: Timestamp(milliseconds: 0)) == 0)
    }

    @Test func whoIsErasedHasSpentWhatTheySpent() async throws {
        try await ask()
        try await finish(answer(costing: 3))
        for _ in 0..<2 {
            _ = try await store.erase(UserID("ana"))
            #expect(try await count() == 1, "the budget does not come back")
        }
        let rows = try await store.database.read { try $0.rows("SELECT user FROM usage", []) { $0.text(0) } }
        #expect(rows.count == 1 && rows.allSatisfy { !$0.contains("ana") })
        #expect(try await store.cost(of: course, since: Timestamp(milliseconds: 0)) == 3)
        #expect(try await store.counts(of: UserID("bia"), in: course, [UsageFilter()]) == [0])
    }

    @Test func anotherCourseOfTheNameBeginsWithNothing() async throws {
        let done = try await ask()
        try await finish(answer(costing: 3))
        let dead = try await ask()
        try await finish(.failed(JobFailure(.llmUnavailable)))
        let open = try await ask()
        let ended = try await store.erase(course)
        #expect(ended == [open.jobID])
        #expect(try await store.record(job: open.jobID)?.status == .failed)
        #expect(try await store.deadLetters(after: nil, limit: 9).items.isEmpty)
        #expect(try await store.deadLetter(dead.jobID) == nil)
        #expect(try await count() == 0)
        #expect(try await store.cost(of: course, since: Timestamp(milliseconds: 0)) == 0)
        #expect(try await store.depth() == 0)
        // What somebody asked is theirs.
        #expect(try await store.conversation(done.conversationID, user: UserID("ana")) != nil)
    }

    @Test func erasureLeavesTheFileDeletingAsItDid() async throws {
        for former in ["ON", "OFF", "FAST"] {
            func mode() async throws -> Int? {
                try await store.database.write { try $0.row("PRAGMA secure_delete") { $0.int(0) } }
            }
            try await store.database.write { try $0.execute("PRAGMA secure_delete = \(former)") }
            let before = try await mode()
            _ = try await store.erase(UserID("ana"))
            #expect(try await mode() == before, "\(former)")
        }
    }

    @Test func whatTheRulesDenyIsNoDeadLetterAndNoFailure() async throws {
        try await ask()
        try await finish(.failed(JobFailure(.policyDenied, cause: "course_locked")))
        #expect(try await store.deadLetters(after: nil, limit: 9).items.isEmpty)
        #expect(try await count() == 0, "it is given back")
        let tally = try await store.answers(within: .seconds(3600), patience: .seconds(60), limit: 10)
        #expect(tally.questions == 0)
    }

    @Test func whatStaffHaveDoneAgainIsNotCounted() async throws {
        let accepted = try await ask()
        try await finish(.failed(JobFailure(.llmUnavailable)))
        await TerminalPublisher(ledger: store, sessions: store, log: .silent).publish(job: accepted.jobID)
        _ = try await store.redrive(accepted.jobID)
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(lease.job.task.question?.asker == Asker(assignment: "lista-1"))
        #expect(try await store.finish(lease, with: answer(costing: 1)))
        #expect(try await count() == 0)
        #expect(try await store.cost(of: course, since: Timestamp(milliseconds: 0)) == 1)
    }

    @Test func aConversationTellsWhatItsAnswersDrawOn() async throws {
        let accepted = try await ask(mode: .quiz)
        let source = Source(marker: 1, documentId: "doc", title: "T", passage: "p")
        let item = Quiz.Item(number: 1, question: "q?", solution: "s", citation: Citation(source, quote: "p"))
        let answer = Answer(
            content: "a", citations: [Citation(source, quote: "p")], grounded: true,
            metadata: AnswerMetadata(model: "m", provider: "p"), quiz: Quiz(questions: [item]))
        try await finish(.answered(answer, messageID: RandomIdentifier.make()))
        _ = try await ask(mode: .quiz, conversation: accepted.conversationID)
        let lease = try #require(try await store.lease(for: .seconds(30)))
        let asked = try #require(lease.job.task.question)
        let turns = try await store.turns(before: asked, limit: 12)
        #expect(turns.map(\.documents) == [nil, ["doc"]])
        #expect(turns.last?.quiz?.questions.first?.solution == "s")
        let record = try #require(try await store.record(job: accepted.jobID))
        #expect(record.terminal.map { !JSONText.encode($0).contains("\"solution\"") } == true)
    }
}
