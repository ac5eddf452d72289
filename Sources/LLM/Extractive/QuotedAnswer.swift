/// Puts quotes into an answer: first that it quotes, then a paragraph for each run of neighbouring sentences.
enum QuotedAnswer {
    /// The answer in pieces, a sentence each. Every quote is followed by its marker: `Sentence. [2]`.
    static func pieces(of quotes: [Quote], language: String) -> [String] {
        var pieces = [language.lowercased().hasPrefix("pt") ? portuguese : english]
        var previous: Quote?
        for quote in quotes {
            let follows = previous.map { $0.passage == quote.passage && $0.position + 1 == quote.position } ?? false
            let isBlock = quote.isCode || (previous?.isCode ?? false)
            let gap = follows ? (isBlock ? "\n" : " ") : "\n\n"
            pieces.append(gap + quote.text + (quote.isCode ? "\n" : " ") + "[\(quote.number)]")
            previous = quote
        }
        return pieces
    }

    private static let portuguese =
        "Não redigi uma resposta: cito abaixo trechos do material do curso, tal como estão escritos."
    private static let english =
        "I have not composed an answer: below I quote passages of the course material as they are written."
}
