import ChatService
import Testing

/// Search over a real course file; vectors by a tiny embedder.
@Suite("Search route", .timeLimit(.minutes(10)))
struct SearchTests {
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

    private func door() async throws -> FrontDoor {
        let shelf = try CourseShelf()
        for (number, text) in texts.enumerated() {
            try await shelf.add(
                text, title: "Aula \(number)", section: ["Parte \(number)", "Início"], pages: 3...4, language: "pt")
        }
        return try FrontDoor(library: shelf)
    }

    @Test("Ranked passages with their places, at most k")
    func passages() async throws {
        let door = try await door()
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

    @Test("A query that is too long is told both bounds: its own and that of the address")
    func tooLong() async throws {
        let door = try await door()
        let path = "/api/courses/algoritmos/search?q="
        let longest = try await door.send(.get, path + String(repeating: "a", count: 8_000))
        #expect(longest.status == 200)
        let reply = try await door.send(.get, path + String(repeating: "a", count: 8_001))
        #expect(reply.status == 400)
        #expect(try reply.json(ProblemReply.self).errors?.map(\.pointer) == ["?q"])
        #expect(reply.text.contains("8000 characters") && reply.text.contains("8192 bytes"))
    }

    @Test(
        "No question breaks the search",
        arguments: ["\"", "*", "NEAR(", "a AND (b", "-x", "🦀", "'; DROP TABLE chunk; --", "col:um"])
    func hostile(query: String) async throws {
        let door = try await door()
        let encoded = query.utf8.map { "%" + [$0].hexadecimal }.joined()
        let reply = try await door.send(.get, "/api/courses/algoritmos/search?q=\(encoded)")
        #expect(reply.status == 200, "\(reply.text)")
    }
}
