import ChatService
import Glibc
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What the store says of itself to `/api/ready`.
@Suite("Store health", .timeLimit(.minutes(10)))
struct StoreHealthTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()

    init() throws { folder = try TemporaryFolder() }

    private func store(_ limits: JobLimits = JobLimits()) throws -> SQLiteChatStore {
        try SQLiteChatStore(path: folder.file("gepeto.sqlite"), limits: limits, time: time)
    }

    private func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    @Test("A write that is refused shows at the next trial, while reads go on")
    func unwritable() async throws {
        let store = try store()
        #expect(try await store.check())
        try await store.database.write { try $0.execute("PRAGMA query_only = ON") }
        time.advance(by: SQLiteChatStore.trialInterval - .milliseconds(1))
        #expect(try await store.check())
        time.advance(by: .milliseconds(1))
        #expect(try await !store.check())
        #expect(try await !store.check())
        #expect(try await store.conversations(user: .local, after: nil, limit: 1).items.isEmpty)
    }

    @Test("The trial reaches the write-ahead log, and changes nothing")
    func trialIsWritten() async throws {
        let store = try store()
        let log = folder.file("gepeto.sqlite-wal")
        let before = size(of: log)
        let version = try await store.database.read { try $0.row("PRAGMA application_id", [], { $0.int(0) }) }
        #expect(try await store.check())
        #expect(size(of: log) > before)
        #expect(version == Int(ChatSchema.applicationID))
        #expect(try await store.database.read { try $0.row("PRAGMA application_id", [], { $0.int(0) }) } == version)
    }

    @Test("A closed store cannot be reached")
    func closed() async throws {
        let store = try store()
        await store.close()
        await #expect(throws: SQLiteError.self) { try await store.check() }
    }

    @Test("There is room until the backlog is full")
    func room() async throws {
        var limits = JobLimits()
        limits.backlog = 1
        let store = try store(limits)
        #expect(try await store.hasRoom())
        let accepted = try await store.accept(
            Submission(user: .local, message: "a", course: try CourseID("algoritmos"), traceID: "t"))
        #expect(try await !store.hasRoom())
        #expect(try await store.end(job: accepted.jobID, with: JobFailure(.cancelled)))
        #expect(try await store.hasRoom())
    }
}
