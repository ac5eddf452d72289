import Foundation
import Support
import Testing

@testable import ChatService

/// Grouping, likeness, words and percentiles against scikit-learn and numpy (`Tests/Fixtures/insights/make_insights.py`).
@Suite struct InsightFiguresTests {
    private struct Reference: Decodable {
        struct Groups: Decodable {
            let threshold: Float
            let groups: [Int]
        }

        let dimension: Int
        let vectors: [[Float]]
        let texts: [String]
        let groups: [Groups]
        let likeness: [[Double]]
        let words: [[String: Double]]
        let times: [Int64]
        let percentiles: [String: Double]
    }

    private let reference: Reference

    init() throws {
        let path = String(
            #filePath.prefix(upTo: #filePath.range(of: "/ChatServiceTests/")?.lowerBound ?? #filePath.endIndex))
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/Fixtures/insights/insights.json"))
        reference = try JSONDecoder().decode(Reference.self, from: data)
    }

    /// Words that are their own terms.
    private func asked(_ text: String) -> AskedText {
        let words = text.split(separator: " ").map(String.init)
        return AskedText(
            terms: Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +),
            forms: Dictionary(words.map { ($0, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    @Test func groupsAsScikitLearnDoes() {
        let vectors = reference.vectors
        let likeness = vectors.flatMap { one in vectors.map { other in zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        #expect(reference.groups.count == 6)
        for expected in reference.groups {
            let groups = Agglomeration.groups(likeness, count: vectors.count, threshold: expected.threshold)
            #expect(groups == expected.groups, "at \(expected.threshold)")
        }
    }

    @Test func theOrderOfThingsChangesNothing() {
        let vectors = reference.vectors
        let order = Array(vectors.indices.reversed())
        func groups(_ vectors: [[Float]]) -> [Int] {
            let likeness = vectors.flatMap { one in
                vectors.map { other in zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } }
            }
            return Agglomeration.groups(likeness, count: vectors.count, threshold: 0.4)
        }
        let (forth, back) = (groups(vectors), groups(order.map { vectors[$0] }))
        for one in vectors.indices {
            for other in vectors.indices {
                let isTogether = back[vectors.count - 1 - one] == back[vectors.count - 1 - other]
                #expect((forth[one] == forth[other]) == isTogether)
            }
        }
    }

    @Test func fewThings() {
        #expect(Agglomeration.groups([], count: 0, threshold: 0).isEmpty)
        #expect(Agglomeration.groups([1], count: 1, threshold: 0.5) == [0])
        #expect(Agglomeration.groups([1, 0.5, 0.5, 1], count: 2, threshold: 0.5) == [0, 0])
        #expect(Agglomeration.groups([1, 0.49, 0.49, 1], count: 2, threshold: 0.5) == [0, 1])
    }

    @Test func likenessIsHalfMeaningHalfWords() {
        let found = TopicLikeness.matrix(Array(reference.vectors.joined()), texts: reference.texts.map(asked))
        let count = reference.texts.count
        for row in 0..<count {
            for column in 0..<count where row != column {
                #expect(abs(Double(found[row * count + column]) - reference.likeness[row][column]) < 2e-4)
            }
        }
        #expect(TopicLikeness.matrix([], texts: []).isEmpty)
    }

    @Test func wordsAreWeighedByClasses() throws {
        let texts = reference.texts.map(asked)
        let words = TopicNaming.words(of: texts, groups: texts.indices.map { $0 / 10 }, limit: 100)
        #expect(words.count == 6)
        for (found, expected) in zip(words, reference.words) {
            #expect(found.count == expected.count)
            for word in found { #expect(abs(word.weight - (expected[word.term] ?? 0)) < 1e-5) }
            #expect(zip(found, found.dropFirst()).allSatisfy { $0.weight >= $1.weight })
        }
    }

    @Test("Percentiles of counted times are within 3.2 % of numpy's")
    func percentiles() throws {
        var times = AnswerTimes()
        for time in reference.times { times.add(slot: AnswerTimes.slot(of: time), count: 1) }
        for (share, expected) in reference.percentiles {
            let part = try #require(Double(share))
            let found = try #require(times.seconds(at: part))
            #expect(abs(found - expected) <= 0.032 * expected, "\(share): \(found), \(expected)")
        }
        #expect(AnswerTimes().seconds(at: 0.5) == nil)
    }

    @Test func slotsHoldTheirTimes() {
        var last: Int64 = -1
        for time in Array(0..<2_000) + [299_999, 300_000, 86_400_000] as [Int64] {
            let slot = AnswerTimes.slot(of: time)
            #expect(slot <= time && slot >= last && Double(time - slot) <= Double(time) / 16)
            last = slot
        }
        #expect(AnswerTimes.slot(of: -5) == 0)
    }
}
