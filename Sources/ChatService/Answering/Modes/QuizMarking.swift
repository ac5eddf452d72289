import Support

/// Marks replies by their words against the sentence that holds the answer: no model is asked, so the same reply always
/// gets the same mark.
enum QuizMarking {
    /// Parts of the wanted words.
    private static let enough = 0.6
    private static let some = 0.3
    private static let replyLimit = 4_000

    /// The replies in a message by the numbers of the questions: lines that begin with one (`2. …`), else the whole
    /// message for the first open question; empty when the message is no reply but asks for something.
    static func replies(in message: String, to open: [Quiz.Item]) -> [Int: String] {
        guard let first = open.first, !asksForMore(message) else { return [:] }
        var replies: [Int: String] = [:]
        var current: Int?
        for line in message.prefix(replyLimit).split(whereSeparator: \.isNewline) {
            let line = String(line).trimmed
            let digits = line.prefix(while: \.isNumber)
            let rest = line.dropFirst(digits.count)
            if let number = Int(digits), let mark = rest.first, ".):-–".contains(mark),
                open.contains(where: { $0.number == number })
            {
                current = number
                replies[number] = String(rest.dropFirst()).trimmed
            } else if let number = current {
                replies[number, default: ""] += " " + line
            }
        }
        let written = replies.filter { $0.value.isLegible }
        return written.isEmpty ? [first.number: String(message.prefix(replyLimit))] : written
    }

    /// "Another quiz, please", "mais perguntas", or a question of one's own.
    private static func asksForMore(_ message: String) -> Bool {
        if message.contains("?") { return true }
        let words = Words.folded(message, limit: 9)
        return words.count <= 8 && words.contains(where: requests.contains)
    }

    private static let requests: Set<String> = [
        "quiz", "questions", "question", "perguntas", "pergunta", "another", "more", "next", "mais", "outra", "outro",
        "outras", "outros", "novas", "nova", "proxima", "proximo",
    ]

    static func mark(_ reply: String, of item: Quiz.Item) -> Quiz.Mark {
        guard let solution = item.solution else { return .wrong }
        let wanted = wanted(solution, beside: item.question)
        let language = TextLanguage(code: LanguageGuess.of(solution) ?? "en") ?? .english
        let given = Set(stems(reply, language))
        guard !wanted.isEmpty, !given.isEmpty else { return .wrong }
        let numbers = wanted.filter { $0.contains(where: \.isNumber) }
        let found = Double(wanted.intersection(given).count) / Double(wanted.count)
        if found < some || isDenied(reply) != isDenied(solution) { return .wrong }
        // A number is right or it is not.
        return found >= enough && numbers.isSubset(of: given) ? .correct : .partly
    }

    /// The words that a reply must hold: those of the answer that are not in the question, as stems.
    static func wanted(_ solution: String, beside question: String) -> Set<String> {
        let language = TextLanguage(code: LanguageGuess.of(solution) ?? "en") ?? .english
        return Set(stems(solution, language)).subtracting(stems(question, language))
    }

    private static func stems(_ text: String, _ language: TextLanguage) -> [String] {
        Words.content(text, limit: 400).map { TextAnalyzer.stem($0, language) }
    }

    private static func isDenied(_ text: String) -> Bool {
        Words.folded(text, limit: 400).contains(where: negations.contains)
    }

    private static let negations: Set<String> = [
        "not", "no", "never", "cannot", "isn", "aren", "doesn", "don", "nao", "nunca", "jamais", "nem", "sem",
        "without",
    ]

    /// What a student reads of the questions that were just marked, with the markers of their sentences.
    static func text(of items: [Quiz.Item], in language: String) -> String {
        items.map { item in
            let quote = item.citation.quote
            return "\(item.number). \(word(item.mark ?? .wrong, language)) “\(quote)” [\(item.citation.marker)]"
        }.joined(separator: "\n")
    }

    private static func word(_ mark: Quiz.Mark, _ language: String) -> String {
        let isPortuguese = language == "pt"
        return switch mark {
        case .correct: isPortuguese ? "Certo. O material diz:" : "Correct. The material says:"
        case .partly: isPortuguese ? "Em parte. O material diz:" : "Partly. The material says:"
        case .wrong: isPortuguese ? "Ainda não. O material diz:" : "Not yet. The material says:"
        }
    }
}
