import Embedding
import FoundationEssentials
import Support

@testable import LLM

/// Answers fit.py: quotes for the questions on stdin, a JSON object a line, without search and server; on request with the
/// signals of all sentences that were looked at, whose names are the first line then.
///
///     QuoteHarness MODEL-FOLDER [signals]
@main
struct QuoteHarness {
    private struct Asked: Decodable {
        struct Passage: Decodable {
            let text: String
            let score: Double
        }
        let question: String
        let language: String
        let passages: [Passage]
    }

    private struct Told: Encodable {
        struct Candidate: Encodable {
            /// Its number among all quotes, and its passage's.
            let quote: Int
            let passage: Int
            let text: String
            let signals: [Double]
        }
        /// The answer's pieces, the first of which is no quote.
        var answer: [String] = []
        var kind = ""
        var candidates: [Candidate] = []
    }

    static func main() async throws {
        let embedder = try SentenceEmbedder(modelFolder: CommandLine.arguments[1], threads: 1)
        let memory = VectorMemory(embedder)
        let model = ExtractiveModel(embed: { try await memory.vectors(of: $0) }, dimension: embedder.space.dimension)
        let tellsSignals = CommandLine.arguments.dropFirst(2).first == "signals"
        if tellsSignals { print(QuoteSignal.allCases.map { "\($0)" }.joined(separator: " ")) }
        while let line = readLine() {
            let asked = try JSONDecoder().decode(Asked.self, from: Data(line.utf8))
            let request = GenerationRequest(
                messages: [], question: asked.question, language: asked.language,
                evidence: asked.passages.enumerated().map {
                    .init(number: $0 + 1, text: $1.text, score: $1.score)
                })
            var told = Told()
            do {
                for try await event in model.generate(request) {
                    if case .text(let piece) = event { told.answer.append(piece) }
                }
            } catch is LanguageModelError {}
            if tellsSignals { try await tell(&told, request, memory) }
            print(String(decoding: try JSONEncoder().encode(told), as: UTF8.self))
        }
    }

    private static func tell(_ told: inout Told, _ request: GenerationRequest, _ memory: VectorMemory) async throws {
        let quotes = Quote.all(in: request.evidence)
        let selection = QuoteSelection(quotes, question: request.question)
        let candidates = selection.candidates()
        let vectors = try await memory.vectors(of: [request.question] + candidates.map { quotes[$0].text })
        let dimension = vectors.count / (candidates.count + 1)
        let similarities = (1...max(1, candidates.count)).prefix(candidates.count).map { slot in
            (0..<dimension).reduce(0) { $0 + Double(vectors[$1] * vectors[slot * dimension + $1]) }
        }
        told.kind = AskedKind(request.question).rawValue
        told.candidates = zip(candidates, selection.signals(candidates, similarities: similarities)).map {
            .init(quote: $0, passage: quotes[$0].passage, text: quotes[$0].text, signals: $1.values)
        }
    }
}

/// Vectors of sentences, made once: the same passages come up for many questions.
private actor VectorMemory {
    private let embedder: SentenceEmbedder
    private var known: [String: ArraySlice<Float>] = [:]

    init(_ embedder: SentenceEmbedder) { self.embedder = embedder }

    func vectors(of texts: [String]) async throws -> [Float] {
        let new = Array(Set(texts.filter { known[$0] == nil }))
        if !new.isEmpty {
            let (floats, dimension) = (try await embedder.embed(new), embedder.space.dimension)
            for (index, text) in new.enumerated() {
                known[text] = floats[index * dimension..<(index + 1) * dimension]
            }
        }
        return texts.flatMap { known[$0] ?? [] }
    }
}
