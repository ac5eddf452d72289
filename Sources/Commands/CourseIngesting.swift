import ChatService
import CourseStore
import Embedding
import Extraction
import Ingest
import Support

/// Ingests uploads into the courses of a folder, through the very file that questions are answered from: what is ready
/// is found by the next question.
struct CourseIngesting: DocumentIngesting {
    let folder: CourseFolder
    let embedder: any Embedder
    let extraction: any DocumentExtraction
    let originals: OriginalStore
    let log: Log

    func ingest(
        _ document: UploadedDocument, into course: CourseID,
        progress: @escaping @Sendable (DocumentProgress) -> Void
    ) async throws -> IngestedSummary {
        guard let file = try await folder.file(for: course) else { throw CourseGone() }
        let former = try await file.document(id: document.documentID)
        let ingester = Ingester(
            course: file, embedder: embedder, extraction: extraction, originals: originals.folder, log: log)
        let ingested: IngestedDocument
        do {
            ingested = try await ingester.ingest(
                file: originals.path(of: document.contentHash), as: document.name, progress: progress)
        } catch let error as IngestError where error.isOfTheFile {
            throw DocumentRejected(error)
        }
        if case .duplicate(let other) = ingested.outcome { throw DocumentRejected(duplicateOf: other.path) }
        return IngestedSummary(
            pages: ingested.document.pageCount, chunks: ingested.document.chunkCount,
            formerHash: former.map(\.contentHash).flatMap { $0 == document.contentHash ? nil : $0 })
    }
}
