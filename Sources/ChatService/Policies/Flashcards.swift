/// Cards to learn from: the questions of a student's own quizzes that were marked, with what the material says.
struct Flashcards: Sendable {
    enum Format: String, CaseIterable { case csv, anki, json }

    struct Card: Encodable, Sendable, Equatable {
        let front: String
        let back: String
        /// Title and page.
        let source: String
        /// What the student said, and its mark.
        let reply: String
        let mark: String
    }

    let cards: [Card]

    /// - Parameters:
    ///   - quizzes: the newest first; of a question that was asked more than once the newest reply counts.
    ///   - hidden: documents of which nothing may be shown.
    init(_ quizzes: [Quiz], without hidden: Set<String>) {
        var seen: Set<[String]> = []
        cards = quizzes.flatMap(\.questions).compactMap { item in
            guard let mark = item.mark, let solution = item.solution, !hidden.contains(item.citation.documentId),
                seen.insert([item.question, solution]).inserted
            else { return nil }
            let page = item.citation.page.map { ", p. \($0)" } ?? ""
            // A gap's word says little by itself.
            let quote = item.citation.quote
            return Card(
                front: item.question, back: quote.isEmpty || quote == solution ? solution : "\(solution) — \(quote)",
                source: item.citation.title + page, reply: item.reply ?? "", mark: mark.rawValue)
        }
    }

    func text(as format: Format) -> String {
        switch format {
        case .csv: csv
        case .anki: anki
        case .json: JSONText.encode(["cards": cards])
        }
    }

    /// RFC 4180.
    private var csv: String {
        let rows =
            [["front", "back", "source", "reply", "mark"]]
            + cards.map { [$0.front, $0.back, $0.source, $0.reply, $0.mark] }
        return rows.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    /// Spreadsheets take what begins with these for a formula.
    private static let formulaStarts = "=+-@\t\r"

    private static func quoted(_ field: String) -> String {
        let harmless = field.first.map(formulaStarts.contains) == true ? "'" + field : field
        return "\"" + harmless.replacing("\"", with: "\"\"") + "\""
    }

    /// The text form that Anki imports: a header that says how to read it, then a line a card.
    private var anki: String {
        let header = "#separator:tab\n#html:false\n#columns:Front\tBack\tSource\n"
        return header
            + cards.map { [$0.front, $0.back, $0.source].map(Self.oneLine).joined(separator: "\t") + "\n" }.joined()
    }

    /// A quote at the beginning would open a quoted field, `#` a comment.
    private static func oneLine(_ field: String) -> String {
        let flat = String(field.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        return flat.hasPrefix("\"") || flat.hasPrefix("#") ? " " + flat : flat
    }
}
