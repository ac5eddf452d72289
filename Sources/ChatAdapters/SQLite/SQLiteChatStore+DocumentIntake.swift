import ChatService
import SQLite
import Support

extension SQLiteChatStore: DocumentIntake {
    package func accept(_ upload: DocumentSubmission) async throws -> AcceptedDocument {
        try await accept(upload) { _ in }
    }

    package func retry(
        document id: String, in course: CourseID, user: UserID, sessionID: String?, traceID: String
    ) async throws -> AcceptedDocument? {
        guard let failed = try await pending(document: id, in: course), failed.stage == .failed else { return nil }
        let upload = DocumentSubmission(
            user: user, course: course, document: failed.document, traceID: traceID, sessionID: sessionID)
        // Somebody else may have begun to retry it meanwhile.
        do {
            return try await accept(upload) { connection in
                let stage = try connection.row("SELECT state FROM document WHERE id = ?", [SQLValue(id)]) { $0.text(0) }
                guard stage == DocumentStage.failed.rawValue else { throw HasNotFailed() }
            }
        } catch is HasNotFailed {
            return nil
        }
    }

    package func accepted(_ upload: DocumentSubmission) async throws -> AcceptedDocument? {
        guard upload.idempotency != nil else { return nil }
        return try await database.read { try Self.repeated(upload, $0) }
    }

    private static func repeated(
        _ upload: DocumentSubmission, _ connection: Connection
    ) throws -> AcceptedDocument? {
        guard let idempotency = upload.idempotency,
            let first = try repeated(idempotency, user: upload.user, connection)
        else { return nil }
        return AcceptedDocument(
            jobID: first.jobID, document: upload.document, sessionID: first.sessionID, traceID: first.traceID,
            acceptedAt: first.acceptedAt)
    }

    private struct HasNotFailed: Error {}

    /// - Parameter check: runs first in the transaction; what it throws ends it.
    private func accept(
        _ upload: DocumentSubmission, after check: @escaping @Sendable (Connection) throws -> Void
    ) async throws -> AcceptedDocument {
        let now = time.now
        let session: LiveSession
        if let id = upload.sessionID {
            guard let known = try await live(id), known.owner == upload.user else { throw IntakeError.unknownSession }
            session = known
        } else {
            session = LiveSession(key: SessionKey(at: now), owner: upload.user, ring: SessionRing())
        }
        let accepted = AcceptedDocument(
            jobID: RandomIdentifier.make(at: now), document: upload.document, sessionID: session.id,
            traceID: upload.traceID,
            acceptedAt: now)
        let outcome = try await session.turnstile.pass {
            let event = ChatEvent.documentStatus(
                DocumentStatus(jobId: accepted.jobID, documentId: upload.document.documentID, state: .queued))
            let queued = LoggedEvent(event, seq: session.nextSeq, at: now, storedAt: self.time.steady)
            let outcome = try await self.database.write { connection in
                try check(connection)
                return try self.store(upload, as: accepted, queued: queued, connection)
            }
            if outcome.jobID == accepted.jobID {
                if upload.sessionID == nil { _ = self.hub.insert(session) }
                session.publish(queued)
            }
            return outcome
        }
        if outcome.jobID == accepted.jobID { arrivals(.document).arrive() }
        return outcome
    }

    /// The whole transaction.
    private func store(
        _ upload: DocumentSubmission, as accepted: AcceptedDocument, queued: LoggedEvent, _ connection: Connection
    ) throws -> AcceptedDocument {
        if let first = try Self.repeated(upload, connection) { return first }
        let line = line(connection)
        var accepted = accepted
        try supersede(&accepted, line)
        let (document, now) = (upload.document, accepted.acceptedAt)
        if upload.sessionID == nil {
            try Self.insertSession(accepted.sessionID, owner: upload.user, at: now, in: connection)
        }
        try connection.run(
            """
            INSERT OR REPLACE INTO document (id, course, name, content_hash, byte_count, user, job_id, state,
                created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)
            """,
            [
                SQLValue(document.documentID), SQLValue(upload.course.name), SQLValue(document.name),
                SQLValue(document.contentHash), SQLValue(document.byteCount), SQLValue(upload.user.name),
                SQLValue(accepted.jobID), SQLValue(now), SQLValue(now),
            ])
        try line.insert(
            Job(
                id: accepted.jobID, user: upload.user, sessionID: accepted.sessionID, traceID: upload.traceID,
                course: upload.course, task: .document(document), acceptedAt: now,
                deadline: line.steady + limits.documentDeadline), idempotency: upload.idempotency)
        _ = try Self.store(queued, in: accepted.sessionID, connection)
        return accepted
    }

    /// Ends the open job of a former upload of the same document.
    private func supersede(_ accepted: inout AcceptedDocument, _ line: JobLine) throws {
        let former = try line.connection.row(
            """
            SELECT document.content_hash, job.id, job.tries FROM document
            LEFT JOIN job ON job.id = document.job_id AND job.is_open = 1 WHERE document.id = ?
            """, [SQLValue(accepted.document.documentID)]
        ) { (hash: $0.text(0), job: $0.optionalText(1), tries: $0.isNull(2) ? 0 : $0.int(2)) }
        guard let former else { return }
        if former.hash != accepted.document.contentHash { accepted.formerHash = former.hash }
        guard let job = former.job else { return }
        let failure = JobFailure(
            .cancelled, for: .document, message: "A newer upload of the same document took its place.",
            cause: "superseded")
        _ = try Self.fail(job: job, tries: former.tries, failure, line)
        accepted.superseded = job
    }

    package func pending(in course: CourseID) async throws -> [PendingDocument] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(Self.documentColumns) FROM document WHERE course = ? ORDER BY name", [SQLValue(course.name)],
                Self.pendingDocument)
        }
    }

    package func pending(document id: String, in course: CourseID) async throws -> PendingDocument? {
        try await database.read { connection in
            try connection.row(
                "SELECT \(Self.documentColumns) FROM document WHERE id = ? AND course = ?",
                [SQLValue(id), SQLValue(course.name)], Self.pendingDocument)
        }
    }

    @discardableResult
    package func note(_ stage: DocumentStage, for lease: Lease) async throws -> Bool {
        let now = time.now
        return try await database.write { connection in
            let isHeld = try connection.row("SELECT 1 FROM job WHERE \(Self.held)", Self.holder(lease)) { _ in true }
            guard isHeld == true else { return false }
            try Self.setStage(stage, ofJob: lease.job.id, at: now, connection)
            return true
        }
    }

    package func cancel(document id: String, in course: CourseID) async throws -> String? {
        try await database.write { connection in
            let open = try connection.row(
                """
                SELECT job.id, job.tries FROM document JOIN job ON job.id = document.job_id
                WHERE document.id = ? AND document.course = ? AND job.is_open = 1
                """, [SQLValue(id), SQLValue(course.name)]
            ) { (id: $0.text(0), tries: $0.int(1)) }
            guard let open else { return nil }
            _ = try Self.fail(
                job: open.id, tries: open.tries, JobFailure(.cancelled, for: .document), self.line(connection))
            return open.id
        }
    }

    @discardableResult
    package func forget(document id: String, in course: CourseID) async throws -> Bool {
        try await database.write { connection in
            try connection.run(
                """
                DELETE FROM document WHERE id = ? AND course = ?
                    AND NOT EXISTS (SELECT 1 FROM job WHERE job.id = document.job_id AND job.is_open = 1)
                """, [SQLValue(id), SQLValue(course.name)]) == 1
        }
    }

    package func needs(original hash: String) async throws -> Bool {
        try await database.read { connection in
            try connection.row("SELECT 1 FROM document WHERE content_hash = ?", [SQLValue(hash)]) { _ in true } == true
        }
    }

    /// Changes the row of the job's document, if it has one.
    static func setStage(
        _ stage: DocumentStage, ofJob id: String, at now: Timestamp, _ connection: Connection
    ) throws {
        try connection.run(
            "UPDATE document SET state = ?, updated_at = ? WHERE job_id = ? AND state <> 'failed'",
            [SQLValue(stage.rawValue), SQLValue(now), SQLValue(id)])
    }

    private static let documentColumns =
        "id, name, content_hash, byte_count, state, label, reason, job_id, updated_at"

    private static func pendingDocument(_ row: Row) -> PendingDocument {
        PendingDocument(
            document: UploadedDocument(
                documentID: row.text(0), name: row.text(1), contentHash: row.text(2), byteCount: row.int(3)),
            stage: DocumentStage(rawValue: row.text(4)) ?? .failed, label: row.optionalText(5),
            reason: row.optionalText(6), jobID: row.text(7), updatedAt: row.timestamp(8))
    }
}

extension SQLiteChatStore: CourseDirectory {
    package func setTitle(_ title: String, of course: CourseID) async throws {
        try await database.write {
            try $0.run(
                "INSERT OR REPLACE INTO course (id, title) VALUES (?, ?)", [SQLValue(course.name), SQLValue(title)])
        }
    }

    package func titles() async throws -> [CourseID: String] {
        try await database.read { connection in
            let rows = try connection.rows("SELECT id, title FROM course", []) { ($0.text(0), $0.text(1)) }
            return Dictionary(
                rows.compactMap { id, title in (try? CourseID(id)).map { ($0, title) } }, uniquingKeysWith: { $1 })
        }
    }

    package func forgetTitle(of course: CourseID) async throws {
        try await database.write { try $0.run("DELETE FROM course WHERE id = ?", [SQLValue(course.name)]) }
    }
}
