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
