import ChatService
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// A file of a former version, with what stood in it, is brought up to this one.
@Suite(.timeLimit(.minutes(10))) struct MigrationTests {
    /// Two users with two conversations each of two open questions, one question in hand, one dead.
    private static let content = """
        INSERT INTO session (id, user, created_at, used_at, last_seq) VALUES (printf('%032x', 1), 'ana', 1, 1, 3);
        INSERT INTO conversation SELECT printf('%032x', column1), column2, 'algoritmos', '', 1, 1 FROM
            (VALUES (1, 'ana'), (2, 'ana'), (3, 'bia'), (4, 'bia'));
        WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 7)
            INSERT INTO job (id, user, conversation_id, session_id, message_id, trace_id, course, mode, accepted_at,
                deadline, updated_at, due_at, state, lease_token)
            SELECT printf('%032x', n), CASE WHEN n < 4 THEN 'ana' ELSE 'bia' END, printf('%032x', n / 2 + 1),
                printf('%032x', 1), printf('%032x', n), 'trace', 'algoritmos', 'answer', 1, ?1, 1, ?1,
                CASE n WHEN 0 THEN 'leased' ELSE 'waiting' END, CASE n WHEN 0 THEN 'token' END FROM number;
        INSERT INTO message (id, conversation_id, role, content, job_id, trace_id, created_at)
            SELECT message_id, conversation_id, 'user', 'question ' || id, id, 'trace', 1 FROM job;
        INSERT INTO job (id, user, conversation_id, session_id, message_id, trace_id, course, mode, accepted_at,
                deadline, updated_at, due_at, state, is_open, terminal, published_seq)
            VALUES (printf('%032x', 9), 'ana', printf('%032x', 1), printf('%032x', 1), '', 'trace', 'algoritmos',
                'answer', 1, 1, 1, 1, 'failed', 0, '{}', 3);
        INSERT INTO dead_letter VALUES (printf('%032x', 9), 'internal', 'x', 'x', 5, 1);
        """

    @Test("Version 2: open questions are parked anew, counted, and answered in their order")
    func versionTwo() async throws {
        let folder = try TemporaryFolder()
        let (path, time) = (folder.file("gepeto.sqlite"), ManualTime())
        let due = time.now.milliseconds + 1_000_000
        let former = try ConnectionPool(
            path: path, migrations: Array(ChatSchema.migrations.prefix(2)), applicationID: ChatSchema.applicationID)
        try await former.write { try $0.execute(Self.content.replacing("?1", with: "\(due)")) }
        await former.close()

        let store = try SQLiteChatStore(path: path, time: time)
        #expect(try await store.depth() == 8)
        #expect(try await store.deadLetters(after: nil, limit: 10).items.map(\.tries) == [5])
        var order: [String] = []
        for _ in 0..<8 {
            let lease = try #require(try await store.lease(for: .seconds(30)))
            order.append(String(lease.job.id.suffix(1)))
            #expect(lease.job.task.question?.text == "question \(lease.job.id)")
            #expect(lease.job.deadline <= time.steady + JobLimits().deadline)
            // Whoever steps in is behind those who waited.
            time.advance(by: .milliseconds(1))
            #expect(try await store.finish(lease, with: .failed(JobFailure(.internalError))))
        }
        #expect(order == ["0", "2", "4", "6", "1", "3", "5", "7"])
        #expect(try await store.depth() == 0)
        await store.close()
    }

    private static let answered = """
        INSERT INTO conversation VALUES ('c', 'ana', 'algoritmos', '', 1, 1);
        WITH answer (n, took, json) AS (VALUES
                (1, 1000, '{"grounded":true,"metadata":{"model":"m","provider":"p","costUsd":0.5,"degraded":false}}'),
                (2, 1040, '{"grounded":true,"metadata":{"model":"m","provider":"p","costUsd":0.25,"degraded":false}}'),
                (3, 31, '{"grounded":false,"metadata":{"model":"none","provider":"none","costUsd":0,"degraded":false}}'),
                (4, 5, '{"grounded":false,"metadata":{"model":"small_talk","provider":"none","degraded":false}}'),
                (5, 290000, '{"grounded":true,"metadata":{"model":"m","provider":"p","degraded":true}}'),
                (6, 7, '{"grounded":false,"metadata":{"model":"m","provider":"p","degraded":false}}'),
                (7, 7, 'not JSON'))
            INSERT INTO message (id, conversation_id, role, content, answer, job_id, trace_id, created_at)
            SELECT 'q' || n, 'c', 'user', 'question ' || n, NULL, 'j' || n, 't', 86400000 * 3 + n FROM answer
            UNION ALL SELECT 'a' || n, 'c', 'assistant', 'answer', json, 'j' || n, 't', 86400000 * 3 + n + took FROM answer;
        """

    @Test("Version 5: former answers are counted by day, those refused are gaps")
    func versionFive() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("gepeto.sqlite")
        let former = try ConnectionPool(
            path: path, migrations: Array(ChatSchema.migrations.prefix(5)), applicationID: ChatSchema.applicationID)
        try await former.write { try $0.execute(Self.answered) }
        await former.close()

        let store = try SQLiteChatStore(path: path, time: ManualTime())
        let course = try CourseID("algoritmos")
        let days = try await store.days(0...10, of: course)
        #expect(days.map(\.day) == [3])
        #expect(days.first?.outcomes == [.answered: 2, .refused: 1, .degraded: 1, .ungrounded: 1])
        #expect(days.first?.costUSD == 0.75)
        var times = AnswerTimes()
        for time in [1000, 1040, 31, 290_000, 7] as [Int64] { times.add(slot: AnswerTimes.slot(of: time), count: 1) }
        #expect(days.first?.times == times)
        let gaps = try await store.gaps(in: course, since: Timestamp(day: 0), limit: 10, reader: nil)
        #expect(gaps.map(\.id) == ["a3"] && gaps.map(\.question) == ["question 3"])
        #expect(gaps.first?.askedAt == Timestamp(milliseconds: 86_400_000 * 3 + 3))
        await store.close()
    }
}
