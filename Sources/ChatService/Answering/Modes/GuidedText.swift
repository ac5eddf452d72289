import Support

/// An answer in sentences, as the checks of the modes look at it.
struct GuidedText: Sendable {
    let content: String
    let sentences: [AnswerSentence]

    init(_ content: String, markers: [MarkerFilter.Marker]) {
        self.content = content
        sentences = AnswerSentence.sentences(of: content, markers: markers)
    }

    /// A sentence as it stands there, its markers included.
    func written(_ sentence: AnswerSentence) -> String { content.utf8Substring(sentence.range).trimmed }

    var citesAnything: Bool { sentences.contains { !$0.markers.isEmpty } }

    /// Whether it only says that the material does not hold it, which every mode may.
    var isRefusal: Bool {
        let plain = content.lowercased()
        return sentences.count <= 2 && PromptTexts.refusals.contains(where: plain.contains)
    }

    /// Whether a sentence asks.
    static func asks(_ sentence: AnswerSentence) -> Bool {
        let end = sentence.text.reversed().first { !$0.isWhitespace && !"\"'”’»)*_`".contains($0) }
        return end == "?" || end == "？"
    }

    /// Question marks of the whole text, within sentences too.
    var questionMarks: Int { content.filter { $0 == "?" || $0 == "？" }.count }
}
