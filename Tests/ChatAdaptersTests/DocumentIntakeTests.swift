import ChatService
import Support
import TestSupport
import Testing

/// What every `DocumentIntake` promises, and what its jobs share with questions.
@Suite("Document intake", .timeLimit(.minutes(10)))
struct DocumentIntakeTests {
    private func upload(
        _ name: String = "aula.pdf", hash: String = "a", user: UserID = .local, session: String? = nil,
        key: Submission.Idempotency? = nil
    ) throws -> DocumentSubmission {
        DocumentSubmission(
            user: user, course: try CourseID("algoritmos"),
            document: UploadedDocument(
                documentID: SHA256.hex(name.utf8), name: name,
                contentHash: String(repeating: hash, count: 64), byteCount: 10),
            traceID: "trace", sessionID: session, idempotency: key)
    }

    private func status(_ event: LoggedEvent) throws -> DocumentStatus? {
        if case .documentStatus(let status) = try JSONText.decode(EventFrame.self, from: event.frame).event {
            status
        } else {
            nil
        }
    }

    @Test(
        "It is all on disk before it is promised, and only the workers of documents see it",
        arguments: StoreKind.durable)
    func durable(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(upload())
        try await test.reopen()
        #expect(try await test.store.lease(for: .seconds(30)) == nil)
        let lease = try #require(try await test.store.lease(.document, for: .seconds(30)))
        #expect(lease.job.id == accepted.jobID && lease.job.task == .document(accepted.document))
        #expect(lease.job.kind == .document && lease.job.user == .local && lease.attempt == 1)
        let pending = try await test.store.pending(in: try CourseID("algoritmos"))
        #expect(pending.map(\.document) == [accepted.document] && pending.map(\.stage) == [.queued])
        #expect(try await test.store.pending(in: try CourseID("fisica")).isEmpty)
        let events = try await test.events(accepted.sessionID)
        #expect(try events.map(status).map(\.?.state) == [.queued])
    }

    @Test("A question never takes a document's turn, nor the other way round", arguments: StoreKind.durable)
    func kinds(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let document = try await test.store.accept(upload())
        let question = try await test.store.accept(test.question())
        #expect(try await test.store.lease(for: .seconds(30))?.job.id == question.jobID)
        #expect(try await test.store.lease(for: .seconds(30)) == nil)
        #expect(try await test.store.lease(.document, for: .seconds(30))?.job.id == document.jobID)
        #expect(try await test.store.lease(.document, for: .seconds(30)) == nil)
    }

    @Test("An arrival wakes the workers of its own kind", arguments: StoreKind.durable)
    func wakes(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let store = test.store
        let waiting = Task { await store.waitForWork(.document, within: .seconds(3600)) }
        await test.time.untilSleeping(1)
        _ = try await store.accept(test.question())
        _ = try await store.accept(upload())
        await waiting.value
    }

    @Test("Ready: the course has it, so the row is gone; told once", arguments: StoreKind.durable)
    func ready(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(upload())
        let lease = try #require(try await test.store.lease(.document, for: .seconds(30)))
        #expect(try await test.store.note(.embedding, for: lease))
        #expect(
            try await test.store.pending(document: accepted.document.documentID, in: lease.job.course)?.stage
                == .embedding)
        #expect(try await test.store.finish(lease, with: .ingested(IngestedSummary(pages: 3, chunks: 9))))
        #expect(try await !test.store.finish(lease, with: .failed(JobFailure(.internalError, for: .document))))
        #expect(try await !test.store.note(.checking, for: lease))
        #expect(try await test.store.pending(in: lease.job.course).isEmpty)
        #expect(try await !test.store.needs(original: accepted.document.contentHash))
        let record = try #require(try await test.store.record(job: accepted.jobID))
        #expect(record.status == .completed && record.job.task == .document(accepted.document))
        let publisher = TerminalPublisher(ledger: test.store, sessions: test.store, log: .silent)
        await publisher.publish(job: accepted.jobID)
        await publisher.publish(job: accepted.jobID)
        let statuses = try await test.events(accepted.sessionID).compactMap(status)
        #expect(statuses.map(\.state) == [.queued, .ready])
        #expect(statuses.last?.chunks == 9 && statuses.last?.pagesTotal == 3)
        // Whatever a slow worker says now comes too late.
        let late = DocumentStatus(
            jobId: accepted.jobID, documentId: accepted.document.documentID, state: .checking, isNews: false)
        #expect(try await test.store.append(.documentStatus(late), to: accepted.sessionID) == nil)
    }

    @Test("Failed: it stays listed with its reason, until it is retried", arguments: StoreKind.everywhere)
    func failed(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(upload())
        let (id, course) = (accepted.document.documentID, try CourseID("algoritmos"))
        let retry = { (user: UserID, session: String?) in
            try await test.store.retry(document: id, in: course, user: user, sessionID: session, traceID: "again")
        }
        #expect(try await retry(.local, nil) == nil)
        let lease = try #require(try await test.store.lease(.document, for: .seconds(30)))
        let failure = JobFailure(
            .documentFailed, for: .document, message: "The PDF is damaged.", cause: "ingest_broken")
        #expect(try await test.store.finish(lease, with: .failed(failure)))
        try await test.reopen()
        let pending = try #require(try await test.store.pending(document: id, in: course))
        #expect(pending.stage == .failed && pending.label == "ingest_broken" && pending.reason == "The PDF is damaged.")
        #expect(try await test.store.needs(original: accepted.document.contentHash))
        #expect(try await test.store.record(job: accepted.jobID)?.status == .failed)

        await #expect(throws: IntakeError.unknownSession) { try await retry(UserID("other"), accepted.sessionID) }
        let again = try #require(try await retry(.local, accepted.sessionID))
        #expect(again.jobID != accepted.jobID && again.document == accepted.document)
        #expect(try await retry(.local, nil) == nil)
        let second = try #require(try await test.store.lease(.document, for: .seconds(30)))
        #expect(second.job.id == again.jobID && second.tries == 1)
        #expect(try await test.store.pending(document: id, in: course)?.reason == nil)
    }

    @Test("A newer upload of the same document takes the place of one that is open", arguments: StoreKind.everywhere)
    func superseded(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let first = try await test.store.accept(upload(hash: "a"))
        let lease = try #require(try await test.store.lease(.document, for: .seconds(30)))
        let second = try await test.store.accept(upload(hash: "b", session: first.sessionID))
        #expect(second.superseded == first.jobID && second.formerHash == first.document.contentHash)
        #expect(try await !test.store.finish(lease, with: .ingested(IngestedSummary(pages: nil, chunks: 1))))
        #expect(try await test.store.record(job: first.jobID)?.status == .cancelled)
        let pending = try await test.store.pending(in: lease.job.course)
        #expect(pending.map(\.jobID) == [second.jobID] && pending.map(\.stage) == [.queued])
        #expect(try await test.store.lease(.document, for: .seconds(30))?.job.id == second.jobID)
    }

    @Test("A repeat of an idempotency key stores nothing", arguments: StoreKind.durable)
    func idempotency(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let key = Submission.Idempotency(key: "k", fingerprint: "f")
        let first = try await test.store.accept(upload(key: key))
        let second = try await test.store.accept(upload(key: key))
        #expect(second.jobID == first.jobID && second.sessionID == first.sessionID)
        #expect(try await test.store.depth() == 1)
        await #expect(throws: IntakeError.keyReused) {
            try await test.store.accept(upload(hash: "b", key: Submission.Idempotency(key: "k", fingerprint: "g")))
        }
    }

    @Test("A full backlog of documents refuses documents only", arguments: StoreKind.durable)
    func backlog(kind: StoreKind) async throws {
        var limits = JobLimits()
        limits.documentBacklog = 1
        let test = try StoreUnderTest(kind, limits: limits)
        _ = try await test.store.accept(upload("1"))
        await #expect(throws: IntakeError.backlogFull) { try await test.store.accept(upload("2")) }
        _ = try await test.store.accept(test.question())
        #expect(try await test.store.pending(in: try CourseID("algoritmos")).count == 1)
    }

    @Test("Cancelled and forgotten: no trace is left", arguments: StoreKind.everywhere)
    func forgotten(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(upload())
        let (id, course) = (accepted.document.documentID, try CourseID("algoritmos"))
        #expect(try await !test.store.forget(document: id, in: course))
        #expect(try await test.store.cancel(document: id, in: try CourseID("fisica")) == nil)
        #expect(try await test.store.cancel(document: id, in: course) == accepted.jobID)
        #expect(try await test.store.cancel(document: id, in: course) == nil)
        #expect(try await test.store.pending(document: id, in: course)?.label == "cancelled")
        #expect(try await test.store.lease(.document, for: .seconds(30)) == nil)
        #expect(try await test.store.forget(document: id, in: course))
        #expect(try await !test.store.needs(original: accepted.document.contentHash))
    }

    @Test("A document whose worker dies three times is given up", arguments: StoreKind.durable)
    func poison(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(upload())
        for number in 1...3 {
            let lease = try #require(try await test.store.lease(.document, for: .seconds(30)))
            #expect(lease.tries == number)
            try await test.reopen()
            // Alone with its file, SQLite knows that the worker is gone; in the cloud the lease runs out.
            if kind.isCloud { test.time.advance(by: .seconds(30)) }
            #expect(
                try await test.store.pending(document: accepted.document.documentID, in: lease.job.course)?.stage
                    == .queued)
        }
        #expect(try await test.store.lease(.document, for: .seconds(30)) == nil)
        let overdue = try await test.store.overdue(limit: 10)
        #expect(overdue.map(\.id) == [accepted.jobID] && overdue.first?.failure.cause == "lease_expired")
        let failure = try #require(overdue.first?.failure)
        #expect(try await test.store.end(job: accepted.jobID, with: failure))
        let pending = try await test.store.pending(in: try CourseID("algoritmos"))
        #expect(pending.map(\.stage) == [.failed] && pending.first?.reason == failure.message)
    }

    @Test("A document waits a day for its turn, a question five minutes", arguments: StoreKind.durable)
    func deadlines(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(upload())
        let question = try await test.store.accept(test.question())
        test.time.advance(by: .seconds(3600))
        #expect(try await test.store.overdue(limit: 10).map(\.id) == [question.jobID])
        test.time.advance(by: .seconds(24 * 3600))
        let late = try await test.store.overdue(limit: 10)
        #expect(Set(late.map(\.id)) == [accepted.jobID, question.jobID])
        #expect(
            late.first { $0.id == accepted.jobID }?.failure.message == JobErrorCode.deadlineExceeded.documentMessage)
    }

    @Test("A course's title is kept and can be changed", arguments: StoreKind.durable)
    func titles(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let course = try CourseID("algoritmos")
        try await test.store.setTitle("Algoritmos I", of: course)
        try await test.store.setTitle("Algoritmos II", of: course)
        try await test.reopen()
        #expect(try await test.store.titles() == [course: "Algoritmos II"])
    }
}
