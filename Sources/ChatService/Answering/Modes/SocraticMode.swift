/// One question that leads on, grounded in a passage.
enum SocraticMode {
    static let english = """
        Do not give the solution, and do not copy a passage. Lead the student on with exactly one question about a passage, \
        with its number. Up to two short sentences may stand before the question; it comes last.
        """
    static let portuguese = """
        Não dê a solução e não copie nenhum trecho. Leve o estudante adiante com exatamente uma pergunta sobre um trecho, com \
        o número dele. Até duas frases curtas podem vir antes da pergunta; ela vem por último.
        """

    private static let sentenceLimit = 3
    private static let characterLimit = 600

    static func fault(of text: GuidedText, _ material: ModeMaterial) -> ModeFault? {
        if text.isRefusal { return nil }
        if let copying = material.copying(text.content) { return copying }
        guard let last = text.sentences.last, GuidedText.asks(last) else { return .asksNothing }
        if text.questionMarks != 1 { return .asksMuch }
        if !text.citesAnything { return .citesNothing }
        return text.sentences.count > sentenceLimit || text.content.count > characterLimit ? .tooLong : nil
    }

    /// What of it may be shown: its first question with what stands before it; nil when there is none that cites, and
    /// when it gives a solution away.
    static func cut(_ text: GuidedText, _ material: ModeMaterial) -> String? {
        if material.isGivenAway(in: text.content) { return nil }
        guard let place = text.sentences.firstIndex(where: GuidedText.asks) else { return nil }
        let question = text.written(text.sentences[place])
        guard question.filter({ $0 == "?" || $0 == "？" }).count == 1, question.count <= characterLimit else {
            return nil
        }
        var kept = [question]
        for sentence in text.sentences[..<place].reversed() {
            let longer = [text.written(sentence)] + kept
            guard longer.count <= sentenceLimit, longer.joined(separator: " ").count <= characterLimit else { break }
            kept = longer
        }
        // The question may stand on what an earlier sentence or a later one cites.
        let cited = text.sentences[...place].contains { !$0.markers.isEmpty }
        if !cited {
            guard let marker = text.sentences.lazy.flatMap(\.markers).first else { return nil }
            kept[kept.count - 1] += " [\(marker)]"
        } else if !kept.contains(where: { $0.contains("[") }) {
            guard let marker = text.sentences[...place].lazy.flatMap(\.markers).first else { return nil }
            kept[kept.count - 1] += " [\(marker)]"
        }
        let shown = kept.joined(separator: " ")
        return material.copying(shown) == nil ? shown : nil
    }
}
