import Support
import Testing

@testable import ChatService

@Suite struct CitationCheckTests {
    private let passage = """
        Quicksort picks a pivot and partitions the list around it. Its average cost is O(n log n). \
        In the worst case, an already sorted list with a bad pivot, it costs O(n²).
        """

    private func check(_ content: String, embed: CitationCheck.Embed? = nil) async throws -> [Citation] {
        var filter = MarkerFilter(passages: 2)
        let text = filter.feed(content) + filter.finish()
        let sources = [
            Source(marker: 1, documentId: "a", title: "Sorting", page: 2, section: "Quicksort", passage: passage),
            Source(
                marker: 2, documentId: "b", title: "Exams", page: nil, section: nil, passage: "The exam is on 12 May."),
        ]
        return try await CitationCheck(embed: embed).check(
            text, markers: filter.markers, sources: sources, scores: [1: 0.9, 2: 0.4]
        ).citations
    }

    @Test func theQuoteIsVerbatimAndNearest() async throws {
        let citations = try await check("On average quicksort costs O(n log n) [1].")
        #expect(citations.count == 1)
        #expect(citations.first?.quote == "Its average cost is O(n log n).")
        #expect(citations.first?.supported == true)
        #expect(citations.first?.page == 2)
        #expect(citations.first?.score == 0.9)
        #expect(citations.first.map { passage.contains($0.quote) } == true)
    }

    @Test func aWrongNumberIsNotSupported() async throws {
        let citations = try await check("The exam is on 13 May [2].")
        #expect(citations.first?.supported == false)
    }

    @Test func somethingThePassageDoesNotSayIsNotSupported() async throws {
        let citations = try await check("Heaps store their minimum element at the root node always [1].")
        #expect(citations.first?.supported == false)
    }

    @Test func oneCitationANumberInOrderOfAppearance() async throws {
        let citations = try await check(
            "The exam is on 12 May [2]. Quicksort picks a pivot [1]. It partitions the list [1].")
        #expect(citations.map(\.marker) == [2, 1])
        #expect(citations.filter { !$0.supported }.isEmpty)
    }

    @Test func oneUnsupportedClaimSpoilsItsCitation() async throws {
        let citations = try await check(
            "Quicksort picks a pivot [1]. Bananas contain plenty of potassium minerals [1].")
        #expect(citations.first?.supported == false)
    }

    @Test func meaningCountsAcrossLanguages() async throws {
        let embed: CitationCheck.Embed = { texts in texts.flatMap { _ in [Float(1), 0] } }
        #expect(try await check("O custo médio fica linearítmico [1].", embed: embed).first?.supported == true)
        #expect(try await check("O custo médio fica linearítmico [1].").first?.supported == false)
    }

    @Test func aMarkerOnItsOwnLineSpeaksOfTheSentenceBefore() async throws {
        let citations = try await check("Quicksort picks a pivot and partitions the list.\n\n[1]")
        #expect(citations.first?.supported == true)
    }

    @Test func theNumberOfAListItemIsNoClaim() async throws {
        let citations = try await check("Steps:\n\n7. Quicksort picks a pivot [1].\n8. It partitions the list [1].")
        #expect(citations.first?.supported == true)
    }

    @Test func aLongAnswerIsBoundedWork() async throws {
        let asked = Locked<[Int]>([])
        let embed: CitationCheck.Embed = { texts in
            asked.withLock { $0.append(texts.reduce(0) { $0 + $1.utf8.count }) }
            return texts.flatMap { _ in [Float(1), 0] }
        }
        let long = String(repeating: "quick ", count: 20_000) + "[2] end. "
        let content = long + String(repeating: "It costs O(n log n) [1]. ", count: 5_000)
        let citations = try await check(content, embed: embed)
        #expect(citations.map(\.marker) == [2, 1])
        #expect(asked.withLock { $0 }.allSatisfy { $0 < 40_000 })
    }

    @Test func aBrokenEmbedderLeavesTheWords() async throws {
        struct Broken: Error {}
        #expect(
            try await check("The exam is on 12 May [2].", embed: { _ in throw Broken() }).first?.supported == true)
        await #expect(throws: CancellationError.self) {
            try await check("The exam comes in May, like every year [2].", embed: { _ in throw CancellationError() })
        }
    }

    @Test func noMarkersNoCitations() async throws {
        #expect(try await check("Quicksort picks a pivot.").isEmpty)
    }
}
