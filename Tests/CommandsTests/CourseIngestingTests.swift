import ChatAdapters
import ChatService
import Extraction
import Ingest
import Support
import TestSupport
import Testing

@testable import Commands

/// What is the document's own fault is final; trouble of the machine is tried again.
@Suite struct CourseIngestingTests {
    private struct Failing: DocumentExtraction {
        let error: IngestError

        func extract(
            path: String, progress: @escaping @Sendable (ExtractionProgress) -> Void
        ) async throws -> ExtractionOutcome { throw error }
    }

    private let scratch: TestSupport.TemporaryFolder
    private let course: CourseID
    private let document: UploadedDocument

    init() throws {
        scratch = try TestSupport.TemporaryFolder()
        course = try CourseID("fisica")
        let hash = SHA256.hex("content".utf8)
        try scratch.write("originals/\(hash)", "content")
        document = UploadedDocument(documentID: "id", name: "aula.txt", contentHash: hash, byteCount: 7)
    }

    private func ingest(failing error: IngestError) async throws {
        let embedder = HashEmbedder()
        let folder = CourseFolder(data: scratch.path, embedder: embedder)
        _ = try await folder.makeCourse(course)
        let store = try SQLiteChatStore(path: scratch.file("gepeto.sqlite"))
        let ingesting = CourseIngesting(
            folder: folder, embedder: embedder, extraction: Failing(error: error),
            originals: OriginalShelf(
                store: OriginalStore(folder: scratch.file("originals")), documents: store, courses: folder,
                log: .silent),
            log: .silent)
        let outcome = await Task { try await ingesting.ingest(document, into: course) { _ in } }.result
        await store.close()
        _ = try outcome.get()
    }

    @Test(arguments: [
        IngestError.encrypted, .broken("PDF"), .crashed, .outOfMemory, .timedOut(after: .seconds(1)), .blank,
    ])
    func theFilesFaultIsFinal(_ error: IngestError) async throws {
        let rejected = await #expect(throws: DocumentRejected.self) { try await ingest(failing: error) }
        #expect(rejected?.label == error.label && rejected?.description == error.description)
    }

    @Test(arguments: [
        IngestError.noScratch("disk full"), .noSandbox("no namespaces"), .missingTool("pdftotext"), .changedMeanwhile,
        .originalNotKept("disk full"), .selfCheckFailed("a vector"), .unreadable("input/output error"),
    ])
    func theMachinesTroubleIsTriedAgain(_ error: IngestError) async throws {
        await #expect(throws: error) { try await ingest(failing: error) }
    }
}
