import CourseStore
import Foundation
import Support
import Testing

@testable import Retrieval

@Suite struct EvaluationTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    private static let corpus = """
        {"_id": "pilha", "title": "Pilhas", "text": "O último a entrar é o primeiro a sair."}
        {"_id": "fila", "title": "Filas", "text": "O primeiro a entrar é o primeiro a sair."}

        {"_id": "grafo", "text": "Vértices e arestas."}\r
        {"_id": "arvore", "title": "", "text": "Um grafo sem ciclos.", "metadata": {"x": 1}}
        """
    private static let queries = """
        {"_id": "1", "text": "pilhas"}
        {"_id": "2", "text": "vértices"}
        {"_id": "3", "text": "not judged"}
        {"_id": "4", "text": "ciclos"}
        """
    private static let judgements =
        "query-id\tcorpus-id\tscore\n1\tpilha\t1\n2\tgrafo\t2\n2\tausente\t1\n4\tfila\t0\n4\tarvore\t1\n"

    private func evaluation(
        corpus: String = corpus, queries: String = queries, judgements: String = judgements
    ) throws -> Evaluation {
        Evaluation(
            corpus: try fixture.write(corpus, to: "corpus.jsonl"),
            queries: try fixture.write(queries, to: "queries.jsonl"),
            judgements: try fixture.write(judgements, to: "qrels.tsv"))
    }

    @Test(arguments: SearchMode.allCases)
    func measuresASmallSet(mode: SearchMode) async throws {
        let evaluation = try evaluation()
        let progress = Locked<[EvaluationProgress]>([])
        let report: @Sendable (EvaluationProgress) -> Void = { step in progress.withLock { $0.append(step) } }
        try await evaluation.index(into: fixture.file, embedder: fixture.embedder, progress: report)
        let result = try await evaluation.run(
            on: fixture.file, embedder: fixture.embedder, mode: mode, progress: report)
        #expect(result.documents == 4 && result.chunks == 4 && result.queries == 3 && result.mode == mode)
        #expect(result.missingDocuments == 1)
        #expect(result.meanReciprocalRankAt10 == 1)
        // Query 2 has a second relevant document that is not in the corpus.
        #expect(result.recallAt5 == 2.5 / 3)
        let second: Double = 2 / (2 + 1 / 1.584_962_500_721_156)
        #expect(abs(result.nDCGAt10 - (2 + second) / 3) < 1e-12)
        let steps = progress.withLock { $0 }
        #expect(steps.last == EvaluationProgress(phase: .querying, done: 3, fraction: 1))
        #expect(steps.first == EvaluationProgress(phase: .indexing, done: 4, fraction: 1))
        let json = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
        #expect(json.contains("\"ndcg@10\":") && json.contains("\"mode\":\"\(mode.rawValue)\""))
    }

    @Test func aDocumentCountsOnceAtItsBestChunk() async throws {
        let evaluation = try evaluation()
        try await evaluation.index(into: fixture.file, embedder: fixture.embedder) { document in
            // Three pieces of each, all of which hold the title's word.
            (0..<3).map { number in
                let text = "\(document.title) \(document.text) \(number)"
                return Evaluation.Piece(
                    chunk: NewChunk(text: text, section: [], pages: nil, offset: 0..<1, tokenCount: 1), vectorText: text
                )
            }
        }
        let result = try await evaluation.run(on: fixture.file, embedder: fixture.embedder, mode: .hybrid)
        #expect(result.chunks == 12 && result.meanReciprocalRankAt10 == 1)
        #expect(result.recallAt5 == 2.5 / 3)
    }

    @Test func aSecondRunEmbedsNothingUnchanged() async throws {
        try await evaluation().index(into: fixture.file, embedder: fixture.embedder)
        let before = try await fixture.file.documents()
        let cuts = Locked<[String]>([])
        let changed = Self.corpus.replacingOccurrences(of: "sem ciclos", with: "conexo sem ciclos")
        try await evaluation(corpus: changed).index(into: fixture.file, embedder: fixture.embedder) { document in
            cuts.withLock { $0.append(document.id) }
            return Evaluation.whole(document)
        }
        #expect(cuts.withLock { $0 } == ["arvore"])
        let after = try await fixture.file.documents()
        #expect(after.count == 4 && after != before)
    }

    @Test(arguments: [
        (
            "corpus.jsonl", "{\"_id\": \"a\", \"text\": \"b\"}\n{\"_id\": \"a\", \"text\": \"c\"}", 2,
            "its _id came before"
        ),
        ("corpus.jsonl", "\n\n{\"_id\": \"a\"", 3, "no valid JSON"),
        ("corpus.jsonl", "[1]", 1, "no JSON object"),
        ("corpus.jsonl", "{\"_id\": 3, \"text\": \"b\"}", 1, "\"_id\" is no string"),
        ("corpus.jsonl", "{\"_id\": \"a\", \"title\": \"b\"}", 1, "has no \"text\""),
        ("queries.jsonl", "{\"_id\": \"1\", \"text\": \"a\"}\nnull", 2, "no JSON object"),
        ("queries.jsonl", "{\"_id\": \"1\", \"text\": \"a\"}\n{\"_id\": \"1\", \"text\": \"b\"}", 2, "came before"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\n1\tpilha", 2, "2 tab-separated fields"),
        ("qrels.tsv", "1\tpilha\t1\n1\tfila\tmuito", 2, "no whole number"),
        ("qrels.tsv", "1\tpilha\t1\n1\tfila\t99999999999999999999", 2, "no whole number"),
    ])
    func aBadLineIsNamed(file: String, text: String, line: Int, reason: String) async throws {
        let evaluation = try evaluation(
            corpus: file == "corpus.jsonl" ? text : Self.corpus,
            queries: file == "queries.jsonl" ? text : Self.queries,
            judgements: file == "qrels.tsv" ? text : Self.judgements)
        let error = await #expect(throws: EvaluationError.self) {
            try await evaluation.index(into: fixture.file, embedder: fixture.embedder)
            _ = try await evaluation.run(on: fixture.file, embedder: fixture.embedder, mode: .lexical)
        }
        let sentence = error?.description ?? ""
        #expect(sentence.hasPrefix("Line \(line) of \(fixture.folder)/\(file)"), "\(sentence)")
        #expect(sentence.contains(reason), "\(sentence)")
    }

    @Test func filesThatCannotBeReadAreNamed() async throws {
        for file in ["none.jsonl", ""] {
            let path = "\(fixture.folder)/\(file)"
            let evaluation = Evaluation(corpus: path, queries: path, judgements: path)
            let error = await #expect(throws: EvaluationError.self) {
                try await evaluation.index(into: fixture.file, embedder: fixture.embedder)
            }
            #expect(error?.label == "evaluation_cannot_read" && error?.description.contains(path) == true)
        }
    }

    @Test func judgementsOfOtherQueriesAreSaid() async throws {
        let evaluation = try evaluation(judgements: "9\tpilha\t1\n1\tfila\t0\n")
        let error = await #expect(throws: EvaluationError.self) {
            try await evaluation.run(on: fixture.file, embedder: fixture.embedder, mode: .lexical)
        }
        #expect(error?.label == "evaluation_nothing_to_measure")
    }
}
