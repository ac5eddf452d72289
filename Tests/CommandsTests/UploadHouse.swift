import ChatAdapters
import ChatService
import Extraction
import Ingest
import Support
import TestSupport
import Testing
import WebServer

@testable import Commands

/// A server on a port of its own with real courses, real files and the ingest worker; documents are read in this process.
final class UploadHouse: Sendable {
    let scratch: TestSupport.TemporaryFolder
    let folder: CourseFolder
    let store: SQLiteChatStore
    let server: WebServer
    let desk: DocumentDesk
    private let worker: IngestWorker

    init() throws {
        let scratch = try TestSupport.TemporaryFolder()
        self.scratch = scratch
        let embedder = HashEmbedder()
        let folder = CourseFolder(data: scratch.path, embedder: embedder)
        let store = try SQLiteChatStore(path: scratch.file("gepeto.sqlite"))
        (self.folder, self.store) = (folder, store)
        let directory = try SQLiteDirectory(path: scratch.file(SQLiteDirectory.fileName))
        let running = RunningJobs()
        let originals = OriginalShelf(
            store: OriginalStore(folder: scratch.file("originals")), documents: store, courses: folder, log: .silent)
        desk = DocumentDesk(
            documents: store, courses: folder, directory: store, originals: originals, running: running,
            publisher: TerminalPublisher(ledger: store, sessions: store, log: .silent), log: .silent)
        worker = IngestWorker(
            queue: store, ledger: store, documents: store, sessions: store,
            ingesting: CourseIngesting(
                folder: folder, embedder: embedder, extraction: InThisProcess(), originals: originals,
                log: .silent),
            originals: originals, running: running, log: .silent)
        let api = ChatAPI(
            ChatAPI.Dependencies(
                intake: store, history: store, sessions: store, ledger: store, deadLetters: store,
                library: folder, documents: desk, memberships: directory, audit: directory,
                gate: PolicyGate(policies: directory, usage: store, time: SystemTime()), quizzes: store,
                tokens: directory, feedback: store, insights: store, conversationSearch: store,
                topics: TopicBoard(insights: store, library: folder, embed: { try await embedder.embed($0) }),
                identity: Identity(invitations: directory, erasure: store),
                authenticator: OpenAuthenticator(), origins: .loopback, running: running,
                readiness: Readiness(store: { true }), log: .silent))
        var router = Router()
        api.install(in: &router)
        server = try WebServer(ServerConfiguration(port: 0, loops: 1), router: router, log: .silent)
    }

    /// Runs `body` while the server and the worker run, with a course `fisica`.
    func open<Value: Sendable>(_ body: @Sendable (UploadHouse) async throws -> Value) async throws -> Value {
        _ = try await folder.makeCourse(try CourseID("fisica"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await self.server.run() } catch is CancellationError {}
            }
            group.addTask { try await self.worker.run() }
            defer { group.cancelAll() }
            return try await body(self)
        }
    }

    /// Returns once the job is over.
    func over(_ job: String) async throws -> JobRecord {
        var over: JobRecord?
        try await eventually {
            over = try await store.record(job: job)
            return over?.status.isOver == true
        }
        return try #require(over)
    }
}
