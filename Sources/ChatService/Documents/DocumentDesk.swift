import Ingest
import Support

/// Takes in, lists and lets go the documents of courses: what the routes of staff do, without HTTP.
package struct DocumentDesk: Sendable {
    /// What became of an upload.
    enum Outcome: Sendable {
        case accepted(AcceptedDocument)
        /// The course has this very content under another name.
        case known(StoredDocument, as: String)
    }

    /// Bytes of one document.
    package static let largest = 100_000_000
    /// Uploads that may arrive at once.
    static let mostUploads = 8

    let documents: any DocumentIntake
    let courses: any CourseDocuments
    let directory: any CourseDirectory
    package let originals: OriginalShelf
    private let running: RunningJobs
    private let publisher: TerminalPublisher
    private let arriving = Locked(0)
    private let metrics: ChatMetrics
    private let log: Log

    package init(
        documents: any DocumentIntake, courses: any CourseDocuments, directory: any CourseDirectory,
        originals: OriginalShelf, running: RunningJobs, publisher: TerminalPublisher,
        metrics: ChatMetrics = ChatMetrics(), log: Log
    ) {
        self.documents = documents
        self.courses = courses
        self.directory = directory
        self.originals = originals
        self.running = running
        self.publisher = publisher
        self.metrics = metrics
        self.log = log
    }

    /// Removes what a killed server left of uploads. Blocks; once, before the first request.
    package func sweep() { UploadSpool.sweep(originals.store.folder) }

    /// Runs `body` with a new spool while there is room for another upload.
    /// - Throws: `UploadError.tooMany`; what `body` throws.
    func receive<Value: Sendable>(_ body: (UploadSpool) async throws -> Value) async throws -> Value {
        let isIn = arriving.withLock { count in
            guard count < Self.mostUploads else { return false }
            count += 1
            return true
        }
        guard isIn else { throw UploadError.tooMany }
        defer { arriving.withLock { $0 -= 1 } }
        return try await body(UploadSpool(folder: originals.store.folder, limit: Self.largest))
    }

    /// Makes a file that arrived whole a document to be ingested, unless the course has its content.
    /// - Parameter prepare: runs with the document's id before anybody can read it; what it throws refuses the upload.
    func take(
        _ upload: UploadSpool.Whole, as name: String, in course: CourseID, for user: UserID, sessionID: String?,
        traceID: String, key: String?, after prepare: (String) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        guard let id = try await courses.documentID(of: name, in: course) else { throw Problem.unknownCourse(nil) }
        let submission = DocumentSubmission(
            user: user, course: course,
            document: UploadedDocument(
                documentID: id, name: name, contentHash: upload.hash, byteCount: upload.byteCount),
            traceID: traceID, sessionID: sessionID,
            idempotency: key.map {
                Submission.Idempotency(
                    key: $0, fingerprint: SHA256.hex(JSONText.bytes([course.name, name, upload.hash])))
            })
        // A repeat is told what the first request was told, whatever became of the document since.
        if let first = try await documents.accepted(submission) { return .accepted(first) }
        if let known = try await twin(of: upload.hash, id, in: course) { return .known(known, as: name) }
        try await prepare(id)
        RequestTrace.current?.accepting(traceID)
        let accepted: AcceptedDocument
        do {
            accepted = try await originals.keep(upload) { try await documents.accept(submission) }
        } catch {
            // Refused, so nothing shall be left of it; but another document may have the same content.
            await originals.dropIfUnused(upload.hash)
            throw error
        }
        RequestTrace.current?.accepted(job: accepted.jobID, traceID: accepted.traceID)
        metrics.acceptedDocument()
        if let former = accepted.superseded {
            metrics.cancelled(.document)
            running.cancel(former)
            await publisher.publish(job: former)
            await letGo(of: accepted.formerHash, in: course)
        } else if let hash = accepted.formerHash {
            await originals.dropIfUnused(hash)
        }
        log.info(
            "document accepted",
            [
                "document": id, "job": accepted.jobID, "course": course.name, "trace": accepted.traceID,
                "bytes": "\(upload.byteCount)",
            ])
        return .accepted(accepted)
    }

    /// Lets the content of an upload go that was superseded, once no process can still bring it into the course. The upload
    /// that took its place is accepted whatever becomes of this.
    private func letGo(of hash: String?, in course: CourseID) async {
        do {
            try await courses.supersede(course)
            if let hash { await originals.dropIfUnused(hash) }
        } catch {
            log.warning("an original is left over", ["error": error.label])
        }
    }

    /// Another document of the course with that content, unless a newer version of it is on its way.
    private func twin(of hash: String, _ id: String, in course: CourseID) async throws -> StoredDocument? {
        guard let known = try await courses.document(withHash: hash, of: course), known.id != id else { return nil }
        if let upload = try await documents.pending(document: known.id, in: course), upload.stage != .failed,
            upload.document.contentHash != hash
        {
            return nil
        }
        return known
    }

    /// All documents of a course by name, whether they are in it, on their way, or failed; nil when there is no such course.
    func list(_ course: CourseID) async throws -> [CourseDocument]? {
        // In this order: what becomes ready in between is then seen twice, not never.
        let pending = try await documents.pending(in: course)
        guard let stored = try await courses.documents(of: course) else { return nil }
        let byID = Dictionary(stored.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let waiting = Set(pending.map(\.document.documentID))
        let all =
            pending.map { CourseDocument(pending: $0, stored: byID[$0.document.documentID]) }
            + stored.filter { !waiting.contains($0.id) }.map { CourseDocument(pending: nil, stored: $0) }
        return all.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    func find(_ id: String, in course: CourseID) async throws -> CourseDocument? {
        let pending = try await documents.pending(document: id, in: course)
        var stored = try await courses.document(id, of: course)
        // It may have been brought in a moment ago, by another process.
        if pending == nil, stored == nil { stored = try await courses.newestDocument(id, of: course) }
        return pending == nil && stored == nil ? nil : CourseDocument(pending: pending, stored: stored)
    }

    /// Takes a document out of its course for good, with the upload that may be on its way and, when no other document
    /// needs it, its original. While there is an upload beside the version that students see, open or failed, only the
    /// upload is discarded, unless it shall go `wholly`.
    /// - Returns: false when there is none.
    func delete(_ id: String, from course: CourseID, wholly: Bool = false) async throws -> Bool {
        guard let found = try await find(id, in: course) else { return false }
        let keepsLive = found.pending != nil && found.stored != nil && !wholly
        if let job = try await documents.cancel(document: id, in: course) {
            metrics.cancelled(.document)
            // Whoever works on it may be about to store it: only when they have left is it gone for good.
            await running.stop(job)
            try Task.checkCancellation()
            await publisher.publish(job: job)
        }
        // Also when this is said again, after it failed half way.
        if found.pending != nil { try await courses.supersede(course) }
        if !keepsLive { try await courses.remove(id, from: course) }
        try await documents.forget(document: id, in: course)
        for hash in Set([found.pending?.document.contentHash, found.stored?.contentHash].compactMap { $0 }) {
            await originals.dropIfUnused(hash)
        }
        log.info(keepsLive ? "upload discarded" : "document deleted", ["document": id, "course": course.name])
        return true
    }

    /// Deletes a course for good, with what is on its way into it, and the originals that no other course has.
    /// - Returns: false when there is none.
    func removeCourse(_ course: CourseID) async throws -> Bool {
        for upload in try await documents.pending(in: course) {
            _ = try await delete(upload.document.documentID, from: course, wholly: true)
        }
        let stored = Set((try await courses.documents(of: course) ?? []).map(\.contentHash))
        guard try await courses.removeCourse(course) else { return false }
        await originals.dropUnused(stored)
        try await directory.forgetTitle(of: course)
        log.info("course deleted", ["course": course.name])
        return true
    }
}

/// A document as staff see it: in its course, on its way, or both when a new version is.
struct CourseDocument: Sendable, Equatable {
    let pending: PendingDocument?
    let stored: StoredDocument?

    var id: String { stored?.id ?? pending?.document.documentID ?? "" }
    var name: String { pending?.document.name ?? stored?.name ?? "" }
    var stage: DocumentStage { pending?.stage ?? .ready }
}
