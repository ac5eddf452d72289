import Support

/// Questions whose answers are cited: asked without the answers, which are kept for marking.
enum QuizMode {
    static let english = """
        Write up to three short questions on the subject that the passages answer. For each write exactly these two lines \
        and nothing else:
        Q: the question, without its answer
        A: the answer in one sentence, in the words of the passage, with its number, like [1]
        """
    static let portuguese = """
        Escreva até três perguntas curtas sobre o assunto que os trechos respondem. Para cada uma escreva exatamente estas duas \
        linhas e nada mais:
        P: a pergunta, sem a resposta
        R: a resposta em uma frase, com as palavras do trecho, com o número dele, como [1]
        """

    /// A question with the answer that its writer says a passage gives.
    struct Pair: Sendable, Equatable {
        let question: String
        /// With its markers.
        let answer: String
    }

    private static let questionLimit = 300
    private static let answerLimit = 500

    /// The questions in a model's lines; whatever else it wrote is left out.
    static func pairs(in content: String) -> [Pair] {
        var pairs: [Pair] = []
        var open: String?
        for line in content.split(whereSeparator: \.isNewline) {
            let line = String(line).trimmed
            if let question = text(of: line, after: ["q", "p", "question", "pergunta"]) {
                open = AnswerSentence.withoutMarkers(question)
            } else if let answer = text(of: line, after: ["a", "r", "answer", "resposta"]), let question = open {
                open = nil
                if isUsable(question, answer) { pairs.append(Pair(question: question, answer: answer)) }
            }
        }
        return Array(pairs.prefix(Quiz.limit))
    }

    /// What follows `Q:`, `**Q1:**` or `1. Pergunta:`.
    private static func text(of line: String, after names: [String]) -> String? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let name = line[..<colon].lowercased().filter(\.isLetter)
        guard line.distance(from: line.startIndex, to: colon) <= 16, names.contains(name) else { return nil }
        let rest = String(line[line.index(after: colon)...]).drop { "* ".contains($0) }
        return rest.isEmpty ? nil : String(rest)
    }

    private static func isUsable(_ question: String, _ answer: String) -> Bool {
        guard question.count <= questionLimit, answer.count <= answerLimit, question.hasSuffix("?") else {
            return false
        }
        let wanted = QuizMarking.wanted(AnswerSentence.withoutMarkers(answer), beside: question)
        // A question that holds its answer asks nothing.
        return !wanted.isEmpty
    }

    /// What a student sees of the open questions of a quiz, each with its marker.
    static func text(of items: [Quiz.Item], in language: String) -> String {
        let lead =
            language == "pt"
            ? "Responda com suas palavras; várias respostas, uma por linha, com o número na frente:"
            : "Answer in your own words; several answers one a line, with the number in front:"
        return lead + "\n\n"
            + items.map { "\($0.number). \($0.question) [\($0.citation.marker)]" }.joined(separator: "\n")
    }
}
