import Foundation
import SQLite
import Support
import TestSupport
import Testing

@testable import CourseStore

/// The index against what the texts say and against plain BM25, through all that can happen to a course.
@Suite struct LexicalIndexTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    private func load(_ file: CourseFile, _ path: String, _ texts: [String], title: String = "") async throws {
        try await file.replace(
            CourseFixture.document(path, title: title), chunks: texts.map { CourseFixture.chunk($0) },
            vectors: texts.flatMap { _ in SeededNumbers.fixed })
    }

    /// Scores every chunk, in the order of the question's words.
    private func plain(_ question: String, _ contents: IndexCheck.Contents) -> [ScoredChunk] {
        let bm25 = BM25(contents.statistics)
        var scores: [UInt32: Double] = [:]
        for word in QuestionWords(question).words {
            let postings = TextLanguage.allCases.flatMap {
                contents.postings[PostingBatch.key(word.term(in: $0), $0)] ?? []
            }
            let weight = bm25.weight(frequency: postings.count)
            for posting in postings {
                scores[posting.chunk, default: 0] += bm25.score(
                    weight, frequency: UInt32(posting.frequency), length: contents.lengths[posting.chunk] ?? 0)
            }
        }
        var chunks: [ScoredChunk] = scores.map { ScoredChunk(id: Int64($0.key), score: Float($0.value)) }
        chunks.sort { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }
        return chunks
    }

    private func expectPlain(_ questions: [String], in file: CourseFile) async throws {
        let contents = try await file.pool.read { try IndexCheck.expected(in: $0) }
        for question in questions {
            let expected = plain(question, contents)
            for limit in [1, 10, 5_000] {
                let found = try await file.lexicalSearch(question, limit: limit)
                #expect(found.map(\.id) == expected.prefix(limit).map(\.id), "\(question) \(limit)")
                #expect(zip(found, expected).allSatisfy { abs($0.score - $1.score) <= 1e-5 * $1.score })
            }
        }
    }

    private struct Reference: Decodable {
        struct Question: Decodable {
            let text: String
            let texts: [Int]
            let scores: [Double]
        }
        let texts: [String]
        let questions: [Question]
    }

    @Test func scoresAreThoseOfBM25s() async throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/bm25.json")
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: path))
        let file = try fixture.open()
        // One half goes into the lists at once, the other comes piece by piece.
        try await load(file, "a", Array(reference.texts.prefix(600)))
        for (number, start) in stride(from: 600, to: reference.texts.count, by: 50).enumerated() {
            try await load(file, "b\(number)", Array(reference.texts[start..<(start + 50)]))
        }
        for question in reference.questions {
            let found = try await file.lexicalSearch(question.text, limit: question.texts.count)
            // bm25s leaves the constant factor k1 + 1 out.
            for (chunk, score) in zip(found, question.scores) {
                #expect(abs(Double(chunk.score) / 1.9 - score) < 1e-4 * max(1, score))
            }
            let scores = Dictionary(uniqueKeysWithValues: zip(question.texts, question.scores))
            for chunk in found where Double(chunk.score) / 1.9 > (question.scores.last ?? 0) + 1e-4 {
                #expect(scores[Int(chunk.id) - 1] != nil, "\(question.text)")
            }
        }
    }

    @Test(arguments: [1, 2])
    func whateverHappensTheIndexIsThatOfTheTexts(seed: UInt64) async throws {
        var numbers = SeededNumbers(seed)
        var file = try fixture.open()
        let vocabulary = (0..<70).map { "word\($0)" } + ["árvore", "grafos", "the", "de", "lista_encadeada", "O(n²)"]
        func text() -> String {
            (0..<Int.random(in: 0...9, using: &numbers)).map { _ in
                let pick = Double.random(in: 0..<1, using: &numbers)
                return vocabulary[Int(pick * pick * Double(vocabulary.count))]
            }.joined(separator: " ")
        }
        var ids: [String] = []
        for step in 0..<40 {
            switch Int.random(in: 0..<10, using: &numbers) {
            case 0 where !ids.isEmpty:
                try await file.remove(documentID: ids.remove(at: Int.random(in: 0..<ids.count, using: &numbers)))
            case 1 where !ids.isEmpty:
                try await file.rename(
                    documentID: ids[Int.random(in: 0..<ids.count, using: &numbers)], path: "renamed\(step)",
                    title: text(), root: "")
            case 2:
                await file.close()
                file = try fixture.open()
            default:
                let many = step % 12 == 5 ? 520...600 : 1...90
                let chunks = (0..<Int.random(in: many, using: &numbers)).map { _ in text() }
                try await load(file, "\(Int.random(in: 0..<25, using: &numbers))", chunks, title: text())
                ids = try await file.documents().map(\.id)
            }
            if step % 10 == 9 {
                try await IndexCheck.check(file)
                try await expectPlain((0..<4).map { _ in text() + " " + text() }, in: file)
            }
        }
        // Built in one go from the same texts, it ranks the same.
        let question = text() + " " + text()
        let before = try await file.lexicalSearch(question, limit: 100)
        try await file.pool.write { try $0.execute("UPDATE lexical_state SET version = 0") }
        await file.close()
        file = try fixture.open()
        try await IndexCheck.check(file)
        #expect(try await file.lexicalSearch(question, limit: 100) == before)
        for id in ids { try await file.remove(documentID: id) }
        let rows = try await file.pool.read { connection in
            try ["term", "posting", "recent", "chunk_length"].map { table in
                try connection.row("SELECT count(*) FROM \(table)", [], { $0.int(0) })
            }
        }
        #expect(rows == [0, 0, 0, 0])
    }

    @Test func whatIsTakenBackLeavesNothing() async throws {
        struct Refused: Error {}
        let file = try fixture.open()
        try await load(file, "a", ["pilha e fila", "lista"])
        let before = try await file.pool.read { try IndexCheck.stored(in: $0) }
        for path in ["a", "b"] {
            await #expect(throws: Refused.self) {
                try await file.replace(
                    CourseFixture.document(path), chunks: [CourseFixture.chunk("fila nova")],
                    vectors: SeededNumbers.fixed
                ) { document in
                    #expect(try document.holds("nova", inChunk: 0))
                    #expect(try document.isFound("fila nova", inChunk: 0))
                    throw Refused()
                }
            }
        }
        #expect(try await file.pool.read { try IndexCheck.stored(in: $0) } == before)
        #expect(try await file.lexicalSearch("nova", limit: 5).isEmpty)
        #expect(try await file.lexicalSearch("fila", limit: 5).count == 1)
    }

    @Test func anotherProcessIsSeenAtOnce() async throws {
        let (reader, writer) = (try fixture.open(), try fixture.open())
        for count in 1...5 {
            try await load(writer, "\(count)", ["pilha \(count)"])
            #expect(try await reader.lexicalSearch("pilha", limit: 9).count == count)
        }
        let ids = try await reader.documents().map(\.id)
        for (gone, id) in ids.enumerated() {
            try await writer.remove(documentID: id)
            #expect(try await reader.lexicalSearch("pilha", limit: 9).count == 4 - gone)
        }
    }

    @Test func readersSeeWholeDocumentsWhileOneWrites() async throws {
        let file = try fixture.open()
        try await load(file, "0", ["pilha fila"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<40 {
                        let hits = try await file.lexicalSearch("pilha fila", limit: 1_000)
                        // Every version of a document has seven chunks; the first document one.
                        #expect(hits.count % 7 == 1)
                        _ = try await file.occurrences("pilha", in: hits.map(\.id))
                    }
                }
            }
            group.addTask {
                for round in 0..<40 {
                    try await load(file, "\(1 + round % 6)", (0..<7).map { "pilha fila \(round) \($0)" })
                }
            }
            try await group.waitForAll()
        }
        try await IndexCheck.check(file)
    }

    @Test func damagedPostingsAreAnErrorNotACrash() async throws {
        let file = try fixture.open()
        try await load(file, "a", ["pilha e fila", "pilha"])
        try await file.pool.write { try $0.execute("UPDATE recent SET postings = x'ffffff'") }
        await #expect(throws: SQLiteError.self) { try await file.lexicalSearch("pilha", limit: 5) }
    }
}
