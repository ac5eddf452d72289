import ChatService
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What grows with the questions asked shrinks as fast.
@Suite(.timeLimit(.minutes(10))) struct RetentionTests {
    @Test("One pruning deletes all that is past its time, however much came in a minute")
    func all() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        let store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
        let session = try await store.createSession(owner: .local)
        let (old, now) = (time.now, time.now + .seconds(16 * 60))
        try await store.database.write { connection in
            try connection.run(
                """
                WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 3001)
                INSERT INTO event (session_id, seq, job_id, kind, terminal, frame, created_at)
                SELECT ?1, n, '', 'status', 0, '{}', CASE n WHEN 3001 THEN ?3 ELSE ?2 END FROM number
                """, [SQLValue(session), SQLValue(old), SQLValue(now)])
        }
        time.advance(by: .seconds(16 * 60))
        try await store.prune()
        let left = try await store.database.read { try $0.rows("SELECT seq FROM event") { $0.int(0) } }
        #expect(left == [3001])
        await store.close()
    }
}

extension RetentionTests {
    @Test(
        "Conversations that nobody used for the days that were set are deleted, others stay",
        arguments: StoreKind.durable)
    func conversations(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind, retention: .seconds(30 * 24 * 3600))
        let (store, time) = (test.store, test.time)
        let course = try CourseID("algoritmos")
        let old = try await store.accept(Submission(user: .local, message: "old", course: course, traceID: "t"))
        #expect(try await store.end(job: old.jobID, with: JobFailure(.cancelled)))
        let open = try await store.accept(Submission(user: .local, message: "open", course: course, traceID: "t"))
        time.advance(by: .seconds(20 * 24 * 3600))
        let young = try await store.createConversation(user: .local, course: course, title: "young")
        time.advance(by: .seconds(11 * 24 * 3600))
        try await store.prune()
        let left = try await store.conversations(user: .local, after: nil, limit: 9).items.map(\.id)
        #expect(Set(left) == [young.id, open.conversationID])
    }

    @Test("Whoever is erased is in no table any more; others are untouched")
    func erasure() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: ManualTime())
        let (ana, bia) = (UserID("ana"), UserID("bia"))
        let course = try CourseID("algoritmos")
        for user in [ana, bia] {
            for number in 0..<3 {
                _ = try await store.accept(
                    Submission(
                        user: user, message: "q\(number)", course: course, traceID: "t",
                        idempotency: Submission.Idempotency(key: "k\(number)", fingerprint: "f")))
            }
        }
        let ended = try await store.erase(ana)
        #expect(ended.count == 3)
        let publisher = TerminalPublisher(ledger: store, sessions: store, log: .silent)
        for job in ended { await publisher.publish(job: job) }
        #expect(try await store.erase(ana).isEmpty)
        let found = try await store.database.read { connection in
            try ["conversation", "job", "session", "spent_key", "document"].map { table in
                try ["ana", "bia"].map { user in
                    try connection.row("SELECT count(*) FROM \(table) WHERE user = ?", [SQLValue(user)], { $0.int(0) })
                        ?? 0
                }
            }
        }
        #expect(found.map { $0[0] } == [0, 0, 0, 0, 0])
        #expect(found[0][1] == 3 && found[1][1] == 3)
        await store.close()
    }
}
