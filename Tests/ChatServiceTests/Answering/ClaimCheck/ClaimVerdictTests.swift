import Support
import Testing

@testable import ChatService

/// One rule of the check a test: by words alone, no embedder.
@Suite struct ClaimVerdictTests {
    private func verdicts(_ content: String, _ passages: String..., question: String = "") async throws
        -> [ClaimVerdict]
    {
        var filter = MarkerFilter(passages: passages.count)
        let text = filter.feed(content) + filter.finish()
        let sources = passages.enumerated().map {
            Source(marker: $0 + 1, documentId: "d\($0)", title: "Notes", passage: $1)
        }
        return try await CitationCheck(embed: nil).check(
            text, markers: filter.markers, sources: sources, question: question, scores: [:]
        ).claims.map(\.verdict)
    }

    private static let english = """
        Binary search halves a sorted list in each step. It does not work on an unsorted list. Its worst case costs \
        O(log n), so 1,500 elements need at most eleven comparisons. In 1971 Knuth described it, before the course began.
        """
    private static let portuguese = """
        A Prova 1 é na quinta-feira, 22 de abril de 2027, às 14h00. Sem documento com foto ninguém entra na sala. A nota \
        mínima para aprovação é 5,0 e a presença deve ser maior que 75 %. Helena Prado não aceita entregas atrasadas.
        """

    @Test(
        "What an honest model writes is supported",
        arguments: [
            (english, "It does not work on an unsorted list [1]."),
            (english, "In each step, binary search halves a sorted list [1]."),
            (english, "According to the notes, binary search doesn't work on an unsorted list [1]."),
            (english, "1500 elements need at most 11 comparisons [1]."),
            (english, "The worst case costs `O(log n)` [1]."),
            (english, "Knuth described it in 1971 [1]."),
            (portuguese, "A Prova 1 é no dia 22 de abril de 2027 [1]."),
            (portuguese, "A presença deve ser maior que 75% [1]."),
            (portuguese, "Ninguém entra na sala sem documento com foto [1]."),
            (portuguese, "A prova 1 é às 14:00 [1]."),
            (portuguese, "De acordo com o material, Helena Prado não aceita entregas atrasadas [1]."),
        ])
    func supported(_ passage: String, _ sentence: String) async throws {
        #expect(try await verdicts(sentence, passage) == [.supported])
    }

    @Test(
        "What the passage does not say is unsupported",
        arguments: [
            // numbers, units, months, formulas
            (english, "Knuth described it in 1972, before the course began [1]."),
            (english, "1,600 elements need at most eleven comparisons [1]."),
            (english, "1,500 elements need at most twelve comparisons [1]."),
            (english, "Its worst case costs O(n log n) [1]."),
            (english, "Its worst case costs O(n) [1]."),
            (portuguese, "A Prova 1 é na quinta-feira, 22 de maio de 2027 [1]."),
            (portuguese, "A Prova 1 é na quinta-feira, 22 de abril de 2027, às 15h00 [1]."),
            (portuguese, "A nota mínima para aprovação é 6,0 [1]."),
            // negations put in and taken out
            (english, "It works on an unsorted list [1]."),
            (english, "Binary search doesn't halve a sorted list in each step [1]."),
            (english, "Binary search never halves a sorted list [1]."),
            (portuguese, "Helena Prado aceita entregas atrasadas [1]."),
            (portuguese, "A Prova 1 não é na quinta-feira [1]."),
            (portuguese, "Com documento com foto ninguém entra na sala e a nota nunca é mínima [1]."),
            // opposites
            (english, "Its best case costs O(log n) [1]."),
            (english, "Knuth described it in 1971, after the course began [1]."),
            (english, "Binary search halves an unsorted list in each step [1]."),
            (portuguese, "A nota máxima para aprovação é 5,0 [1]."),
            (portuguese, "A presença deve ser menor que 75 % [1]."),
            // names
            (english, "Dijkstra described it in 1971, before the course began [1]."),
            (portuguese, "Ana Lima não aceita entregas atrasadas [1]."),
            // nothing of the kind
            (english, "Heaps keep their smallest element at the root of a complete tree [1]."),
        ])
    func unsupported(_ passage: String, _ sentence: String) async throws {
        #expect(try await verdicts(sentence, passage) == [.unsupported])
    }

    @Test func aTrueSentenceWithAnInventedClauseIsPartlySupported() async throws {
        let sentence = "Binary search halves a sorted list in each step, which made merchants of old coins famous [1]."
        #expect(try await verdicts(sentence, Self.english) == [.partly])
    }

    @Test func theWrongMarkerIsUnsupported() async throws {
        let sentence = "Binary search halves a sorted list in each step"
        #expect(try await verdicts("\(sentence) [2].", Self.english, Self.portuguese) == [.unsupported])
        let near = "Linear search looks at a list in each step, sorted or unsorted, and costs O(n)."
        #expect(try await verdicts("\(sentence) [2].", Self.english, near) == [.unsupported])
        #expect(try await verdicts("\(sentence) [1].", Self.english, near) == [.supported])
    }

    @Test func twoPassagesMayCarryASentenceTogether() async throws {
        let (first, second) = ("Mergesort is stable.", "Quicksort picks a pivot and partitions the list.")
        let sentence = "Mergesort is stable, and quicksort picks a pivot and partitions the list"
        #expect(try await verdicts("\(sentence) [1][2].", first, second) == [.supported])
        #expect(try await verdicts("\(sentence) [1].", first, second) == [.unsupported])
    }

    @Test func aNameOfTheQuestionMayStandForAPronoun() async throws {
        let passage = "She described the method in a paper and won a prize for it."
        let sentence = "Hopper described the method in a paper [1]."
        #expect(try await verdicts(sentence, passage) != [.supported])
        #expect(try await verdicts(sentence, passage, question: "What did Hopper describe?") == [.supported])
    }

    @Test func eachSentenceHasItsOwnVerdictAndPlace() async throws {
        let content =
            "A lista é ordenada. It does not work on an unsorted list [1]. It works on an unsorted list [1]. Why?"
        var filter = MarkerFilter(passages: 1)
        let text = filter.feed(content) + filter.finish()
        let source = Source(marker: 1, documentId: "d", title: "Notes", passage: Self.english)
        let result = try await CitationCheck(embed: nil).check(
            text, markers: filter.markers, sources: [source], scores: [:])
        #expect(result.claims.map(\.verdict) == [.uncited, .supported, .unsupported])
        #expect(
            result.claims.map { text.utf8Substring($0.start..<$0.end) } == [
                "A lista é ordenada.", "It does not work on an unsorted list [1].", "It works on an unsorted list [1].",
            ])
        #expect(result.citations.map(\.verdict) == [.unsupported], "the worst of its sentences")
    }

    @Test func aMarkerBehindAnAbbreviationEndsTheSentence() async throws {
        let passage = "The oldest site is the Gallery of Art. Binary search halves a sorted list."
        let content = "The oldest site is the Gallery of Art. [1] Binary search halves a sorted list [1]."
        #expect(try await verdicts(content, passage) == [.supported, .supported])
    }
}
