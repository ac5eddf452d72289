import ChatAdapters
import ChatService
import Ingest
import Support
import TestSupport
import Testing

@Suite("Ingest worker", .timeLimit(.minutes(10)))
struct IngestWorkerTests {
    private struct DiskFull: ExplainedError {
        let label = "sqlite_full"
        let description = "The disk is full; make room."
    }

    private struct Broken: ExplainedError {
        let label = "ingest_broken"
        let description = "The PDF is damaged."
    }

    @Test("A document becomes ready, told state by state")
    func success() async throws {
        let house = try ChatHouse()
        let ingesting = ScriptedIngesting([
            [
                .report(DocumentProgress(state: .extracting)),
                .report(DocumentProgress(state: .embedding, chunks: 7)), .report(DocumentProgress(state: .checking)),
            ]
        ])
        let accepted = try await house.upload()
        let story = try await house.ingesting(ingesting) { try await house.story(of: accepted) }
        #expect(story.map(\.state) == [.queued, .extracting, .embedding, .checking, .ready])
        #expect(story.last?.chunks == 7 && story.last?.pagesTotal == 3)
        #expect(ingesting.documents == [accepted.document])
        #expect(try await house.store.record(job: accepted.jobID)?.status == .completed)
    }

    @Test("A flood of progress is told four times a second, its last word before the next state")
    func progress() async throws {
        let house = try ChatHouse()
        let goOn = Latch()
        let flood = (1...1_000).map {
            ScriptedIngesting.Step.report(DocumentProgress(state: .extracting, pagesDone: $0, pagesTotal: 1_000))
        }
        let first = ScriptedIngesting.Step.report(
            DocumentProgress(state: .extracting, pagesDone: 0, pagesTotal: 1_000))
        let (told, flooded) = (Latch(), Latch())
        let ingesting = ScriptedIngesting([
            [first, .wait(told)] + flood + [.report(DocumentProgress(state: .embedding)), .reach(flooded), .wait(goOn)]
        ])
        let accepted = try await house.upload()
        let story = try await house.ingesting(ingesting) {
            try await house.until(accepted) { $0.state == .extracting }
            told.open()
            await flooded.wait()
            // The pump sleeps between two words: the flood has become one.
            try await house.untilTold(accepted) { $0.state == .embedding }
            goOn.open()
            return try await house.story(of: accepted)
        }
        #expect(story.map(\.state) == [.queued, .extracting, .extracting, .embedding, .ready])
        #expect(story.map(\.pagesDone) == [nil, 0, 1_000, nil, 3])
    }

    @Test("A document that is at fault fails at once, with the sentence for the teacher")
    func rejected() async throws {
        let house = try ChatHouse()
        let ingesting = ScriptedIngesting([[.fail(DocumentRejected(Broken()))]])
        let accepted = try await house.upload()
        let story = try await house.ingesting(ingesting) { try await house.story(of: accepted) }
        #expect(story.map(\.state) == [.queued, .failed])
        #expect(story.last?.label == "ingest_broken" && story.last?.reason == "The PDF is damaged.")
        #expect(ingesting.documents.count == 1)
        #expect(try await house.store.deadLetters().isEmpty)
        let pending = try await house.store.pending(in: accepted.course)
        #expect(pending.map(\.stage) == [.failed])
    }

    @Test("Trouble that may pass is tried again after a while, three times in all")
    func transient() async throws {
        let house = try ChatHouse()
        let ingesting = ScriptedIngesting([[.fail(DiskFull())]])
        let accepted = try await house.upload()
        let story = try await house.ingesting(ingesting) {
            for number in 1..<3 {
                try await eventually { ingesting.documents.count >= number }
                try await eventually { try await house.store.record(job: accepted.jobID)?.status == .retrying }
                await house.time.untilSleeping(1)
                house.time.advance(by: .seconds(600))
            }
            return try await house.story(of: accepted)
        }
        #expect(ingesting.documents.count == 3)
        #expect(story.map(\.state) == [.queued, .queued, .queued, .failed])
        #expect(story.last?.label == "sqlite_full" && story.last?.reason == DiskFull().description)
    }

    @Test("Cancelled while it is read: the work ends, the state says so, the next one is taken")
    func cancelled() async throws {
        let house = try ChatHouse()
        let (started, never) = (Latch(), Latch())
        let ingesting = ScriptedIngesting([[.reach(started), .wait(never)], []])
        let first = try await house.upload("1.pdf")
        try await house.ingesting(ingesting) {
            await started.wait()
            #expect(try await house.store.end(job: first.jobID, with: JobFailure(.cancelled, for: .document)))
            house.running.cancel(first.jobID)
            await TerminalPublisher(ledger: house.store, sessions: house.store, log: .silent).publish(job: first.jobID)
            let story = try await house.story(of: first)
            #expect(story.last?.state == .failed && story.last?.label == "cancelled")
            let second = try await house.upload("2.pdf")
            #expect(try await house.story(of: second).last?.state == .ready)
        }
        #expect(try await house.store.record(job: first.jobID)?.status == .cancelled)
    }

    @Test("Shutting down hands a running document back at once; the try does not count")
    func shutdown() async throws {
        let house = try ChatHouse()
        let (started, never) = (Latch(), Latch())
        let accepted = try await house.upload()
        let worker = house.ingestWorker(ScriptedIngesting([[.reach(started), .wait(never)]]))
        let run = Task { try await worker.run() }
        await started.wait()
        await worker.shutDown()
        try await run.value
        #expect(
            try await house.store.pending(document: accepted.document.documentID, in: accepted.course)?.stage == .queued
        )
        let lease = try #require(try await house.store.lease(.document, for: .seconds(30)))
        #expect(lease.job.id == accepted.jobID && lease.tries == 1 && lease.attempt == 2)
    }

    @Test("What was stored before the shutdown reached it counts as done")
    func finishedDuringShutdown() async throws {
        let house = try ChatHouse()
        let (started, write) = (Latch(), Latch())
        let accepted = try await house.upload()
        let worker = house.ingestWorker(ScriptedIngesting([[.reach(started), .finish(write)]]))
        let run = Task { try await worker.run() }
        await started.wait()
        await worker.shutDown()
        write.open()
        try await run.value
        // Either way the document is safe: it is done, or it is read again and found to be in already.
        let status = try await house.store.record(job: accepted.jobID)?.status
        #expect(status == .completed || status == .queued || status == .retrying)
    }

    @Test("A worker that lost its lease changes nothing; who has it finishes")
    func stolen() async throws {
        let house = try ChatHouse()
        let (started, write) = (Latch(), Latch())
        let accepted = try await house.upload()
        let worker = house.ingestWorker(ScriptedIngesting([[.reach(started), .finish(write)]]))
        let run = Task { try await worker.run() }
        await started.wait()
        try await house.store.expire(job: accepted.jobID)
        let lease = try #require(try await house.store.lease(.document, for: .seconds(30)))
        write.open()
        await worker.shutDown()
        try await run.value
        #expect(try await house.store.record(job: accepted.jobID)?.status == .running)
        #expect(try await house.store.finish(lease, with: .ingested(IngestedSummary(pages: nil, chunks: 2))))
        #expect(try await house.store.record(job: accepted.jobID)?.status == .completed)
    }

    @Test("Stopping a job returns only when nobody works on it any more")
    func stop() async throws {
        let house = try ChatHouse()
        let (started, write) = (Latch(), Latch())
        let accepted = try await house.upload()
        try await house.ingesting(ScriptedIngesting([[.reach(started), .finish(write)], []])) {
            await started.wait()
            let stopped = Latch()
            let stopping = Task {
                await house.running.stop(accepted.jobID)
                stopped.open()
            }
            #expect(!stopped.isOpen)
            write.open()
            await stopping.value
        }
        await house.running.stop(accepted.jobID)
    }

    /// Deletes the document in the moment between its lease and the first look at it.
    private struct DeletedOnLease: JobQueue {
        let store: SQLiteChatStore

        func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease? {
            guard let lease = try await store.lease(kind, for: visibility) else { return nil }
            let id = lease.job.task.document?.documentID ?? ""
            _ = try await store.cancel(document: id, in: lease.job.course)
            try await store.forget(document: id, in: lease.job.course)
            return lease
        }

        func renew(_ lease: Lease, for visibility: Duration) async throws -> Bool {
            try await store.renew(lease, for: visibility)
        }

        func retry(_ lease: Lease, after delay: Duration, because label: String) async throws -> Bool {
            try await store.retry(lease, after: delay, because: label)
        }

        func release(_ lease: Lease) async throws -> Bool { try await store.release(lease) }

        func waitForWork(_ kind: JobKind, within patience: Duration) async {
            await store.waitForWork(kind, within: patience)
        }

        func depth() async throws -> Int { try await store.depth() }
    }

    @Test("Deleted in the moment when it was leased: nobody begins with it")
    func deletedOnLease() async throws {
        let house = try ChatHouse()
        let ingesting = ScriptedIngesting([[]])
        let accepted = try await house.upload()
        let worker = house.ingestWorker(ingesting, queue: DeletedOnLease(store: house.store))
        let run = Task { try await worker.run() }
        try await eventually { try await house.store.record(job: accepted.jobID)?.status == .cancelled }
        await worker.shutDown()
        try await run.value
        #expect(ingesting.documents.isEmpty)
        #expect(try await house.store.record(job: accepted.jobID)?.status == .cancelled)
    }

    @Test(
        "Stored although it was deleted meanwhile, by another process say: taken out again", arguments: [false, true])
    func deletedWhileStored(isNewVersion: Bool) async throws {
        let house = try ChatHouse()
        let shelf = try ScriptedDocuments(ScriptedLibrary(["algoritmos"]))
        let (started, write) = (Latch(), Latch())
        let accepted = try await house.upload()
        let (document, course) = (accepted.document, try accepted.course)
        // Discarding a new version must not take away what students see.
        if isNewVersion { shelf.put(document, into: course) }
        let worker = house.ingestWorker(Storing(shelf: shelf, started: started, write: write), shelf: shelf)
        let run = Task { try await worker.run() }
        await started.wait()
        #expect(try await house.store.cancel(document: document.documentID, in: course) == accepted.jobID)
        try await house.store.forget(document: document.documentID, in: course)
        write.open()
        try await eventually { !house.running.isRunning(accepted.jobID) }
        await worker.shutDown()
        try await run.value
        let isThere = try await shelf.document(document.documentID, of: course) != nil
        #expect(isThere == isNewVersion)
    }

    /// Stores its document when told to.
    private struct Storing: DocumentIngesting {
        let shelf: ScriptedDocuments
        let started: Latch
        let write: Latch

        func ingest(
            _ document: UploadedDocument, into course: CourseID,
            progress: @escaping @Sendable (DocumentProgress) -> Void
        ) async throws -> IngestedSummary {
            started.open()
            await write.wait()
            shelf.put(document, into: course)
            return IngestedSummary(pages: nil, chunks: 1)
        }
    }

    @Test("A document that takes longer than its limit is given up")
    func limit() async throws {
        let house = try ChatHouse()
        let (started, never) = (Latch(), Latch())
        let accepted = try await house.upload()
        let story = try await house.ingesting(ScriptedIngesting([[.reach(started), .wait(never)]])) {
            await started.wait()
            await house.time.untilSleeping(2)
            house.time.advance(by: .seconds(3 * 3600))
            return try await house.story(of: accepted)
        }
        #expect(story.last?.state == .failed && story.last?.label == "deadline_exceeded")
    }
}
