import ChatService
import CourseStore
import Retrieval
import Support
import TestSupport

/// A real course file with one passage, and a question about it.
struct StackCourse: CourseLibrary {
    static let question = "What is a stack, and which element does pop take off?"
    private static let text =
        "A stack is a list where the last element in is the first one out. Push adds an element, pop takes it off."

    let embedder = HashEmbedder()
    let id: CourseID
    private let file: CourseFile
    /// Deleted with the course.
    private let folder: TemporaryFolder

    init() async throws {
        id = try CourseID("algoritmos")
        folder = try TemporaryFolder()
        file = try CourseFile(path: folder.file("algoritmos.sqlite"), course: id, space: embedder.space)
        let text = Self.text
        let document = NewDocument(
            path: "structures", title: "Structures", contentHash: SHA256.hex(text.utf8), byteCount: text.utf8.count,
            mediaType: "text/plain", language: "en", pageCount: nil, characterCount: text.count, warnings: [])
        let chunk = NewChunk(
            text: text, section: ["Structures", "Stacks"], pages: nil, offset: 0..<text.utf8.count,
            tokenCount: embedder.tokenCount(text))
        try await file.replace(document, chunks: [chunk], vectors: try await embedder.embed([text]))
    }

    func ids() async throws -> [CourseID] { [id] }
    func courses() async throws -> [CourseSummary] { [summary] }
    func course(_ id: CourseID) async throws -> CourseSummary? { id == self.id ? summary : nil }

    func retriever(for id: CourseID) async throws -> Retriever? {
        id == self.id ? Retriever(course: file, embedder: embedder) : nil
    }

    private var summary: CourseSummary { CourseSummary(id: id, title: id.name, documents: 1, chunks: 1) }
}
