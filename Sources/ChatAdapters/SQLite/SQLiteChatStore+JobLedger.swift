import ChatService
import SQLite
import Support

extension SQLiteChatStore: JobLedger {
    package func finish(_ lease: Lease, with outcome: JobOutcome) async throws -> Bool {
        // Made before the transaction: others wait for the writer.
        let (details, terminal) = Self.texts(of: outcome, for: lease.job)
        let next = try await database.write(isRepeatable: true) { connection -> Int? in
            let isHeld = try connection.row("SELECT 1 FROM job WHERE \(Self.held)", Self.holder(lease)) { _ in true }
            guard isHeld == true else { return nil }
            let line = self.line(connection)
            switch outcome {
            case .answered(let answer, let messageID):
                guard let question = lease.job.task.question else { return nil }
                try Self.insertAnswer(
                    answer.content, details: details, id: messageID, to: question, of: lease.job, at: line.now,
                    connection)
                try UsageTable.settle(lease.job.id, cost: answer.metadata.costUsd ?? 0, connection)
                try InsightTable.count(answer, id: messageID, to: question, of: lease.job, at: line.now, connection)
                return try line.end(job: lease.job.id, state: "completed", terminal: terminal)
            case .ingested:
                guard lease.job.kind == .document else { return nil }
                // The course has it from now on.
                try connection.run("DELETE FROM document WHERE job_id = ?", [SQLValue(lease.job.id)])
                return try line.end(job: lease.job.id, state: "completed", terminal: terminal)
            case .failed(let failure):
                return try Self.fail(job: lease.job.id, tries: lease.tries, failure, line)
            }
        }
        wake(forQuestions: next ?? 0)
        return next != nil
    }

    /// The JSON of an answer without its text, which stands in `content`, and of the job's terminal event; empty for an
    /// outcome that has none, and for one that is not the job's kind.
    private static func texts(of outcome: JobOutcome, for job: Job) -> (details: String, terminal: String) {
        switch (outcome, job.task) {
        case (.answered(let answer, let messageID), .question(let question)):
            var details = answer
            details.content = ""
            let event = ChatEvent.messageCompleted(
                ChatEvent.Completed(
                    job: job, conversationId: question.conversationID, messageId: messageID, answer: answer))
            return (JSONText.encode(details), JSONText.encode(event))
        case (.ingested(let summary), .document(let document)):
            let event = ChatEvent.documentStatus(
                DocumentStatus(
                    jobId: job.id, documentId: document.documentID, state: .ready, pagesDone: summary.pages,
                    pagesTotal: summary.pages, chunks: summary.chunks))
            return ("", JSONText.encode(event))
        default: return ("", "")
        }
    }

    package func end(job id: String, with failure: JobFailure) async throws -> Bool {
        let next = try await database.write { connection -> Int? in
            let tries = try connection.row("SELECT tries FROM job WHERE id = ? AND is_open = 1", [SQLValue(id)]) {
                $0.int(0)
            }
            guard let tries else { return nil }
            return try Self.fail(job: id, tries: tries, failure, self.line(connection))
        }
        wake(forQuestions: next ?? 0)
        return next != nil
    }

    package func overdue(limit: Int) async throws -> [OverdueJob] {
        let now = time.steady
        return try await database.read { [limits] connection in
            let late = try connection.rows(
                "SELECT id, kind, state = 'leased' FROM job WHERE is_open = 1 AND deadline <= ? LIMIT ?",
                [SQLValue(now), SQLValue(limit)]
            ) { row in
                var failure = JobFailure(.deadlineExceeded, for: Self.kind(row.text(1)))
                // Whoever held it was most likely writing.
                failure.wasPaid = row.int(2) == 1
                return OverdueJob(id: row.text(0), failure: failure)
            }
            // The last try's worker died with its lease.
            let exhausted = try connection.rows(
                """
                SELECT id, kind FROM job WHERE is_open = 1 AND tries > 0 AND tries >= min(?2, ?3)
                    AND due_at <= ?1 AND deadline > ?1 AND tries >= CASE kind WHEN 'document' THEN ?3 ELSE ?2 END LIMIT ?4
                """,
                [SQLValue(now), SQLValue(limits.tries), SQLValue(limits.documentTries), SQLValue(limit - late.count)]
            ) { OverdueJob(id: $0.text(0), failure: .exhausted(Self.kind($0.text(1)))) }
            return late + exhausted
        }
    }

    package func unpublished(limit: Int) async throws -> [TerminalEvent] {
        let found = try await waiting(limit)
        let unreadable = found.filter { $0.event == nil }.map(\.job)
        guard !unreadable.isEmpty else { return found.compactMap(\.event) }
        // Nobody could ever be told of them, and all others stand behind them.
        try await database.write { try Self.replaceTerminals(unreadable, self.line($0)) }
        for job in unreadable { log.error("the end of a job cannot be read and is told as a failure", ["job": job]) }
        return try await waiting(limit).compactMap(\.event)
    }

    /// - Returns: each with nil when it cannot be read.
    private func waiting(_ limit: Int) async throws -> [(job: String, event: TerminalEvent?)] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT id, session_id, terminal FROM job WHERE terminal IS NOT NULL AND published_seq IS NULL
                ORDER BY number LIMIT ?
                """, [SQLValue(limit)]
            ) { ($0.text(0), try? Self.terminalEvent($0)) }
        }
    }

    /// Jobs that have ended fail with `internal` instead; an answer stays in its conversation.
    private static func replaceTerminals(_ jobs: [String], _ line: JobLine) throws {
        for job in jobs {
            let found = try line.connection.row(
                "SELECT kind, tries, coalesce(document_id, '') FROM job WHERE id = ?", [SQLValue(job)]
            ) { (kind: kind($0.text(0)), tries: $0.int(1), document: $0.text(2)) }
            guard let found else { continue }
            let failure = JobFailure(.internalError, for: found.kind, cause: "unreadable_end")
            let event: ChatEvent =
                found.kind == .question
                ? .error(ChatEvent.Failed(jobId: job, attempts: found.tries, failure: failure))
                : .documentStatus(
                    DocumentStatus(
                        jobId: job, documentId: found.document, state: .failed, label: failure.cause,
                        reason: failure.message))
            try line.connection.run(
                "UPDATE job SET state = 'failed', terminal = ? WHERE id = ?",
                [SQLValue(JSONText.encode(event)), SQLValue(job)])
            guard found.kind == .question else { continue }
            try line.connection.run("DELETE FROM dead_letter WHERE job_id = ?", [SQLValue(job)])
            try bury(job, failure, line)
        }
    }

    package func unpublished(job id: String) async throws -> TerminalEvent? {
        try await database.read { connection in
            try connection.row(
                """
                SELECT id, session_id, terminal FROM job
                WHERE id = ? AND terminal IS NOT NULL AND published_seq IS NULL
                """, [SQLValue(id)], Self.terminalEvent)
        }
    }

    package func published(job id: String, seq: Int64) async throws {
        try await database.write {
            try $0.run(
                "UPDATE job SET published_seq = ? WHERE id = ? AND published_seq IS NULL",
                [SQLValue(seq), SQLValue(id)])
        }
    }

    package func record(job id: String) async throws -> JobRecord? {
        try await database.read { connection in
            try connection.row(
                """
                SELECT \(JobRow.columns), state, attempt, tries, updated_at, terminal, published_seq
                FROM \(JobRow.tables) WHERE job.id = ?
                """, [SQLValue(id)]
            ) { row in
                let first = JobRow.count
                let terminal = try row.optionalText(first + 4).map { try JSONText.decode(ChatEvent.self, from: $0) }
                return JobRecord(
                    job: try JobRow.listed(row), status: Self.status(row.text(first), tries: row.int(first + 2)),
                    attempt: row.int(first + 1), updatedAt: row.timestamp(first + 3), terminal: terminal,
                    publishedSeq: row.isNull(first + 5) ? nil : row.int64(first + 5))
            }
        }
    }

    private static func status(_ state: String, tries: Int) -> JobStatus {
        switch state {
        case "waiting": tries == 0 ? .queued : .retrying
        case "leased": .running
        case "completed": .completed
        case "cancelled": .cancelled
        default: .failed
        }
    }

    private static func terminalEvent(_ row: Row) throws -> TerminalEvent {
        TerminalEvent(
            jobID: row.text(0), sessionID: row.text(1), event: try JSONText.decode(ChatEvent.self, from: row.text(2)))
    }

    private static func kind(_ text: String) -> JobKind { JobKind(rawValue: text) ?? .question }

    private static func insertAnswer(
        _ content: String, details: String, id: String, to question: AskedQuestion, of job: Job, at now: Timestamp,
        _ connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO message (id, conversation_id, role, content, answer, job_id, trace_id, created_at)
            VALUES (?, ?, 'assistant', ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(id), SQLValue(question.conversationID), SQLValue(content), SQLValue(details),
                SQLValue(job.id), SQLValue(job.traceID), SQLValue(now),
            ])
        try connection.run(
            "UPDATE conversation SET updated_at = ? WHERE id = ?", [SQLValue(now), SQLValue(question.conversationID)])
    }

    /// Ends an open job without success, with its dead letter or its document's reason.
    /// - Returns: what `JobLine.end` does.
    static func fail(job id: String, tries: Int, _ failure: JobFailure, _ line: JobLine) throws -> Int? {
        let isCancelled = failure.code == .cancelled
        let state = isCancelled ? "cancelled" : "failed"
        let document = try line.connection.row(
            "SELECT document_id FROM job WHERE id = ? AND kind = 'document'", [SQLValue(id)]
        ) { $0.text(0) }
        if let document {
            // It stays listed with its reason, which is where staff look for it: no dead letter.
            try line.connection.run(
                "UPDATE document SET state = 'failed', label = ?, reason = ?, updated_at = ? WHERE job_id = ?",
                [SQLValue(failure.cause), SQLValue(failure.message), SQLValue(line.now), SQLValue(id)])
            let event = ChatEvent.documentStatus(
                DocumentStatus(
                    jobId: id, documentId: document, state: .failed, label: failure.cause, reason: failure.message))
            return try line.end(job: id, state: state, terminal: JSONText.encode(event))
        }
        if isCancelled {
            try UsageTable.cancel(id, line.connection)
        } else {
            try UsageTable.giveBack(id, wasPaid: failure.wasPaid, line.connection)
            // What the rules of a course do not allow is no fault that staff could mend.
            if failure.code != .policyDenied { try bury(id, failure, line) }
        }
        let event = ChatEvent.error(ChatEvent.Failed(jobId: id, attempts: tries, failure: failure))
        let next = try line.end(job: id, state: state, terminal: JSONText.encode(event))
        if next != nil { try InsightTable.count(failure.code, job: id, at: line.now, line.connection) }
        return next
    }

    /// Writes a question's dead letter.
    private static func bury(_ job: String, _ failure: JobFailure, _ line: JobLine) throws {
        try line.connection.run(
            """
            INSERT INTO dead_letter (job_id, code, cause, failures, tries, died_at)
            SELECT id, ?, ?, trim(failures || ' ' || ?), tries, ? FROM job WHERE id = ?
            """,
            [
                SQLValue(failure.code.rawValue), SQLValue(failure.cause), SQLValue(failure.cause), SQLValue(line.now),
                SQLValue(job),
            ])
    }
}
