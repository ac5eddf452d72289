import CourseStore
import Foundation
import Support
import Testing

@testable import Retrieval

@Suite struct MatchSignalsTests {
    private struct Case: Decodable {
        let question: String
        let chunks: Int
        let frequencies: [String: Int]
        let headings: String
        let text: String
        let expected: [String: Double]
    }

    /// Against a second implementation in Python (Fixtures/make_signals.py).
    @Test func agreeWithThePlainTwin() throws {
        let path = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/Fixtures/signals.json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count == 240)
        for (number, test) in cases.enumerated() {
            let asked = AskedWords(QuestionWords(test.question), chunks: test.chunks) { test.frequencies[$0] ?? 0 }
            let found = signals(asked, test.text, headings: test.headings)
            let values = [
                "wide": found.wide, "narrow": found.narrow, "pairs": found.pairs, "coverage": found.coverage,
                "exact": found.exact, "akin": found.akin,
            ]
            for (name, value) in values {
                let expected = try #require(test.expected[name])
                #expect(abs(value - expected) < 1e-9, "case \(number), \(name): \(test.question)")
            }
        }
    }

    private func signals(_ asked: AskedWords, _ text: String, headings: String = "") -> MatchSignals {
        var matchers = WordMatchers(asked)
        return MatchSignals(ChunkText(id: 1, text: text, headings: headings), asked, &matchers)
    }

    /// Every word as rare as every other.
    private func asked(_ question: String) -> AskedWords {
        AskedWords(QuestionWords(question), chunks: 100) { _ in 1 }
    }

    @Test func aTextThatSaysItAllHasEverything() {
        let found = signals(asked("Como funciona a busca binária?"), "A busca binária funciona em listas ordenadas.")
        #expect(found.wide == 1 && found.narrow == 1 && found.coverage == 1 && found.akin == 0)
        // `busca binária` stands so in both, `funciona busca` in the question alone.
        #expect(found.pairs == 0.5)
    }

    @Test func aWindowIsAsWideAsItSays() {
        let words = asked("pilha fila")
        func text(between: Int) -> String { "pilha " + String(repeating: "nada ", count: between) + "fila" }
        #expect(signals(words, text(between: 10)).narrow == 1)
        #expect(signals(words, text(between: 11)).narrow == 0.5)
        #expect(signals(words, text(between: 28)).wide == 1)
        #expect(signals(words, text(between: 29)).wide == 0.5)
    }

    @Test func headingsCoverButAreNoText() {
        let found = signals(asked("pilha fila"), "Uma fila.", headings: "Estruturas\nPilhas")
        #expect(found.coverage == 1 && found.wide == 0.5 && found.pairs == 0)
    }

    @Test func theFormThatWasAskedForCountsApart() {
        let words = asked("universidade árvores")
        #expect(signals(words, "As árvores do universo.").exact == 0.5)
        #expect(signals(words, "Uma árvore.", headings: "Universidade").exact == 0.5)
        #expect(signals(words, "UNIVERSIDADE: arvores").exact == 1)
        let other = signals(words, "Universidades e árvore.")
        #expect(other.coverage == 1 && other.exact == 0)
    }

    @Test func akinWordsCountLess() {
        let words = asked("colonization")
        let found = signals(words, "The colonists came.")
        #expect(found.coverage == 0 && found.akin > 0.6 && found.akin < 1)
        #expect(signals(words, "The column came.").akin == 0)
    }

    @Test(arguments: ["", "   ", "\u{0}\u{ffff}", "?!", "de que", "🦆🦆"])
    func whatHoldsNoWordSaysNothing(text: String) {
        #expect(signals(asked("pilha fila"), text) == .none)
        #expect(signals(asked(text), "pilha").wide <= 1)
        #expect(signals(asked(""), text) == .none)
    }
}
