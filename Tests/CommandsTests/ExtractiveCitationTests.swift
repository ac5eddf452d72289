import ChatService
import Embedding
import Extraction
import FoundationEssentials
import Ingest
import LLM
import Support
import TestSupport
import Testing

@testable import Commands

/// Citation precision of extractive answers: every question of the sample course, every citation, every sentence.
@Suite(.timeLimit(.minutes(5)))
struct ExtractiveCitationTests {
    private struct Item: Decodable {
        let question: String
        let kind: String
    }

    private static let root = String(#filePath.dropLast("/Tests/CommandsTests/ExtractiveCitationTests.swift".count))

    private static func collapsed(_ text: some StringProtocol) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func everyQuoteIsVerbatimOnItsPageAndSupported() async throws {
        let scratch = try TestSupport.TemporaryFolder()
        let model =
            ProcessInfo.processInfo.environment["GEPETO_MODEL_DIR"] ?? Self.root + "/models/all-MiniLM-L6-v2"
        let embedder = try SentenceEmbedder(modelFolder: model)
        let folder = CourseFolder(data: scratch.path, embedder: embedder, log: .silent)
        let course = try CourseID("algoritmos")
        let file = try #require(try await folder.madeFile(for: course))
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.root + "/corpus").filter {
            !$0.hasSuffix(".jsonl")
        }
        let paths = names.sorted().map { Self.root + "/corpus/" + $0 }
        let report = try await Ingester(
            course: file, embedder: embedder, extraction: InThisProcess(), log: .silent
        ).ingest(paths: paths)
        #expect(report.files.count == paths.count)
        var documents: [ExtractedDocument] = []
        for path in paths { documents.append(try DocumentExtractor.extract(path: path)) }
        let extractive = ExtractiveModel(
            embed: { try await embedder.embed($0) }, dimension: embedder.space.dimension)
        let answerer = Answerer(
            library: folder, model: extractive, embed: { try await embedder.embed($0) }, log: .silent)
        let items = try String(contentsOfFile: Self.root + "/corpus/questions.jsonl", encoding: .utf8)
            .split(separator: "\n").map { try JSONDecoder().decode(Item.self, from: Data($0.utf8)) }
        var (quotes, paged, sentences) = (0, 0, 0)
        for item in items where item.kind != "follow-up" {
            let answer = try await answerer.answer(Question(text: item.question, course: course)) { _ in }
            for citation in answer.citations {
                quotes += 1
                #expect(citation.verdict == .supported, "\(item.question): \(citation.quote)")
                #expect(citation.passage.contains(citation.quote))
                let quote = Self.collapsed(citation.quote)
                let holding = documents.filter { Self.collapsed($0.text).contains(quote) }
                #expect(!holding.isEmpty, "in no document: \(citation.quote)")
                guard let page = citation.page else { continue }
                paged += 1
                let beginning = Self.collapsed(citation.quote.prefix(30))
                #expect(
                    holding.contains { Self.page(page, $0)?.contains(beginning) == true },
                    "not on page \(page): \(citation.quote)")
            }
            for claim in answer.claims where claim.verdict != .uncited {
                sentences += 1
                let sentence = answer.content.utf8Substring(claim.start..<claim.end)
                #expect(claim.verdict == .supported, "\(item.question): \(sentence)")
            }
        }
        print("extractive answers: \(quotes) quotes, \(paged) of them with a page, \(sentences) sentences")
        #expect(quotes >= 40 && paged >= 8 && sentences >= quotes)
    }

    private static func page(_ number: Int, _ document: ExtractedDocument) -> String? {
        guard document.pageOffsets.indices.contains(number - 1) else { return nil }
        let end = number < document.pageOffsets.count ? document.pageOffsets[number] : document.text.utf8.count
        return collapsed(document.text.utf8Substring(document.pageOffsets[number - 1]..<end))
    }
}
