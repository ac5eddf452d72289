import Support

/// What each guiding mode gives without a language model: where to read, a question about a heading, and sentences with a
/// gap. It composes nothing beyond these forms, and never a solution.
enum PlainGuide {
    static let modelName = "course-sections"

    /// Which section to read next, and which of the question's words stand there.
    static func hint(_ sources: [Source], question: String, language: String) -> String? {
        guard let source = sources.first else { return nil }
        let there = Set(Words.content(source.passage))
        var seen: Set<String> = []
        let words = Words.content(question, limit: 60)
            .filter { $0.count > 3 && there.contains($0) && seen.insert($0).inserted }.prefix(3)
        let list = words.map { "“\($0)”" }.joined(separator: ", ")
        if language == "pt" {
            let look = list.isEmpty ? "" : " e repare no que diz sobre \(list)"
            return "Não dou a solução aqui. Próximo passo: leia \(place(source, language)) [\(source.marker)]\(look)."
        }
        let look = list.isEmpty ? "" : " and look for what it says about \(list)"
        return "I give no solution here. The next step: read \(place(source, language)) [\(source.marker)]\(look)."
    }

    /// A question about the subject of the nearest section.
    static func question(_ sources: [Source], language: String) -> String? {
        guard let source = sources.first else { return nil }
        let subject = source.section.map { $0.components(" › ").last ?? $0 } ?? source.title
        return language == "pt"
            ? "Leia \(place(source, language)) [\(source.marker)]. Com suas palavras, o que o material diz sobre “\(subject)”?"
            : "Read \(place(source, language)) [\(source.marker)]. In your own words, what does the material say about "
                + "“\(subject)”?"
    }

    private static func place(_ source: Source, _ language: String) -> String {
        var place = "“\(source.section.map { $0.components(" › ").last ?? $0 } ?? source.title)”"
        if source.section != nil { place += language == "pt" ? " em \(source.title)" : " in \(source.title)" }
        if let page = source.page { place += language == "pt" ? " (página \(page))" : " (page \(page))" }
        return place
    }

    /// Sentences with a gap, one a passage.
    static func quiz(_ sources: [Source], question: String, language: String) -> [Quiz.Item] {
        var items: [Quiz.Item] = []
        for source in sources where items.count < Quiz.limit {
            guard let cloze = Cloze.best(in: source.passage, about: [question, source.section ?? source.title]) else {
                continue
            }
            var citation = Citation(source, quote: cloze.sentence)
            citation.passage = source.passage
            let lead = language == "pt" ? "Complete:" : "Fill in:"
            items.append(
                Quiz.Item(
                    number: items.count + 1, question: "\(lead) “\(cloze.text)”", solution: cloze.word,
                    citation: citation))
        }
        return items
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: true).map(String.init)
    }
}

extension Citation {
    /// A citation that says where something stands.
    init(_ source: Source, quote: String) {
        self.init(
            marker: source.marker, documentId: source.documentId, title: source.title, page: source.page,
            section: source.section, pageUnit: source.pageUnit, place: source.place, ocr: source.ocr, url: source.url,
            quote: quote, score: 0, verdict: .supported, passage: source.passage)
    }
}
