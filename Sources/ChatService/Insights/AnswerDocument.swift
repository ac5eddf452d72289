import Support

/// An answer of the staff to a topic, as the course document that it becomes.
struct AnswerDocument: Sendable, Equatable {
    /// Characters.
    static let longestTitle = 200
    static let longestText = 20_000
    /// Characters of a name before its ending.
    private static let longestSlug = 60

    /// The document's name in the course: that of the answer it takes the place of, else made of the title; the topic's last
    /// digits keep two topics of one title apart.
    let name: String
    /// Markdown.
    let text: String

    /// - Parameters:
    ///   - topic: its id.
    ///   - former: the name of the document that answered the topic before.
    init(title: String, text: String, topic: String, former: String?, language: TextLanguage, at moment: Timestamp) {
        let title = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        name = former ?? "answers/\(Self.slug(title))-\(topic.suffix(6)).md"
        let source = language == .portuguese ? "Fonte: equipe do curso" : "Source: Course staff"
        self.text = "# \(title)\n\n\(text.trimmed)\n\n*\(source), \(moment.day.date)*\n"
    }

    /// Small letters and digits, joined by hyphens.
    private static func slug(_ title: String) -> String {
        var slug = ""
        for word in Words.folded(title) {
            let plain = word.filter { $0.isASCII }
            guard !plain.isEmpty, slug.count + plain.count < longestSlug else { continue }
            slug += slug.isEmpty ? plain : "-" + plain
        }
        return slug.isEmpty ? "answer" : slug
    }
}

extension Int {
    /// `2026-11-21`, of a number of days since 1 January 1970.
    package var date: String {
        let date = CivilDate.of(daysSince1970: self)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date.year)-\(two(date.month))-\(two(date.day))"
    }
}
