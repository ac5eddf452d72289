import ChatService
import CourseStore
import Retrieval
import Support
import TestSupport
import Testing

/// Search over a real course file; vectors by a tiny embedder.
@Suite("Search route", .timeLimit(.minutes(1)))
struct SearchTests {
    /// One course on disk.
    private struct Library: CourseLibrary {
        let file: CourseFile

        func courses() async throws -> [CourseSummary] {
            let counts = try await file.counts()
            return [
                CourseSummary(id: file.course, title: "Algoritmos", documents: counts.documents, chunks: counts.chunks)
            ]
        }
        func course(_ id: CourseID) async throws -> CourseSummary? { try await courses().first { $0.id == id } }
        func retriever(for id: CourseID) async throws -> Retriever? {
            id == file.course ? Retriever(course: file, embedder: HashEmbedder()) : nil
        }
    }

    private struct Found: Decodable {
        struct Passage: Decodable {
            let rank: Int
            let documentId: String
            let title: String
            let page: Int?
            let section: String?
            let text: String
            let score: Double
        }
        let course: String
        let query: String
        let passages: [Passage]
    }

    private let texts = [
        "Recursão é quando uma função chama a si mesma até um caso base.",
        "Uma fila atende primeiro quem chegou primeiro.",
        "O algoritmo de ordenação por inserção desloca os maiores.",
    ]

    private func door(_ folder: TemporaryFolder) async throws -> FrontDoor {
        let embedder = HashEmbedder()
        let file = try CourseFile(
            path: folder.file("algoritmos.sqlite"), course: CourseID("algoritmos"), space: embedder.space)
        for (number, text) in texts.enumerated() {
            let document = NewDocument(
                path: "aula\(number).pdf", title: "Aula \(number)", contentHash: SHA256.hex(text.utf8),
                byteCount: text.utf8.count, mediaType: "application/pdf", language: "pt", pageCount: 9,
                characterCount: text.count, warnings: [])
            let chunk = NewChunk(
                text: text, section: ["Parte \(number)", "Início"], pages: 3...4, offset: 0..<text.utf8.count,
                tokenCount: embedder.tokenCount(text))
            try await file.replace(document, chunks: [chunk], vectors: try await embedder.embed([text]))
        }
        return try FrontDoor(library: Library(file: file))
    }

    @Test("Ranked passages with their places, at most k")
    func passages() async throws {
        let folder = try TemporaryFolder()
        let door = try await door(folder)
        let reply = try await door.send(
            .get, "/api/courses/algoritmos/search?q=o%20que%20%C3%A9%20recurs%C3%A3o%3F&k=2")
        #expect(reply.status == 200)
        let found = try reply.json(Found.self)
        #expect(found.query == "o que é recursão?" && found.course == "algoritmos")
        #expect(found.passages.count <= 2)
        let best = try #require(found.passages.first)
        #expect(best.rank == 1 && best.text == texts[0] && best.title == "Aula 0")
        #expect(best.page == 3 && best.section == "Parte 0 › Início")
    }

    @Test(
        "No question breaks the search",
        arguments: ["\"", "*", "NEAR(", "a AND (b", "-x", "🦀", "'; DROP TABLE chunk; --", "col:um"])
    func hostile(query: String) async throws {
        let folder = try TemporaryFolder()
        let door = try await door(folder)
        let encoded = query.utf8.map { "%" + [$0].hexadecimal }.joined()
        let reply = try await door.send(.get, "/api/courses/algoritmos/search?q=\(encoded)")
        #expect(reply.status == 200, "\(reply.text)")
    }
}
