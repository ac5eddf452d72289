import Support

/// A question as topics are made of it: its terms, without stop words, and how each is written.
struct AskedText: Sendable {
    /// How often each term stands in it.
    let terms: [String: Int]
    /// A term's first form in the text; in lower case where only its place at the beginning gave it a capital.
    let forms: [String: String]

    init(terms: [String: Int], forms: [String: String]) {
        self.terms = terms
        self.forms = forms
    }

    /// Words of a question that are looked at: what comes later says no more of its topic.
    private static let longest = 400

    /// - Parameter known: the language of the course.
    init(_ text: String, known: TextLanguage?) {
        var text = String(text.prefix(8 * Self.longest))
        text.makeContiguousUTF8()
        let source = Array(text.utf8)
        var (terms, forms) = ([String: Int](), [String: String]())
        for token in TextAnalyzer.terms(of: text, known: known).tokens where token.isWord {
            guard token.position < Self.longest else { break }
            let written = String(decoding: source[token.bytes], as: UTF8.self)
            let folded = Words.folded(written).joined()
            // A letter alone or a number tells no topic.
            guard folded.count > 1, !folded.allSatisfy(\.isNumber), !StopWords.all.contains(folded),
                !Self.askingWords.contains(folded)
            else { continue }
            terms[token.term, default: 0] += 1
            let isFirst = token.position == 0
            let form = isFirst && written.dropFirst().allSatisfy(\.isLowercase) ? written.lowercased() : written
            if forms[token.term] == nil || isFirst == false && forms[token.term] == written.lowercased() {
                forms[token.term] = form
            }
        }
        self.terms = terms
        self.forms = forms
    }

    /// What questions are made of whatever they are about, folded.
    private static let askingWords: Set<String> = [
        "ajuda", "ajudar", "alguem", "certo", "diferenca", "difference", "diga", "duvida", "entendi", "entendo",
        "exemplo",
        "example", "explain", "explica", "explicar", "explique", "fala", "falar", "fazer", "fica", "funciona", "give",
        "gostaria", "help", "ola", "mean", "means", "pergunta", "please", "pode", "podem", "poderia", "possivel",
        "preciso", "professor", "question", "quero", "queria", "saber", "significa", "tell", "tenho", "understand",
        "use", "usar", "used", "want", "work", "works",
    ]
}
