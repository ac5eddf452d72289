import ChatAdapters
import ChatService
import CourseStore
import Embedding
import Support

/// How uploads get into the courses in S3: by the one process that holds the lease, as a new snapshot for each document.
struct CloudIngestion: Sendable {
    /// Times that a document is read anew because another, a removal for example, was first.
    private static let tries = 4

    private let lease: WriterLease
    private let writer: CourseWriter
    private let courses: CloudCourses
    private let documents: any DocumentIntake
    private let ledger: any JobLedger
    private let space: EmbeddingSpace

    /// - Parameter folder: local, of this writer alone.
    init(
        _ lease: WriterLease, _ courses: CloudCourses, documents: any DocumentIntake, ledger: any JobLedger,
        folder: String, space: EmbeddingSpace, log: Log, time: any TimeSource = SystemTime()
    ) {
        self.lease = lease
        self.courses = courses
        self.documents = documents
        self.ledger = ledger
        self.space = space
        writer = CourseWriter(
            CourseCopies(
                courses.snapshots, folder: folder, limit: .max, tools: CourseFiles(space: space), log: log, time: time)
        ) { lease.fence }
    }

    /// Empties the writer's folder of what a former process has left.
    func prepare() async throws { try await writer.prepareFolder() }

    /// For the worker that ingests: it takes documents only while this process is the writer.
    func queue(_ base: any JobQueue) -> any JobQueue { WritersQueue(base: base) { lease.fence != nil } }

    func write(
        _ document: UploadedDocument, _ course: CourseID,
        _ work: @Sendable (CourseFile) async throws -> IngestedSummary
    ) async throws -> IngestedSummary? {
        for attempt in 1... {
            do {
                return try await attemptToWrite(document, course, work)
            } catch CloudDocumentsError.noSuchCourse {
                return nil
            } catch CloudDocumentsError.superseded where attempt < Self.tries && lease.fence != nil {
                continue
            }
        }
        return nil
    }

    private func attemptToWrite(
        _ document: UploadedDocument, _ course: CourseID,
        _ work: @Sendable (CourseFile) async throws -> IngestedSummary
    ) async throws -> IngestedSummary {
        let summary = try await writer.change(course) { [self] path in
            // Whoever cancels an upload supersedes the course after that: either it is seen here, or the publication is
            // refused.
            guard let pending = try await documents.pending(document: document.documentID, in: course),
                pending.document.contentHash == document.contentHash,
                try await ledger.record(job: pending.jobID)?.status.isOver == false
            else { throw CancellationError() }
            let file = try await BlockingQueue(label: "course-writing").run { [space] in
                try CourseFile(path: path, course: course, space: space)
            }
            let outcome: Result<IngestedSummary, any Error>
            do { outcome = .success(try await work(file)) } catch { outcome = .failure(error) }
            await file.close()
            return try outcome.get()
        }
        // It is in S3: that this process cannot read it yet is no failure of the ingestion.
        _ = try? await courses.copies.refresh(course)
        return summary
    }
}

/// A queue whose documents are only for the process that writes the courses.
private struct WritersQueue: JobQueue {
    /// Between two looks whether this process is the writer.
    private static let interval = Duration.seconds(1)

    let base: any JobQueue
    let isWriter: @Sendable () -> Bool

    func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease? {
        guard kind != .document || isWriter() else { return nil }
        return try await base.lease(kind, for: visibility)
    }

    func waitForWork(_ kind: JobKind, within patience: Duration) async {
        guard kind != .document || isWriter() else {
            // Cancelled when the worker stops; nothing to do then.
            try? await Task.sleep(for: min(patience, Self.interval))
            return
        }
        await base.waitForWork(kind, within: patience)
    }

    func renew(_ lease: Lease, for visibility: Duration) async throws -> Bool {
        try await base.renew(lease, for: visibility)
    }

    func retry(_ lease: Lease, after delay: Duration, because label: String) async throws -> Bool {
        try await base.retry(lease, after: delay, because: label)
    }

    func release(_ lease: Lease) async throws -> Bool { try await base.release(lease) }
    func depth() async throws -> Int { try await base.depth() }
}
