import ChatService
import SQLite
import Support

extension SQLiteChatStore: Erasure {
    package func erase(_ user: UserID) async throws -> [String] {
        var ended: [String] = []
        // One at a time, so that nobody waits long for the writer; each is gone for good when the next begins.
        while let id = try await conversations(user: user, after: nil, limit: 1).items.first?.id {
            let deleted = try await database.write { connection in
                try connection.overwriting { try Self.delete(conversation: id, self.line(connection)) }
            }
            settle(deleted)
            ended += deleted.ended
        }
        let name = SQLValue(user.name)
        try await database.write { connection in
            try connection.overwriting {
                // A question that ended and was told; one that was not is told first, and goes at the next call.
                try connection.run(
                    "DELETE FROM job WHERE user = ? AND kind = 'question' AND is_open = 0 AND published_seq IS NOT NULL",
                    [name])
                try connection.run("DELETE FROM spent_key WHERE user = ?", [name])
                try connection.run(
                    "DELETE FROM event WHERE session_id IN (SELECT id FROM session WHERE user = ?)", [name])
                try connection.run("DELETE FROM session WHERE user = ?", [name])
                // What it cost and counts stays, and no longer whose it was.
                try connection.run(
                    "UPDATE usage SET user = ? WHERE user = ?", [SQLValue(try Pseudonym.of(user, connection)), name])
                // Documents are the course's; who loaded them is not known any more.
                try connection.run("UPDATE document SET user = '' WHERE user = ?", [name])
                // Without its key: two of nobody's uploads may have come with the same one.
                try connection.run(
                    """
                    UPDATE job SET user = '', idempotency_key = NULL, fingerprint = NULL
                    WHERE user = ? AND kind = 'document'
                    """, [name])
            }
        }
        for session in hub.all where session.owner == user { session.clear() }
        return ended
    }

    package func erase(_ course: CourseID) async throws -> [String] {
        let (ended, next) = try await database.write { try CourseTraces.end(in: course, self.line($0)) }
        wake(forQuestions: next)
        while try await database.write({ try CourseTraces.forgetUsage(of: course, $0) }) {}
        return ended
    }
}
