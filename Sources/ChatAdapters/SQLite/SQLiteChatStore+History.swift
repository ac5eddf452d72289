import ChatService
import SQLite
import Support

extension SQLiteChatStore: History {
    package func createConversation(user: UserID, course: CourseID, title: String) async throws -> Conversation {
        let now = time.now
        let conversation = Conversation(
            id: RandomIdentifier.make(at: now), course: course, title: title, createdAt: now, updatedAt: now)
        try await database.write { try Self.insertConversation(conversation, user: user, $0) }
        return conversation
    }

    package func conversation(_ id: String, user: UserID) async throws -> Conversation? {
        try await database.read { try Self.conversation(id, user: user, $0) }
    }

    package func conversations(user: UserID, after cursor: PageCursor?, limit: Int) async throws -> Page<Conversation> {
        let from = cursor ?? PageCursor(order: .max)
        let found = try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Self.conversationColumns) FROM conversation
                WHERE user = ? AND (updated_at, id) < (?, ?) ORDER BY updated_at DESC, id DESC LIMIT ?
                """, [SQLValue(user.name), SQLValue(from.order), SQLValue(from.id), SQLValue(limit + 1)],
                Self.conversation)
        }
        let items = Array(found.prefix(limit))
        let last = items.last.map { PageCursor(order: $0.updatedAt.milliseconds, id: $0.id) }
        return Page(items: items, next: found.count > limit ? last : nil)
    }

    package func rename(_ id: String, user: UserID, title: String) async throws -> Conversation? {
        try await database.write { connection in
            try connection.run(
                "UPDATE conversation SET title = ? WHERE id = ? AND user = ?",
                [SQLValue(title), SQLValue(id), SQLValue(user.name)])
            return try Self.conversation(id, user: user, connection)
        }
    }

    package func delete(_ id: String, user: UserID) async throws -> [String]? {
        let deleted = try await database.write { connection -> DeletedConversation? in
            guard try Self.conversation(id, user: user, connection) != nil else { return nil }
            return try Self.delete(conversation: id, self.line(connection))
        }
        guard let deleted else { return nil }
        settle(deleted)
        return deleted.ended
    }

    /// What became of a conversation's jobs.
    struct DeletedConversation: Sendable {
        /// Jobs that were open.
        let ended: [String]
        let sessions: Set<String>
        /// How many questions stepped into the line for them.
        let next: Int
    }

    /// For what is in memory, when the deletion is on disk.
    func settle(_ deleted: DeletedConversation) {
        wake(forQuestions: deleted.next)
        for session in deleted.sessions { SessionKey(session).flatMap(hub.find)?.clear() }
    }

    static func delete(conversation id: String, _ line: JobLine) throws -> DeletedConversation {
        let connection = line.connection
        let jobs = try connection.rows(
            "SELECT id, session_id, is_open, tries, published_seq FROM job WHERE conversation_id = ? ORDER BY number",
            [SQLValue(id)]
        ) { (id: $0.text(0), session: $0.text(1), isOpen: $0.int(2) == 1, tries: $0.int(3), isTold: !$0.isNull(4)) }
        var next = 0
        // The youngest first, so that none of them steps in for the one before it.
        for job in jobs.reversed() {
            // What nobody was told yet becomes a cancellation; the rest goes with its events.
            if job.isOpen {
                next += try fail(job: job.id, tries: job.tries, JobFailure(.cancelled), line) ?? 0
            } else if job.isTold {
                try keepKey(ofJob: job.id, connection)
                try connection.run("DELETE FROM job WHERE id = ?", [SQLValue(job.id)])
            }
            try connection.run("DELETE FROM event WHERE job_id = ?", [SQLValue(job.id)])
        }
        try connection.run("DELETE FROM conversation WHERE id = ?", [SQLValue(id)])
        return DeletedConversation(
            ended: jobs.filter(\.isOpen).map(\.id), sessions: Set(jobs.map(\.session)), next: next)
    }

    package func messages(of id: String, user: UserID, after cursor: PageCursor?, limit: Int) async throws
        -> Page<Message>?
    {
        let found = try await database.read { connection -> [(ordinal: Int64, message: Message)]? in
            guard try Self.conversation(id, user: user, connection) != nil else { return nil }
            return try connection.rows(
                """
                SELECT ordinal, id, role, content, created_at, message.job_id, trace_id, answer, rating, comment,
                    usage.mode, usage.assignment
                FROM message LEFT JOIN feedback ON feedback.message_id = message.id
                LEFT JOIN usage ON usage.job_id = message.job_id AND message.role = 'user'
                WHERE conversation_id = ? AND ordinal > ? ORDER BY ordinal LIMIT ?
                """, [SQLValue(id), SQLValue(cursor?.order ?? 0), SQLValue(limit + 1)]
            ) { ($0.int64(0), try Self.message($0)) }
        }
        guard let found else { return nil }
        let items = found.prefix(limit)
        return Page(
            items: items.map(\.message),
            next: found.count > limit ? items.last.map { PageCursor(order: $0.ordinal) } : nil)
    }

    package func turns(before question: AskedQuestion, limit: Int) async throws -> [Turn] {
        try await database.read { connection in
            try connection.rows(
                """
                WITH asked AS (
                    SELECT ordinal, job_id FROM message WHERE conversation_id = ?1 AND role = 'user'
                        AND ordinal < (SELECT ordinal FROM message WHERE id = ?2)
                    ORDER BY ordinal DESC LIMIT ?3)
                SELECT role, content, \(Self.drawn)
                FROM asked JOIN message ON conversation_id = ?1 AND message.job_id = asked.job_id
                ORDER BY asked.ordinal DESC, message.ordinal DESC LIMIT ?3
                """, [SQLValue(question.conversationID), SQLValue(question.messageID), SQLValue(limit)]
            ) { try Self.turn($0) }.reversed()
        }
    }

    /// Of an answer the documents that it cites and its quiz; without the passages, which are most of it.
    private static let drawn = """
        (SELECT json_group_array(DISTINCT value ->> 'documentId') FROM json_each(answer, '$.citations')),
        json_extract(answer, '$.quiz')
        """

    private static func turn(_ row: Row) throws -> Turn {
        let quiz = try row.optionalText(3).map { try JSONText.decode(Quiz.self, from: $0) }
        let cited = try row.optionalText(2).map { try JSONText.decode([String].self, from: $0) } ?? []
        let documents = Set(cited + (quiz?.questions.map(\.citation.documentId) ?? [])).sorted()
        return Turn(
            role: Turn.Role(rawValue: row.text(0)) ?? .user, content: row.text(1),
            documents: documents.isEmpty ? nil : documents, quiz: quiz)
    }

    static func insertConversation(_ conversation: Conversation, user: UserID, _ connection: Connection) throws {
        try connection.run(
            "INSERT INTO conversation (id, user, course, title, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                SQLValue(conversation.id), SQLValue(user.name), SQLValue(conversation.course.name),
                SQLValue(conversation.title), SQLValue(conversation.createdAt), SQLValue(conversation.updatedAt),
            ])
    }

    static let conversationColumns = "id, course, title, created_at, updated_at"

    private static func conversation(_ id: String, user: UserID, _ connection: Connection) throws -> Conversation? {
        try connection.row(
            "SELECT \(conversationColumns) FROM conversation WHERE id = ? AND user = ?",
            [SQLValue(id), SQLValue(user.name)], conversation)
    }

    static func conversation(_ row: Row) throws -> Conversation {
        Conversation(
            id: row.text(0), course: try CourseID(row.text(1)), title: row.text(2), createdAt: row.timestamp(3),
            updatedAt: row.timestamp(4))
    }

    private static func message(_ row: Row) throws -> Message {
        var answer = try row.optionalText(7).map { try JSONText.decode(Answer.self, from: $0) }
        answer?.content = row.text(3)
        return Message(
            id: row.text(1), role: Turn.Role(rawValue: row.text(2)) ?? .user, content: row.text(3),
            createdAt: row.timestamp(4), jobID: row.text(5), traceID: row.text(6), answer: answer,
            rating: row.optionalInt(8).flatMap(Rating.Verdict.init), comment: row.optionalText(9),
            mode: row.optionalText(10).flatMap(AnswerMode.init), assignment: row.optionalText(11))
    }
}
