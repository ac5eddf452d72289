/// Puts quotes into an answer: first that it quotes, then a paragraph for each run of neighbouring sentences.
enum QuotedAnswer {
    /// The answer in pieces, a sentence each. Every quote is followed by its marker: `Sentence. [2]`.
    static func pieces(of quotes: [Quote], language: String) -> [String] {
        var pieces = [language.lowercased().hasPrefix("pt") ? portuguese : english]
        var previous: Quote?
        for quote in quotes {
            pieces.append(gap(previous, quote) + quote.text + (quote.isCode ? "\n" : " ") + "[\(quote.number)]")
            previous = quote
        }
        return pieces
    }

    /// What stands before a quote: an item of a list is an item, a row has its line, all else is in paragraphs.
    private static func gap(_ previous: Quote?, _ quote: Quote) -> String {
        var bullet = ""
        // A number or letter is part of the item's text.
        if case .item(let mark) = quote.form, !mark.contains(where: { $0.isLetter || $0.isNumber }) { bullet = mark }
        guard let previous, previous.passage == quote.passage else { return "\n\n" + bullet }
        if previous.form == .row, quote.form == .row { return "\n" }
        guard previous.isBeside(quote) else { return "\n\n" + bullet }
        return quote.form == .prose && previous.form != .code && previous.form != .row ? " " : "\n" + bullet
    }

    private static let portuguese = "Não redigi uma resposta; cito o material do curso, tal como está escrito:"
    private static let english = "I have not composed an answer; I quote the course material as it is written:"
}
