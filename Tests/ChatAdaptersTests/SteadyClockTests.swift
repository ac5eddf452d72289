import ChatService
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// Deadlines, retention and keys when the wall clock is set, also while no process runs.
@Suite("Steady clock", .timeLimit(.minutes(10)))
struct SteadyClockTests {
    private let folder: TemporaryFolder
    private let time = ManualTime(boot: "a")
    private var path: String { folder.file("gepeto.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    private func question(_ key: Submission.Idempotency? = nil) throws -> Submission {
        Submission(
            user: .local, message: "?", course: try CourseID("algoritmos"), traceID: "t", idempotency: key)
    }

    @Test(
        "A process that starts by a wrong wall clock neither ends what waits nor lets it wait for longer",
        arguments: [Duration.seconds(3600), .seconds(-3600)])
    func startByAWrongClock(jump: Duration) async throws {
        var store = try SQLiteChatStore(path: path, time: time)
        let accepted = try await store.accept(question())
        let deadline = try #require(try await store.record(job: accepted.jobID)?.job.deadline)
        await store.close()
        time.setWallClock(by: jump)
        time.advance(by: .seconds(10))
        time.restart()
        store = try SQLiteChatStore(path: path, time: time)
        #expect(try await store.overdue(limit: 10).isEmpty)
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(lease.job.deadline == deadline && deadline - store.time.steady == .seconds(280))
        time.advance(by: .seconds(280))
        #expect(try await store.overdue(limit: 10).map(\.id) == [accepted.jobID])
        await store.close()
    }

    @Test("After another boot the wall clock begins anew; what lies further ahead than it can is brought back")
    func anotherBoot() async throws {
        var store = try SQLiteChatStore(path: path, time: time)
        let accepted = try await store.accept(question())
        await store.close()
        let other = ManualTime(now: time.now + .seconds(-3600), boot: "b")
        store = try SQLiteChatStore(path: path, time: other)
        #expect(store.time.steady == other.steady)
        #expect(try await store.record(job: accepted.jobID)?.job.deadline == other.steady + .seconds(290))
        await store.close()
    }

    @Test("A redrive from a process beside the server counts by the server's clock")
    func redriveBeside() async throws {
        let store = try SQLiteChatStore(path: path, time: time)
        let accepted = try await store.accept(question())
        #expect(try await store.end(job: accepted.jobID, with: JobFailure(.internalError)))
        time.setWallClock(by: .seconds(3600))
        let beside = ManualTime(now: time.now, boot: "a")
        let again = try await SQLiteDeadLetters(path: path, time: beside).redrive(accepted.jobID)
        let record = try #require(try await store.record(job: again.jobID))
        #expect(record.job.deadline == time.steady + .seconds(290))
        await store.close()
    }

    @Test("A wall clock that is set takes no event and no key before its time", arguments: [3600, -3600, 86_400 * 30])
    func retention(seconds: Int) async throws {
        let store = try SQLiteChatStore(path: path, time: time)
        let key = Submission.Idempotency(key: "k", fingerprint: "f")
        let accepted = try await store.accept(question(key))
        #expect(try await store.end(job: accepted.jobID, with: JobFailure(.internalError)))
        let end = try #require(try await store.unpublished(limit: 1).first)
        let seq = try #require(try await store.append(end.event, to: end.sessionID))
        try await store.published(job: end.jobID, seq: seq)
        time.setWallClock(by: .seconds(seconds))
        try await store.prune()
        var subscription = try #require(try await store.subscribe(to: accepted.sessionID, after: 0))
        #expect(try await subscription.next(within: .zero).map(\.seq) == [1, 2])
        #expect(try await store.accept(question(key)) == accepted)
        // By its own time each goes.
        time.advance(by: .seconds(16 * 60))
        try await store.prune()
        #expect(try await store.database.read { try $0.row("SELECT count(*) FROM event") { $0.int(0) } } == 0)
        #expect(try await store.accept(question(key)) == accepted)
        time.advance(by: .seconds(24 * 3600))
        try await store.prune()
        #expect(try await store.accept(question(key)) != accepted)
        await store.close()
    }
}
