import Testing

@testable import Support

@Suite struct TextAnalyzerTests {
    private func terms(_ text: String, _ language: TextLanguage = .english) -> [String] {
        TextAnalyzer.terms(of: text, language: language).tokens.map(\.term)
    }

    @Test func marksCaseAndPluralsDoNotMatter() {
        let forms = ["função", "FUNÇÃO", "funcao", "funções", "funcoes", "func\u{327}a\u{303}o"]
        #expect(Set(forms.flatMap { terms($0, .portuguese) }).count == 1)
        #expect(terms("Graphs, running!") == ["graph", "run"])
    }

    @Test(arguments: [
        ("lista_encadeada", ["list", "lista_encadeada", "encad"]),
        ("std::vector", ["std", "std::vector", "vector"]),
        ("x86-64", ["x86", "x86-64", "64"]),
        ("x86\u{2011}64", ["x86", "x86-64", "64"]),
        ("3.14", ["3", "3.14", "14"]),
        ("C++ e C#", ["c", "c++", "e", "c", "c#"]),
        ("O(n log n)", ["o", "o(nlogn)", "n", "log", "n"]),
        ("O(n²)", ["o", "o(n2)", "n2"]),
        ("O(n^2)", ["o", "o(n2)", "n", "2"]),
        ("listaEncadeada", ["listaencad", "list", "encad"]),
        ("HTTPServer", ["httpserv", "http", "serv"]),
        ("guarda-chuva", ["guard", "chuv"]),
        ("T-cell", ["t", "tcell", "cell"]),
        ("IL-6", ["il", "il6", "6"]),
        ("IL6", ["il6"]),
        ("TNF-α", ["tnf", "tnfalph", "alpha"]),
        ("TNF-alpha", ["tnf", "tnfalph", "alpha"]),
        ("TNFα", ["tnfalph"]),
        ("5 µm", ["5", "um"]),
        ("μm", ["um"]),
        ("μ-opioide", ["mu", "muopioid", "opioid"]),
        ("Θ(n)", ["thet", "theta(n)", "n"]),
        ("λόγος", ["λόγος"]),
        ("λο\u{301}γος", ["λογος"]),
        ("mRNA", ["mrna"]),
        ("SRVs", ["srv"]),
        ("SRVS", ["srvs"]),
        ("a. b", ["a", "b"]),
        ("ﬁla", ["fil"]),
    ])
    func namesAreWholeAndInParts(text: String, expected: [String]) {
        #expect(terms(text, .portuguese) == expected)
    }

    @Test(arguments: [
        ("tumour tumours tumor", "tumor"), ("haemoglobin hemoglobin", "hemoglobin"),
        ("oestrogens estrogen", "estrogen"),
        ("leukaemia leukemia", "leukemia"), ("paediatric pediatric", "pediatr"), ("diarrhoea diarrhea", "diarrhea"),
        ("randomised randomized", "random"), ("organisation organization", "organiz"), ("analysed analyzed", "analyz"),
        ("centre center centres", "center"), ("fibres fiber", "fiber"), ("catalogue catalog", "catalog"),
        ("sulphate sulfate", "sulfat"), ("programmes programs", "program"), ("oesophagus esophagus", "esophagus"),
        ("manoeuvre maneuvre", "maneuvr"), ("colourful colorful", "color"),
    ])
    func britishSpellingsAreAmericanOnes(words: String, stem: String) {
        #expect(Set(terms(words)) == [stem])
    }

    @Test(arguments: [
        ("hours", "hour"), ("four", "four"), ("vogue", "vogu"), ("precise", "precis"), ("exercises", "exercis"),
        ("wise", "wise"), ("promised", "promis"), ("metric", "metric"), ("aerobic", "aerob"), ("phone", "phone"),
        ("coexist", "coexist"), ("analyses", "analys"), ("our", "our"), ("ise", "ise"), ("lysed", "lyse"),
    ])
    func otherWordsKeepTheirStems(word: String, stem: String) {
        #expect(terms(word) == [stem])
    }

    @Test func tokensTellWhereTheyStand() {
        let text = "Ação: std::vector."
        let tokens = TextAnalyzer.terms(of: text, language: .portuguese).tokens
        let utf8 = Array(text.utf8)
        #expect(
            tokens.map { String(decoding: utf8[$0.bytes], as: UTF8.self) } == ["Ação", "std", "std::vector", "vector"])
        #expect(tokens.map(\.position) == [0, 1, 1, 2])
        #expect(tokens.map(\.isWord) == [true, true, false, true])
    }

    @Test(
        arguments: [
            ("The stack is a list from which one takes what came last.", nil, TextLanguage.english),
            ("A pilha é uma lista da qual se tira o que chegou por último.", nil, .portuguese),
            ("A pilha é uma lista da qual se tira o que chegou por último.", .english, .portuguese),
            ("int main() { return 0; }", .portuguese, .portuguese),
            ("int main() { return 0; }", nil, .english),
        ] as [(String, TextLanguage?, TextLanguage)])
    func aTextShowsItsLanguage(text: String, known: TextLanguage?, expected: TextLanguage) {
        #expect(TextAnalyzer.terms(of: text, known: known).language == expected)
    }

    @Test func stopWordsAreThoseOfTheQuestionsLanguage() {
        #expect(QuestionWords("Como funciona o WHERE no SQL?").words.map(\.written) == ["funciona", "WHERE", "SQL"])
        #expect(QuestionWords("Where is it?").words.map(\.written) == ["Where", "is", "it"])
        #expect(QuestionWords("What is the stack? The stack!").words.map(\.written) == ["stack"])
        let words = QuestionWords("complexidade O(n log n) da lista_encadeada").words
        #expect(
            words.map(\.written)
                == ["complexidade", "O(n log n)", "n", "log", "lista", "lista_encadeada", "encadeada"])
        #expect(words.map(\.isName) == [false, true, false, false, false, true, false])
    }

    @Test func everyTermOfATextIsATermOfTheSameQuestion() {
        let texts = [
            "A função listaEncadeada::insere custa O(n²) em C++17, x86-64 e R$ 3,14.",
            "Graph-based RAG: IL-6, CD4+, mRNA's", "TNF-α and TNFβ in β-cells, 3 μg of tumour per litre",
            "naïve Straße Ωμέγα 漢字 ｐｉｌｈａ e\u{301}", "a.b.c.d.e.f.g.h.i.j.k", String(repeating: "x", count: 900),
        ]
        for text in texts {
            let asked = QuestionWords(text).words
            for language in TextLanguage.allCases {
                let terms = Set(asked.map { $0.term(in: language) })
                for token in TextAnalyzer.terms(of: text, language: language).tokens
                where !StopWords.all.contains(token.term) && token.term.count > 2 {
                    #expect(terms.contains(token.term), "\(token.term) of \(text)")
                }
            }
        }
    }

    @Test func workIsBounded() {
        #expect(QuestionWords((0..<2_000).map { "w\($0)" }.joined(separator: " ")).words.count == QuestionWords.limit)
        #expect(terms(String(repeating: "x", count: 8_000)) == [String(repeating: "x", count: FoldedText.wordLength)])
        #expect(QuestionWords("").words.isEmpty && QuestionWords("🔥 …").words.isEmpty)
        #expect(terms(String(repeating: "a_", count: 500)).count == 500)
        #expect(TextAnalyzer.terms(of: String(repeating: "é ", count: 70_000), language: .english).wordCount == 65_535)
    }
}
