import Testing

@testable import Ingest

@Suite struct ProbeSentenceTests {
    private let chunks = (1...9).map { number in
        "Esta frase aparece muitas vezes. O assunto próprio\(number) desta parte\(number) chama termo\(number). Fim."
    }

    @Test func areOfTheBeginningTheMiddleAndTheEnd() {
        let probes = ProbeSentence.choose(from: chunks)
        #expect(probes.count == 3)
        #expect(probes.map { $0.chunk / 3 } == [0, 1, 2])
        for probe in probes { #expect(probe.text.hasPrefix("O assunto") && chunks[probe.chunk].contains(probe.text)) }
    }

    @Test func aShortDocumentHasFewer() {
        #expect(ProbeSentence.choose(from: [chunks[0]]).map(\.chunk) == [0, 0])
        #expect(ProbeSentence.choose(from: ["Um grafo tem vértices e arestas."]).count == 1)
        #expect(ProbeSentence.choose(from: ["1 2 3", "4,5", "é", "x"]).isEmpty)
        #expect(ProbeSentence.choose(from: []).isEmpty)
    }

    @Test func areDifferent() {
        let probes = ProbeSentence.choose(from: [String](repeating: "Um grafo tem vértices e arestas.", count: 7))
        #expect(probes.map(\.text) == ["Um grafo tem vértices e arestas."])
    }

    @Test func aWordStandsInForASentence() {
        #expect(ProbeWord.choose(from: ["Sim"]) == ProbeWord(text: "Sim", chunk: 0))
        #expect(ProbeWord.choose(from: ["x + y = x", "x = 12"]) == ProbeWord(text: "12", chunk: 1))
        #expect(ProbeWord.choose(from: ["これは"]) == ProbeWord(text: "これは", chunk: 0))
        #expect(ProbeWord.choose(from: ["→ ∑ 🎓", String(repeating: "a", count: 400)]) == nil)
        #expect(ProbeWord.choose(from: []) == nil)
    }

    @Test func whatCannotBeCheckedIsSaid() {
        #expect(SearchWarnings.of("Sim", chunks: ["Sim"]).isEmpty)
        #expect(SearchWarnings.of("→ ∑", chunks: ["→ ∑"]) == [SearchWarnings.unchecked])
        #expect(SearchWarnings.of("再帰とは何か", chunks: ["再帰とは何か"]) == [SearchWarnings.unspaced])
        #expect(SearchWarnings.of("Recursão (再帰)", chunks: ["Recursão (再帰)"]).isEmpty)
        let thai = "ฟังก์ชันเรียกตัวเอง"
        #expect(SearchWarnings.of(thai, chunks: [thai]).contains(SearchWarnings.unspaced))
    }
}
