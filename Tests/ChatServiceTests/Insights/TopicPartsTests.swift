import Support
import Testing

@testable import ChatService

/// The small parts that topics, digests and answers are made of.
@Suite struct TopicPartsTests {
    // MARK: - Ids

    private func ids(_ groups: [Int], _ former: [String?]) -> [String] {
        var made = 0
        return TopicKeeping.ids(groups: groups, former: former) {
            made += 1
            return "new\(made)"
        }
    }

    @Test func topicsKeepTheirIds() {
        #expect(ids([0, 0, 1], [nil, nil, nil]) == ["new1", "new2"])
        #expect(ids([0, 0, 1, 0, 1], ["a", "a", "b", nil, nil]) == ["a", "b"])
        // One that falls apart goes on where most of it is; one that is joined keeps the larger one's.
        #expect(ids([0, 1, 1], ["a", "a", "a"]) == ["new1", "a"])
        #expect(ids([0, 0, 0], ["a", "b", "b"]) == ["b"])
        // No id twice, and equals by their name.
        #expect(ids([0, 1], ["a", "a"]) == ["a", "new1"])
        #expect(ids([0, 0], ["b", "a"]) == ["a"])
        #expect(ids([], []).isEmpty)
    }

    // MARK: - Words

    @Test func wordsAreShownAsTheyAreWritten() {
        let texts = [
            "O que são Árvores AVL?", "Como balancear árvores?", "As árvores do Dijkstra são o quê?",
        ].map { AskedText($0, known: .portuguese) }
        let words = TopicNaming.words(of: texts, groups: [0, 0, 0], limit: 10)[0].map(\.written)
        #expect(words.first == "árvores")
        #expect(words.contains("AVL") && words.contains("Dijkstra") && words.contains("balancear"))
        #expect(!words.contains { ["que", "são", "como", "as", "o"].contains($0.lowercased()) })
    }

    // MARK: - Weeks

    @Test(arguments: [
        ("2026-W47", "2026-11-16", "2026-11-22"), ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2020-W53", "2020-12-28", "2021-01-03"), ("2027-W01", "2027-01-04", "2027-01-10"),
        ("1970-W01", "1969-12-29", "1970-01-04"), ("2024-W09", "2024-02-26", "2024-03-03"),
    ]) func weeks(_ text: String, _ first: String, _ last: String) throws {
        let week = try #require(ISOWeek(text))
        #expect(week.text == text)
        #expect(week.days.lowerBound.date == first && week.days.upperBound.date == last)
        for day in week.days { #expect(ISOWeek(of: day) == week) }
        #expect(ISOWeek(of: week.days.lowerBound - 1) == week.before)
    }

    @Test(arguments: [
        "", "2026", "2026-47", "2026-W00", "2026-W54", "2021-W53", "26-W01", "2026-W1", "２026-W01", "2026-W+1",
    ])
    func noWeeks(_ text: String) { #expect(ISOWeek(text) == nil) }

    @Test func daysAndDates() {
        for day in stride(from: -200_000, through: 200_000, by: 37) {
            let date = CivilDate.of(daysSince1970: day)
            #expect(CivilDate.daysSince1970(year: date.year, month: date.month, day: date.day) == day)
        }
        #expect(Timestamp(milliseconds: -1).day == -1)
        #expect(Timestamp(milliseconds: 86_400_000).day == 1)
    }

    // MARK: - Answers

    @Test func anAnswerBecomesADocument() {
        let moment = Timestamp(day: 20_778)
        let topic = "0123456789abcdef"
        let document = AnswerDocument(
            title: "  Quando é a\nprova? ", text: "\nNo dia 3.\n", topic: topic, former: nil, language: .portuguese,
            at: moment)
        #expect(document.name == "answers/quando-e-a-prova-abcdef.md")
        #expect(document.text == "# Quando é a prova?\n\nNo dia 3.\n\n*Fonte: equipe do curso, 2026-11-21*\n")
        let again = AnswerDocument(
            title: "???", text: "x", topic: topic, former: document.name, language: .english, at: moment)
        #expect(again.name == document.name && again.text.hasSuffix("*Source: Course staff, 2026-11-21*\n"))
        let nameless = AnswerDocument(
            title: "???", text: "x", topic: topic, former: nil, language: .english, at: moment)
        #expect(nameless.name == "answers/answer-abcdef.md")
    }

    // MARK: - Search

    @Test(arguments: [
        ("recursao", "O que é RECURSÃO?"), ("RECURSÃO", "recursao"), ("arvore avl", "A AVL é uma árvore"),
        ("ação", "acao"), ("ação", "ac\u{327}a\u{303}o"), ("Ñ", "mañana"), ("日本", "em 日本語"), ("c++", "C++ e C"),
    ]) func found(_ phrase: String, _ text: String) {
        #expect(SearchPhrase(phrase)?.isIn(text) == true)
    }

    @Test(arguments: [("arvore avl", "uma árvore"), ("pilha", ""), ("xyz", "xy z"), ("é", "f")])
    func notFound(_ phrase: String, _ text: String) {
        #expect(SearchPhrase(phrase)?.isIn(text) == false)
    }

    @Test func snippetsShowThePlace() throws {
        let phrase = try #require(SearchPhrase("HEAPÍFY"))
        var scratch: [UInt8] = []
        #expect(phrase.snippet(of: "nada", &scratch) == nil)
        #expect(phrase.snippet(of: "O que\né heapify?", &scratch) == "O que é heapify?")
        let long =
            String(repeating: "ção\u{301} ", count: 100) + "o heapify aqui " + String(repeating: "fim ", count: 100)
        let snippet = try #require(phrase.snippet(of: long, &scratch))
        #expect(snippet.hasPrefix("…") && snippet.hasSuffix("…") && snippet.contains("o heapify aqui fim"))
        #expect(snippet.count < 180)
        #expect(SearchPhrase("  \n") == nil && SearchPhrase("\u{301}") == nil)
    }
}
