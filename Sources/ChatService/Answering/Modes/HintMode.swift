/// The next step only: at most three sentences, copied from nowhere.
enum HintMode {
    static let english = """
        Do not give the solution, and do not copy a passage. Give one hint for the student's next step only, in at most \
        three short sentences, with the number of the passage that helps.
        """
    static let portuguese = """
        Não dê a solução e não copie nenhum trecho. Dê uma só dica, apenas para o próximo passo do estudante, em no máximo \
        três frases curtas, com o número do trecho que ajuda.
        """

    private static let sentenceLimit = 3
    /// Characters: three sentences can be long.
    private static let characterLimit = 600

    static func fault(of text: GuidedText, _ material: ModeMaterial) -> ModeFault? {
        if text.isRefusal { return nil }
        if let copying = material.copying(text.content) { return copying }
        return text.sentences.count > sentenceLimit || text.content.count > characterLimit ? .tooLong : nil
    }

    /// What of it may be shown: its first sentences, without those that copy a passage; nil when nothing is left, and when
    /// it gives a solution away, for its other sentences may be the solution's too.
    static func cut(_ text: GuidedText, _ material: ModeMaterial) -> String? {
        if material.isGivenAway(in: text.content) { return nil }
        var kept: [String] = []
        for sentence in text.sentences {
            let written = text.written(sentence)
            let longer = (kept + [written]).joined(separator: " ")
            guard kept.count < sentenceLimit, longer.count <= characterLimit else { break }
            if material.copying(longer) == nil { kept.append(written) }
        }
        return kept.isEmpty ? nil : kept.joined(separator: " ")
    }
}
