import ChatService
import CourseStore
import Retrieval
import Support
import TestSupport

/// One real course file, with the vectors of a tiny embedder.
struct CourseShelf: CourseLibrary {
    let embedder = HashEmbedder()
    let file: CourseFile
    /// Deleted with the shelf.
    private let folder: TemporaryFolder

    init(_ name: String = "algoritmos") throws {
        folder = try TemporaryFolder()
        file = try CourseFile(
            path: folder.file("\(name).sqlite"), course: CourseID(name), space: embedder.space)
    }

    /// Adds a document of one chunk.
    func add(
        _ text: String, title: String, section: [String] = [], pages: ClosedRange<Int>? = nil, language: String = "en"
    ) async throws {
        let document = NewDocument(
            path: title, title: title, contentHash: SHA256.hex(text.utf8), byteCount: text.utf8.count,
            mediaType: "text/plain", language: language, pageCount: pages?.upperBound, characterCount: text.count,
            warnings: [])
        let chunk = NewChunk(
            text: text, section: section, pages: pages, offset: 0..<text.utf8.count,
            tokenCount: embedder.tokenCount(text))
        try await file.replace(document, chunks: [chunk], vectors: try await embedder.embed([text]))
    }

    func ids() async throws -> [CourseID] { [file.course] }

    func courses() async throws -> [CourseSummary] {
        let counts = try await file.counts()
        return [
            CourseSummary(
                id: file.course, title: file.course.name, documents: counts.documents, chunks: counts.chunks)
        ]
    }

    func course(_ id: CourseID) async throws -> CourseSummary? { try await courses().first { $0.id == id } }

    func retriever(for id: CourseID) async throws -> Retriever? {
        id == file.course ? Retriever(course: file, embedder: embedder) : nil
    }
}
