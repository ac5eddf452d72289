import Support

/// The words of a digest in the course's language.
struct DigestTexts: Sendable {
    private let isPortuguese: Bool

    init(_ language: TextLanguage) { isPortuguese = language == .portuguese }

    private func pick(_ portuguese: String, _ english: String) -> String { isPortuguese ? portuguese : english }

    func heading(_ course: String, _ week: String) -> String {
        pick("\(course): semana \(week)", "\(course): week \(week)")
    }

    var nothing: String { pick("Ninguém perguntou nada nesta semana.", "Nobody asked anything this week.") }
    var thisWeek: String { pick("esta semana", "this week") }
    var weekBefore: String { pick("semana anterior", "week before") }
    var questions: String { pick("Perguntas", "Questions") }
    var answerRate: String { pick("Respondidas com o material", "Answered from the material") }
    var refused: String { pick("Sem resposta no material", "Not in the material") }
    var failed: String { pick("Falhas", "Failed") }
    var median: String { pick("Tempo até a resposta, mediana", "Time to answer, median") }
    var p95: String { pick("Tempo até a resposta, percentil 95", "Time to answer, 95th percentile") }
    var ratings: String { pick("Avaliações boas / ruins", "Ratings good / bad") }
    var cost: String { pick("Custo", "Cost") }
    var topics: String { pick("O que falta no material", "What the material lacks") }
    var noTopics: String {
        pick("Nenhuma pergunta ficou sem resposta nem foi mal avaliada.", "No question was refused or badly rated.")
    }
    var answeredTopics: String { pick("Respondido pela equipe", "Answered by the staff") }
    var unnamed: String { pick("uma pergunta", "a question") }

    func more(_ count: Int) -> String { pick("- … e mais \(count)", "- … and \(count) more") }

    func asked(_ questions: Int, _ students: Int) -> String {
        pick(
            "\(questions) \(questions == 1 ? "pergunta" : "perguntas") de \(students) "
                + (students == 1 ? "estudante" : "estudantes"),
            "\(questions) \(questions == 1 ? "question" : "questions") by \(students) "
                + (students == 1 ? "student" : "students"))
    }

    /// What a student said of an answer.
    func comment(_ words: String) -> String { pick("sobre a resposta: ", "of the answer: ") + words }

    func answered(_ document: String, _ since: Int) -> String {
        let tail =
            since == 0
            ? ""
            : pick("; \(since) \(since == 1 ? "pergunta" : "perguntas") depois disso", "; asked \(since) times since")
        return document + tail
    }

    func percent(_ share: Double) -> String { decimal(100 * share, digits: 0) + " %" }

    /// With the decimal mark of the language.
    func decimal(_ number: Double, digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        // Beyond that nobody reads it, and an Int cannot hold it.
        let scaled = Int((min(max(number, 0), 1e12) * Double(scale)).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let fraction = "\(scaled % scale)"
        return "\(scaled / scale)" + pick(",", ".") + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
