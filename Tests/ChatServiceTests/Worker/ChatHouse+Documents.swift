import ChatService
import Ingest
import Retrieval
import Support
import TestSupport
import Testing

extension AcceptedDocument {
    /// The course that `ChatHouse.upload` takes.
    var course: CourseID {
        get throws { try CourseID("algoritmos") }
    }
}

extension ChatHouse {
    func ingestWorker(
        _ ingesting: any DocumentIngesting, queue: (any JobQueue)? = nil, shelf: ScriptedDocuments? = nil
    ) -> IngestWorker {
        let shelf = shelf ?? ScriptedDocuments(CourseNames())
        return IngestWorker(
            queue: queue ?? store, ledger: store, documents: store, sessions: store, ingesting: ingesting,
            originals: OriginalShelf(
                store: OriginalStore(folder: folder.file("originals")), documents: store, courses: shelf, log: .silent),
            running: running, time: time, log: .silent)
    }

    /// Runs `body` while a worker with that ingester works; the worker is shut down after it.
    func ingesting<Value: Sendable>(
        _ ingesting: any DocumentIngesting, _ body: () async throws -> Value
    ) async throws -> Value {
        let worker = ingestWorker(ingesting)
        let run = Task { try await worker.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await worker.shutDown()
        try await run.value
        return try result.get()
    }

    func upload(_ name: String = "aula.pdf") async throws -> AcceptedDocument {
        try await store.accept(
            DocumentSubmission(
                user: .local, course: try CourseID("algoritmos"),
                document: UploadedDocument(
                    documentID: String(SHA256.hex(name.utf8).prefix(32)), name: name,
                    contentHash: SHA256.hex(name.utf8), byteCount: 10),
                traceID: "trace"))
    }

    /// What the session was told of the document, up to its end.
    func story(of accepted: AcceptedDocument) async throws -> [DocumentStatus] {
        var story: [DocumentStatus] = []
        try await until(accepted) {
            story.append($0)
            return $0.state.isOver
        }
        return story
    }

    /// Returns once the session was told something of the document that satisfies `condition`.
    func until(_ accepted: AcceptedDocument, _ condition: (DocumentStatus) -> Bool) async throws {
        var subscription = try #require(try await store.subscribe(to: accepted.sessionID, after: nil))
        while true {
            for event in try await subscription.next() where event.jobID == accepted.jobID {
                let frame = try JSONText.decode(EventFrame.self, from: event.frame)
                if case .documentStatus(let status) = frame.event, condition(status) { return }
            }
        }
    }

    /// The same, winding the clock on by the pump's interval until it is so.
    func untilTold(_ accepted: AcceptedDocument, _ condition: (DocumentStatus) -> Bool) async throws {
        var subscription = try #require(try await store.subscribe(to: accepted.sessionID, after: nil))
        try await eventually {
            for event in try await subscription.next(within: .zero) where event.jobID == accepted.jobID {
                let frame = try JSONText.decode(EventFrame.self, from: event.frame)
                if case .documentStatus(let status) = frame.event, condition(status) { return true }
            }
            time.advance(by: .milliseconds(250))
            return false
        }
    }
}

/// No course at all.
private struct CourseNames: CourseLibrary {
    func ids() async throws -> [CourseID] { [] }
    func courses() async throws -> [CourseSummary] { [] }
    func course(_ id: CourseID) async throws -> CourseSummary? { nil }
    func retriever(for id: CourseID) async throws -> Retriever? { nil }
}
