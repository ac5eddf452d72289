import ChatService
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// Rows that this program cannot have written: of another version, or changed by hand.
@Suite("Rows that cannot be read", .timeLimit(.minutes(10)))
struct UnreadableRowTests {
    private let folder: TemporaryFolder
    private let lines = Locked<[String]>([])
    private let store: SQLiteChatStore

    init() throws {
        folder = try TemporaryFolder()
        let lines = lines
        store = try SQLiteChatStore(
            path: folder.file("gepeto.sqlite"), time: ManualTime(),
            log: Log(level: .error) { line in lines.withLock { $0.append(line) } })
    }

    private func ask(_ user: String) async throws -> Accepted {
        try await store.accept(
            Submission(
                user: UserID(user), message: "?", course: try CourseID("algoritmos"), traceID: "t"))
    }

    private func spoil(_ column: String, of job: String) async throws {
        try await store.database.write {
            try $0.run("UPDATE job SET \(column) = 'not {' WHERE id = ?", [SQLValue(job)])
        }
    }

    @Test("A job that cannot be read fails, and those behind it are leased")
    func job() async throws {
        let (bad, good) = (try await ask("ana"), try await ask("bia"))
        try await spoil("course", of: bad.jobID)
        #expect(try await store.lease(for: .seconds(30))?.job.id == good.jobID)
        let end = try #require(try await store.unpublished(limit: 10).first)
        guard case .error(let failed) = end.event else {
            Issue.record("\(end)")
            return
        }
        #expect(end.jobID == bad.jobID && failed.code == .internalError)
        #expect(try await store.record(job: bad.jobID)?.status == .failed)
        let letters = try await store.deadLetters(after: nil, limit: 10).items
        #expect(letters.map(\.job.id) == [bad.jobID] && letters.map(\.cause) == ["unreadable_job"])
        #expect(lines.withLock { $0.count { $0.contains(bad.jobID) } } == 1)
        await store.close()
    }

    @Test("An end that cannot be read is told as a failure, and those behind it are told")
    func end() async throws {
        let (bad, good) = (try await ask("ana"), try await ask("bia"))
        for job in [bad, good] { #expect(try await store.end(job: job.jobID, with: JobFailure(.cancelled))) }
        try await spoil("terminal", of: bad.jobID)
        let ends = try await store.unpublished(limit: 10)
        #expect(ends.map(\.jobID) == [bad.jobID, good.jobID])
        guard case .error(let failed)? = ends.first?.event else {
            Issue.record("\(ends)")
            return
        }
        #expect(failed.code == .internalError)
        #expect(try await store.record(job: bad.jobID)?.status == .failed)
        #expect(try await store.deadLetter(bad.jobID)?.cause == "unreadable_end")
        #expect(lines.withLock { $0.count { $0.contains(bad.jobID) } } == 1)
        await store.close()
    }
}
