import ChatService
import Support
import TestSupport
import Testing

/// What every `JobLedger` promises.
@Suite("Job ledger", .timeLimit(.minutes(10)))
struct JobLedgerTests {
    @Test("An answer, its message and its terminal event are committed together, once", arguments: StoreKind.everywhere)
    func answered(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(test.question())
        let lease = try #require(try await test.store.lease(for: .seconds(30)))
        let answer = ScriptedAnswering.answer(to: lease.job.task.question?.text ?? "")
        #expect(try await test.store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
        #expect(
            try await test.store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())) == false)
        #expect(try await test.store.end(job: accepted.jobID, with: JobFailure(.cancelled)) == false)
        #expect(try await test.store.renew(lease, for: .seconds(30)) == false)

        let record = try #require(try await test.store.record(job: accepted.jobID))
        #expect(record.status == .completed && record.publishedSeq == nil)
        guard case .messageCompleted(let completed)? = record.terminal else {
            Issue.record("the terminal event is not message_completed")
            return
        }
        #expect(completed.answer == answer && completed.sessionId == accepted.sessionID)
        let messages = try await test.store.messages(of: accepted.conversationID, user: .local, after: nil, limit: 10)
        #expect(messages?.items.map(\.role) == [.user, .assistant])
        #expect(messages?.items.last?.answer == answer)
        #expect(try await test.store.depth() == 0)
    }

    @Test("A terminal event is handed out until it is published, also over a restart", arguments: StoreKind.everywhere)
    func outbox(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(test.question())
        #expect(try await test.store.unpublished(limit: 10).isEmpty)
        #expect(try await test.store.end(job: accepted.jobID, with: JobFailure(.cancelled)))
        try await test.reopen()
        let waiting = try await test.store.unpublished(limit: 10)
        #expect(waiting.map(\.jobID) == [accepted.jobID])
        #expect(try await test.store.unpublished(job: accepted.jobID) == waiting.first)
        try await test.store.published(job: accepted.jobID, seq: 7)
        #expect(try await test.store.unpublished(limit: 10).isEmpty)
        #expect(try await test.store.record(job: accepted.jobID)?.publishedSeq == 7)
    }

    @Test("Publishing again and again tells the session once", arguments: StoreKind.durable)
    func publishedOnce(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(test.question())
        #expect(try await test.store.end(job: accepted.jobID, with: JobFailure(.deadlineExceeded)))
        let terminal = try #require(try await test.store.unpublished(job: accepted.jobID))
        // The log has it, but the crash came before the ledger knew.
        let seq = try await test.store.append(terminal.event, to: terminal.sessionID)
        try await test.reopen()
        let publisher = TerminalPublisher(ledger: test.store, sessions: test.store, log: .silent)
        try await publisher.publishLeftovers()
        await publisher.publish(job: accepted.jobID)
        let events = try await test.events(accepted.sessionID, after: 1)
        #expect(events.map(\.kind) == [.error])
        #expect(events.map(\.seq) == [seq])
        #expect(try await test.store.record(job: accepted.jobID)?.publishedSeq == seq)
    }

    @Test("A terminal event for a session that is gone does not stay for ever", arguments: StoreKind.durable)
    func goneSession(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(test.question())
        #expect(try await test.store.end(job: accepted.jobID, with: JobFailure(.cancelled)))
        test.time.advance(by: .seconds(8 * 24 * 3600))
        try await test.prune()
        try await test.reopen()
        let publisher = TerminalPublisher(ledger: test.store, sessions: test.store, log: .silent)
        try await publisher.publishLeftovers()
        #expect(try await test.store.unpublished(limit: 10).isEmpty)
        #expect(try await test.store.record(job: accepted.jobID)?.publishedSeq == 0)
        // Items whose time is over are not seen any more, whenever DynamoDB deletes them.
        if kind.isCloud { test.time.advance(by: .seconds(3601)) }
        try await test.prune()
        #expect(try await test.store.record(job: accepted.jobID) == nil)
    }
}
