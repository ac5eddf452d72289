import ChatService
import Support
import Testing

/// What every `Intake` promises.
@Suite("Intake", .timeLimit(.minutes(10)))
struct IntakeTests {
    @Test(
        "A question, its conversation, session, job and first event are there at once", arguments: StoreKind.everywhere)
    func wholeQuestion(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(test.question("  O que é recursão?\nE depois?"))
        let conversation = try #require(
            try await test.store.conversation(accepted.conversationID, user: .local))
        #expect(conversation.title == "  O que é recursão?")
        #expect(try await test.store.owner(ofSession: accepted.sessionID) == .local)
        let record = try #require(try await test.store.record(job: accepted.jobID))
        #expect(record.status == .queued)
        #expect(record.job.deadline == accepted.acceptedAt + .seconds(290))
        let events = try await test.events(accepted.sessionID)
        #expect(events.map(\.seq) == [1])
        let frame = try JSONText.decode(EventFrame.self, from: events[0].frame)
        let queued = ChatEvent.Status(
            jobId: accepted.jobID, state: .queued, attempt: 0, conversationId: accepted.conversationID, traceId: "trace"
        )
        #expect(frame.event == .status(queued))
    }

    @Test("It is all on disk before it is promised", arguments: StoreKind.durable)
    func durable(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(test.question())
        try await test.reopen()
        let lease = try #require(try await test.store.lease(for: .seconds(30)))
        #expect(lease.job.id == accepted.jobID)
        #expect(lease.job.task.question?.text == "O que é recursão?")
        let page = try await test.store.messages(of: accepted.conversationID, user: .local, after: nil, limit: 10)
        #expect(page?.items.map(\.content) == ["O que é recursão?"])
    }

    @Test("A full backlog refuses and stores nothing", arguments: StoreKind.everywhere)
    func backlog(kind: StoreKind) async throws {
        var limits = JobLimits()
        limits.backlog = 2
        let test = try StoreUnderTest(kind, limits: limits)
        let first = try await test.store.accept(test.question())
        _ = try await test.store.accept(test.question())
        await #expect(throws: IntakeError.backlogFull) { try await test.store.accept(test.question()) }
        #expect(try await test.store.conversations(user: .local, after: nil, limit: 10).items.count == 2)
        #expect(try await test.store.depth() == 2)
        // Room again once a job has ended.
        #expect(try await test.store.end(job: first.jobID, with: JobFailure(.cancelled)))
        _ = try await test.store.accept(test.question())
    }

    @Test("Another's conversation and session do not exist", arguments: StoreKind.durable)
    func foreign(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let mine = try await test.store.accept(test.question())
        let other = UserID("other")
        await #expect(throws: IntakeError.unknownConversation) {
            try await test.store.accept(test.question(user: other, conversation: mine.conversationID))
        }
        await #expect(throws: IntakeError.unknownSession) {
            try await test.store.accept(test.question(user: other, session: mine.sessionID))
        }
        for unknown in ["", "x", RandomIdentifier.make(), "'; DROP TABLE job; --"] {
            await #expect(throws: IntakeError.unknownConversation) {
                try await test.store.accept(test.question(conversation: unknown))
            }
            await #expect(throws: IntakeError.unknownSession) {
                try await test.store.accept(test.question(session: unknown))
            }
        }
        #expect(try await test.store.depth() == 1)
    }

    @Test("A conversation keeps its course", arguments: StoreKind.durable)
    func otherCourse(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let mine = try await test.store.accept(test.question())
        var question = try test.question(conversation: mine.conversationID)
        question.course = try CourseID("fisica")
        let physics = question
        await #expect(throws: IntakeError.otherCourse) { try await test.store.accept(physics) }
    }

    @Test("A repeated key gives the first answer and enqueues nothing", arguments: StoreKind.everywhere)
    func idempotency(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let key = Submission.Idempotency(key: "k", fingerprint: "f")
        #expect(try await test.store.accepted(key, user: .local) == nil)
        let first = try await test.store.accept(test.question(key: key))
        test.time.advance(by: .seconds(60))
        #expect(try await test.store.accepted(key, user: .local) == first)
        #expect(try await test.store.accepted(key, user: UserID("other")) == nil)
        await #expect(throws: IntakeError.keyReused) {
            try await test.store.accepted(Submission.Idempotency(key: "k", fingerprint: "g"), user: .local)
        }
        #expect(try await test.store.accept(test.question(key: key)) == first)
        #expect(try await test.store.depth() == 1)
        await #expect(throws: IntakeError.keyReused) {
            try await test.store.accept(test.question(key: Submission.Idempotency(key: "k", fingerprint: "g")))
        }
        // Keys are each user's own, and forgotten a day after the job's deadline.
        _ = try await test.store.accept(test.question(user: UserID("other"), key: key))
        test.time.advance(by: .seconds(24 * 3600 + 291))
        try await test.prune()
        #expect(try await test.store.accept(test.question(key: key)) != first)
    }

    @Test(
        "A key outlives its conversation: a repeat is told the same, not answered again", arguments: StoreKind.durable)
    func keyOfADeletedConversation(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let key = Submission.Idempotency(key: "k", fingerprint: "f")
        let first = try await test.store.accept(test.question(key: key))
        #expect(try await test.store.end(job: first.jobID, with: JobFailure(.internalError)))
        try await test.store.published(job: first.jobID, seq: 2)
        #expect(try await test.store.delete(first.conversationID, user: .local) == [])
        #expect(try await test.store.record(job: first.jobID) == nil)
        #expect(try await test.store.accepted(key, user: .local) == first)
        #expect(try await test.store.accept(test.question(key: key)) == first)
        #expect(try await test.store.depth() == 0)
        await #expect(throws: IntakeError.keyReused) {
            try await test.store.accept(test.question(key: Submission.Idempotency(key: "k", fingerprint: "g")))
        }
        test.time.advance(by: .seconds(24 * 3600 + 291))
        try await test.prune()
        #expect(try await test.store.accepted(key, user: .local) == nil)
    }

    @Test("A title is cut between words")
    func titles() {
        #expect(Conversation.title(for: "short\nsecond line") == "short")
        #expect(Conversation.title(for: "") == "")
        let long = Conversation.title(for: String(repeating: "word ", count: 40))
        #expect(long.count <= 81 && long.hasSuffix("word…"))
    }
}
