import AWS
import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What networks and queues do, and what must not come of it.
@Suite("Faults in the cloud", .timeLimit(.minutes(5)))
struct CloudFaultTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let table = MemoryTable()
    private let questions: MemoryMessages
    private let sessions: SQLiteChatStore

    init() throws {
        folder = try TemporaryFolder()
        questions = MemoryMessages(time: time)
        sessions = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
    }

    /// Another process on the same table and queue.
    private func process(_ limits: JobLimits = JobLimits()) -> CloudChatStore {
        var parameters = CloudParameters()
        parameters.sweepInterval = .zero
        parameters.pauses = Backoff(base: .milliseconds(1), cap: .milliseconds(2))
        parameters.tries = 60
        parameters.doubts = 5
        return CloudChatStore(
            table: table, questions: questions, documents: MemoryMessages(time: time), sessions: sessions,
            limits: limits, parameters: parameters, time: time)
    }

    private func question(
        _ user: String = "ana", conversation: String? = nil, given: [Turn]? = nil
    ) throws -> Submission {
        Submission(
            user: UserID(user), message: "O que é recursão?", course: try CourseID("algoritmos"),
            traceID: RandomIdentifier.make(), conversationID: conversation, given: given)
    }

    private func answer() -> JobOutcome {
        .answered(ScriptedAnswering.answer(to: "?"), messageID: RandomIdentifier.make())
    }

    @Test(
        "A change whose answer is lost is done once, and known to be done",
        arguments: [MemoryTable.Fate.unanswered, .repeated, .throttled, .conflict], 0..<6)
    func lostAnswers(fate: MemoryTable.Fate, at number: Int) async throws {
        let store = process()
        table.befall { commit, _ in commit == number ? fate : .normal }
        let accepted = try await store.accept(question())
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(lease.job.id == accepted.jobID && lease.attempt == 1 && lease.tries == 1)
        #expect(try await store.finish(lease, with: answer()))
        #expect(try await !store.finish(lease, with: answer()))
        let messages = try await store.messages(of: accepted.conversationID, user: UserID("ana"), after: nil, limit: 9)
        #expect(messages?.items.map(\.role) == [.user, .assistant])
        #expect(try await store.depth() == 0)
        #expect(try await store.conversations(user: UserID("ana"), after: nil, limit: 9).items.count == 1)
        #expect(try await store.days(0...100_000, of: CourseID("algoritmos")).map(\.questions) == [1])
    }

    @Test("Trouble that lasts is told, and nothing is half done")
    func lastingTrouble() async throws {
        let store = process()
        table.befall { _, _ in .throttled }
        await #expect(throws: AWSError.self) { try await store.accept(question()) }
        table.befall { _, _ in .conflict }
        await #expect(throws: CloudStoreError.contention) { try await store.accept(question()) }
        #expect(table.all.isEmpty)
    }

    @Test("Nobody is told that nothing was stored when that is not known")
    func silence() async throws {
        let store = process()
        table.befall { _, _ in .unansweredForGood }
        await #expect(throws: CloudStoreError.outcomeUnknown) { try await store.accept(question()) }
        #expect(!table.all.isEmpty)
    }

    @Test("A queue that cannot be reached keeps nobody from asking; the message is sent later")
    func queueDown() async throws {
        let store = process()
        questions.go(down: true)
        let accepted = try await store.accept(question())
        await #expect(throws: MemoryMessages.Down.self) { try await store.lease(for: .seconds(30)) }
        questions.go(down: false)
        #expect(try await store.outbox.sweep() == 0)
        time.advance(by: CloudParameters().confirmation)
        #expect(try await store.outbox.sweep() == 1)
        #expect(try await store.lease(for: .seconds(30))?.job.id == accepted.jobID)
    }

    @Test("A message that the queue loses is sent again, also that of a retry and of a dead worker")
    func lostMessages() async throws {
        let (store, other) = (process(), process())
        questions.lose(1)
        let accepted = try await store.accept(question())
        #expect(questions.count == 0)
        #expect(try await other.lease(for: .seconds(30)) == nil)
        time.advance(by: CloudParameters().patience)
        var lease = try #require(try await other.lease(for: .seconds(30)))
        questions.clear()
        #expect(try await other.retry(lease, after: .seconds(20), because: "timeout"))
        time.advance(by: .seconds(20) + CloudParameters().confirmation)
        lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(lease.attempt == 2 && lease.job.id == accepted.jobID)
        questions.clear()
        time.advance(by: .seconds(30))
        let last = try #require(try await other.lease(for: .seconds(30)))
        #expect(last.attempt == 3)
        #expect(try await !store.finish(lease, with: answer()))
        #expect(try await other.finish(last, with: answer()))
        #expect(questions.count == 0)
    }

    @Test("A job in the line is not sent again while it waits its turn")
    func noStorm() async throws {
        let store = process()
        for number in 0..<20 { _ = try await store.accept(question("u\(number)")) }
        time.advance(by: .seconds(30))
        for _ in 0..<5 { #expect(try await store.outbox.sweep() == 0) }
        #expect(questions.sent == 20)
    }

    @Test("What was given along comes to the worker whole, however large")
    func given() async throws {
        let store = process()
        let turns = (0..<12).map {
            Turn(role: $0 % 2 == 0 ? .user : .assistant, content: String(repeating: "é\($0)", count: 30_000))
        }
        _ = try await store.accept(question(given: turns))
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(lease.job.task.question?.given == turns)
        let huge = [Turn(role: .user, content: String(repeating: "x", count: 3_100_000))]
        await #expect(throws: CloudStoreError.tooLarge) { try await store.accept(question(given: huge)) }
    }

    @Test("A job that cannot be read fails, and those behind it are leased")
    func unreadableJob() async throws {
        let store = process()
        let (bad, good) = (try await store.accept(question()), try await store.accept(question("bia")))
        table.change(ChatKey.job(bad.jobID)) { $0["course"] = "not {" }
        #expect(try await store.lease(for: .seconds(30))?.job.id == good.jobID)
        #expect(try await store.record(job: bad.jobID)?.status == .failed)
        #expect(try await store.deadLetters(after: nil, limit: 9).items.map(\.cause) == ["unreadable_job"])
    }

    @Test("An end that cannot be read is told as a failure")
    func unreadableEnd() async throws {
        let store = process()
        let accepted = try await store.accept(question())
        #expect(try await store.end(job: accepted.jobID, with: JobFailure(.cancelled)))
        table.change(ChatKey.end(accepted.jobID)) { $0["event"] = "{" }
        guard case .error(let failed)? = try await store.unpublished(limit: 9).first?.event else {
            Issue.record("no error is told")
            return
        }
        #expect(failed.code == .internalError)
        #expect(try await store.deadLetter(accepted.jobID)?.cause == "unreadable_end")
    }

    @Test("A deletion that was broken off is gone on with by another process")
    func brokenDeletion() async throws {
        let store = process()
        let accepted = try await store.accept(question())
        // The commits after the first do not come through: the process died.
        let first = table.commits
        table.befall { commit, _ in commit == first ? .normal : .throttled }
        await #expect(throws: AWSError.self) { try await store.delete(accepted.conversationID, user: UserID("ana")) }
        table.befall { _, _ in .normal }
        #expect(try await store.conversation(accepted.conversationID, user: UserID("ana")) == nil)
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(try await !store.finish(lease, with: answer()), "nobody would see the answer")
        time.advance(by: .seconds(60))
        try await process().prune()
        #expect(try await store.record(job: accepted.jobID)?.status == .cancelled)
        #expect(!table.all.contains { $0.text("content") != nil || $0.text("pk") == ChatKey.gone })
    }

    @Test("A long conversation is deleted in transactions of a bounded size")
    func longConversation() async throws {
        let store = process()
        let first = try await store.accept(question())
        for _ in 0..<30 {
            _ = try await store.accept(question(conversation: first.conversationID))
            let lease = try #require(try await store.lease(for: .seconds(30)))
            #expect(try await store.finish(lease, with: answer()))
            try await store.published(job: lease.job.id, seq: 1)
        }
        #expect(try await store.delete(first.conversationID, user: UserID("ana"))?.count == 1)
        #expect(table.largest <= 40)
        #expect(!table.all.contains { $0.text("content") != nil })
    }

    @Test("Whoever is erased is in no item any more; others are untouched")
    func erasure() async throws {
        let store = process()
        for user in ["ana", "bia"] {
            for number in 0..<3 {
                var question = try question(user)
                question.idempotency = Submission.Idempotency(key: "k\(number)", fingerprint: "f")
                _ = try await store.accept(question)
            }
            _ = try await store.accept(
                DocumentSubmission(
                    user: UserID(user), course: try CourseID("algoritmos"),
                    document: UploadedDocument(documentID: user, name: "n", contentHash: "h\(user)", byteCount: 1),
                    traceID: "t"))
        }
        let others = table.all.count { "\($0)".contains("bia") }
        let ended = try await store.erase(UserID("ana"))
        #expect(ended.count == 3)
        let publisher = TerminalPublisher(ledger: store, sessions: sessions, log: .silent)
        for job in ended { await publisher.publish(job: job) }
        #expect(try await store.erase(UserID("ana")).isEmpty)
        let left = table.all.filter { item in
            item.text("user") == "ana" || item.text("pk")?.hasSuffix("#ana") == true && item.text("pk") != "HASH#hana"
        }
        #expect(left.isEmpty, "\(left.map(\.key))")
        #expect(table.all.count { "\($0)".contains("bia") } == others)
    }
}
