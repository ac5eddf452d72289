import LLM

extension SmallTalk {
    /// What a student reads.
    /// - Parameter titles: of some documents of the course.
    func reply(in language: String, titles: [String]) -> String {
        let isPortuguese = language == "pt"
        switch self {
        case .greeting:
            return (isPortuguese ? "Olá! " : "Hello! ") + Self.offer(isPortuguese, titles)
        case .thanks:
            return isPortuguese
                ? "De nada! Se surgir outra dúvida sobre o material do curso, é só perguntar."
                : "You are welcome! If another question about the course material comes up, just ask."
        case .again:
            return (isPortuguese ? "Ainda não há resposta para repetir. " : "There is no answer to repeat yet. ")
                + Self.offer(isPortuguese, titles)
        }
    }

    private static func offer(_ isPortuguese: Bool, _ titles: [String]) -> String {
        let offer =
            isPortuguese
            ? "Respondo perguntas sobre o material deste curso" : "I answer questions about the material of this course"
        guard !titles.isEmpty else { return offer + "." }
        return offer + (isPortuguese ? ", por exemplo:\n\n" : ", for example:\n\n")
            + titles.map { "- " + $0.prefix(80) }.joined(separator: "\n")
    }
}

extension AnswerMetadata {
    /// In the place of a model's name, where a greeting or thanks was answered in kind.
    package static let smallTalkModel = "small_talk"

    /// Counts a call in that was made for this answer beside the one that wrote it.
    mutating func add(_ usage: GenerationUsage?) {
        guard let usage else { return }
        tokensInput += usage.inputTokens
        tokensOutput += usage.outputTokens
        tokens = tokensInput + tokensOutput
        costUsd = costUsd.flatMap { cost in usage.costUSD.map { cost + $0 } }
    }
}
