import TestSupport
import Testing

@testable import Support

@Suite struct SentenceSplitterTests {
    @Test(arguments: [
        ["Uma função recursiva chama a si mesma.", "Ela precisa de um caso base."],
        ["It stops.", "Does it?", "Yes!", "Good."],
        ["O Prof. Silva e a Profa. Souza dão aula.", "O Dr. Lima ajuda."],
        ["Veja a Fig. 3 na pág. 12, cap. IV.", "Depois faça o exercício."],
        ["Use uma pilha, p. ex. um vetor.", "Funciona."],
        ["Sort it, e.g. with Mergesort.", "It takes O(n log n), i.e. Little time."],
        ["O valor é 3.14 e custa R$ 1.234,56.", "A versão 2.0 saiu."],
        ["Maçãs, peras etc. são frutas.", "Pilhas, filas etc.", "Todas são listas."],
        ["Donald E. Knuth wrote it.", "C. A. R. Hoare found quicksort."],
        ["Foi descrito por E. Dijkstra em 1959.", "É famoso."],
        ["Seja dado o grafo G.", "Um caminho em G é simples."],
        ["It is written in C.", "The compiler reads it."],
        ["\"Quem sabe?\" perguntou ele.", "Ninguém respondeu."],
        ["She said \"stop.\"", "Then it stopped."],
        ["(This is aside.)", "“Quoted,” he said."],
        ["Espere... e continue.", "Pronto...", "Acabou…", "Fim."],
        ["Ver exemplo.com e arquivo.py.", "Fim."],
        ["The answer is no.", "See no. 5 for more."],
        ["Knuth et al. 1977 said so.", "Others, e.g. Silva et al., agree."],
        ["A recursão tem caso base. [1]", "A pilha cresce. [2][3]", "Fim."],
        ["A recursão tem caso base [1].", "A pilha cresce [2]."],
        ["Chame `f(x)`.", "`malloc` reserva memória."],
        ["1.2. Grafos dirigidos"],
        ["..."],
        ["?!"],
        ["Sem ponto"],
    ])
    func cutsProse(_ sentences: [String]) {
        #expect(SentenceSplitter.sentences(in: sentences.joined(separator: " ")).map(String.init) == sentences)
    }

    @Test(arguments: [
        ["# Título. Com ponto", "Texto do corpo."],
        ["Três itens:", "- primeiro item", "• segundo item", "1. passo um", "2) passo dois"],
        ["| a. B | b |", "| c | d |"],
        ["Antes.", "```\nx = 1. Y\n\nfoo(). Bar\n```", "Depois."],
        ["Antes.", "~~~ c\nx = 1. Y\n```\n~~~", "Depois."],
        ["Antes.", "```\nx = 1. Never closed\n"],
    ])
    func keepsBlocksApart(_ blocks: [String]) {
        for lineBreak in ["\n", "\r\n", "\r"] {
            let written = blocks.map { $0.replacing("\n", with: lineBreak) }
            let found = SentenceSplitter.sentences(in: written.joined(separator: lineBreak)).map(String.init)
            #expect(found == written.map(\.withoutTrailingLineBreak))
        }
    }

    @Test func keepsIndentedCodeWhole() {
        let text = "Antes.\n\n    int x = 1;\n    y(x). Z;\n\n    Um parágrafo recuado. Com duas frases.\n"
        #expect(
            SentenceSplitter.sentences(in: text) == [
                "Antes.", "int x = 1;\n    y(x). Z;", "Um parágrafo recuado.", "Com duas frases.",
            ])
    }

    @Test func joinsLinesOfAParagraphAndCutsListItems() {
        #expect(
            SentenceSplitter.sentences(in: "Uma linha\nque continua. Outra\n\nSem ponto\n\n1. Item. Mais.") == [
                "Uma linha\nque continua.", "Outra", "Sem ponto", "1. Item.", "Mais.",
            ])
    }

    @Test func cutsWithoutSpacesAfterIdeographicStops() {
        #expect(SentenceSplitter.sentences(in: "これはペンです。それは本です。") == ["これはペンです。", "それは本です。"])
    }

    @Test(arguments: ["", " ", "\n\n\t", "\r\n \u{0c}"])
    func findsNothingInBlankText(_ text: String) {
        #expect(SentenceSplitter.byteRanges(in: text).isEmpty)
    }

    /// Ranges ascend, are never empty, and only white space lies between them, whatever the text.
    @Test func losesNothing() {
        var random = SeededNumbers(7)
        let pieces = [
            "a", "É", "Sr", "G", ".", ".", "!", "…", "。", " ", " ", "\n", "\r\n", "[1]", "\"", ")", "```", "- ", "3",
            "\u{301}", "👩‍🏫", "\u{a0}", "| ", "# ", "    ", "=", "`",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            let bytes = Array(text.utf8)
            var end = 0
            for range in SentenceSplitter.byteRanges(in: text) + [bytes.count..<bytes.count] {
                #expect(range.lowerBound >= end)
                #expect(
                    bytes[end..<range.lowerBound].allSatisfy(TextBlock.isWhiteSpace),
                    "lost text in \(text.debugDescription)")
                #expect(String(validating: bytes[range], as: UTF8.self) != nil)
                #expect(!range.isEmpty || range.lowerBound == bytes.count)
                end = range.upperBound
            }
        }
    }
}

extension String {
    fileprivate var withoutTrailingLineBreak: String {
        var text = self
        while let last = text.last, last.isNewline { text.removeLast() }
        return text
    }
}
