import ChatService
import CourseStore
import Embedding
import Extraction
import Ingest
import Support

/// Ingests uploads into courses.
struct CourseIngesting: DocumentIngesting {
    /// Runs the work on a course's file, and makes what it did the course's; nil when there is no such course.
    typealias Writing =
        @Sendable (
            _ document: UploadedDocument, _ course: CourseID,
            _ work: @Sendable (CourseFile) async throws -> IngestedSummary
        ) async throws -> IngestedSummary?

    let embedder: any Embedder
    let extraction: any DocumentExtraction
    let originals: OriginalShelf
    let log: Log
    let write: Writing

    init(
        embedder: any Embedder, extraction: any DocumentExtraction, originals: OriginalShelf, log: Log,
        write: @escaping Writing
    ) {
        self.embedder = embedder
        self.extraction = extraction
        self.originals = originals
        self.log = log
        self.write = write
    }

    /// Through the very file that questions are answered from: what is ready is found by the next question.
    init(
        folder: CourseFolder, embedder: any Embedder, extraction: any DocumentExtraction, originals: OriginalShelf,
        log: Log
    ) {
        self.init(embedder: embedder, extraction: extraction, originals: originals, log: log) { _, course, work in
            guard let file = try await folder.file(for: course) else { return nil }
            return try await work(file)
        }
    }

    func ingest(
        _ document: UploadedDocument, into course: CourseID,
        progress: @escaping @Sendable (DocumentProgress) -> Void
    ) async throws -> IngestedSummary {
        let original = try await originals.path(of: document.contentHash)
        let summary = try await write(document, course) { file in
            try await bring(document, at: original, into: file, progress: progress)
        }
        guard let summary else { throw CourseGone() }
        return summary
    }

    private func bring(
        _ document: UploadedDocument, at original: String, into file: CourseFile,
        progress: @escaping @Sendable (DocumentProgress) -> Void
    ) async throws -> IngestedSummary {
        let former = try await file.document(id: document.documentID)
        let ingester = Ingester(
            course: file, embedder: embedder, extraction: extraction, originals: originals.store.folder, log: log)
        let ingested: IngestedDocument
        do {
            ingested = try await ingester.ingest(file: original, as: document.name, progress: progress)
        } catch let error as IngestError where error.isOfTheFile {
            throw DocumentRejected(error)
        }
        if case .duplicate(let other) = ingested.outcome { throw DocumentRejected(duplicateOf: other.path) }
        return IngestedSummary(
            pages: ingested.document.pageCount, chunks: ingested.document.chunkCount,
            formerHash: former.map(\.contentHash).flatMap { $0 == document.contentHash ? nil : $0 })
    }
}
