import Embedding
import FoundationEssentials
import Support
import Testing

@testable import ChatService

/// The citation check on generated answers, with the real embedding model: the half of the titles that nothing was fitted
/// on (Tests/Fixtures/answers/make_misattributions.py). `GEPETO_CITATION_CASES` names another file of the same form.
@Suite(.timeLimit(.minutes(5)))
struct MisattributionTests {
    private struct Claim: Decodable {
        let kind: String
        let expected: ClaimVerdict
    }

    private struct Line: Decodable {
        let passage: String?
        let title: String?
        let text: String?
        let question: String?
        let passages: [String]?
        let answer: String?
        let claims: [Claim]?
    }

    private struct Row {
        var kind: String
        var expected: ClaimVerdict
        var verdicts: [ClaimVerdict: Int] = [:]
        var count: Int { verdicts.values.reduce(0, +) }
        /// Bad ones that are told apart from good ones, or good ones that are not.
        var doubted: Int { count - verdicts[.supported, default: 0] }
    }

    private static let root = String(#filePath.dropLast("/Tests/CommandsTests/MisattributionTests.swift".count))

    @Test func misattributionsNegationsAndChangedNumbersAreCaught() async throws {
        let environment = ProcessInfo.processInfo.environment
        let path =
            environment["GEPETO_CITATION_CASES"] ?? Self.root + "/Tests/Fixtures/answers/citations-reporting.jsonl"
        let model = environment["GEPETO_MODEL_DIR"] ?? Self.root + "/models/all-MiniLM-L6-v2"
        let embedder = try SentenceEmbedder(modelFolder: model)
        let check = CitationCheck { try await embedder.embed($0) }
        var passages: [String: Line] = [:]
        var rows: [String: Row] = [:]
        for text in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
            if let passage = line.passage { passages[passage] = line }
            guard let answer = line.answer, let offered = line.passages, let claims = line.claims else { continue }
            let sources = try offered.enumerated().map { index, id in
                let passage = try #require(passages[id])
                return Source(
                    marker: index + 1, documentId: id, title: passage.title ?? "", passage: passage.text ?? "")
            }
            var filter = MarkerFilter(passages: sources.count)
            let content = filter.feed(answer) + filter.finish()
            let result = try await check.check(
                content, markers: filter.markers, sources: sources, question: line.question ?? "", scores: [:])
            try #require(result.claims.count == claims.count, "sentences were cut another way: \(answer)")
            for (claim, found) in zip(claims, result.claims) {
                rows[claim.kind, default: Row(kind: claim.kind, expected: claim.expected)]
                    .verdicts[found.verdict, default: 0] += 1
            }
        }
        let table = rows.values.sorted { ($0.expected, $0.kind) < ($1.expected, $1.kind) }
        for row in table {
            let counts = [ClaimVerdict.supported, .partly, .unsupported].map { "\($0) \(row.verdicts[$0, default: 0])" }
            print("citation check, \(row.expected): \(row.kind) \(row.count): \(counts.joined(separator: ", "))")
        }
        let (good, bad) = (table.filter { $0.expected == .supported }, table.filter { $0.expected == .unsupported })
        let (goodCount, badCount) = (good.reduce(0) { $0 + $1.count }, bad.reduce(0) { $0 + $1.count })
        let caught = Double(bad.reduce(0) { $0 + $1.doubted }) / Double(badCount)
        let alarms = Double(good.reduce(0) { $0 + $1.doubted }) / Double(goodCount)
        print("citation check: \(badCount) bad, \(caught) caught; \(goodCount) good, \(alarms) false alarms")
        #expect(goodCount >= 200 && badCount >= 200)
        #expect(caught >= 0.9)
        #expect(alarms <= 0.05)
        // What the measure names, each by itself.
        for kind in ["near", "far", "negation", "number"] {
            let row = try #require(rows[kind])
            #expect(Double(row.doubted) >= 0.9 * Double(row.count), "\(kind): \(row.verdicts)")
        }
    }
}
