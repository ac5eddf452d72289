import Support

/// Why the rules of a course do not allow something.
package enum PolicyDenial: Sendable, Equatable {
    /// - Parameter until: seconds since 1970.
    case locked(until: Int64, message: String?)
    case mode(AnswerMode, allowed: [AnswerMode])
    case unknownAssignment
    case assignmentNeeded([String])
    case questionsSpent(Int)
    case hintsOfDaySpent(Int)
    /// The budget and the assignment's title.
    case hintsSpent(Int, String)
    case costReached(isMonth: Bool)

    /// From a closed set.
    package var reason: String {
        switch self {
        case .locked: "course_locked"
        case .mode: "mode_not_allowed"
        case .unknownAssignment: "unknown_assignment"
        case .assignmentNeeded: "assignment_needed"
        case .questionsSpent: "questions_spent"
        case .hintsOfDaySpent, .hintsSpent: "hints_spent"
        case .costReached: "cost_reached"
        }
    }

    /// For the student.
    /// - Parameter language: `pt` or `en`.
    package func sentence(in language: String) -> String { language == "pt" ? portuguese : english }

    private var english: String {
        switch self {
        case .locked(let until, let message):
            message ?? "The course is closed for an exam until \(Self.time(until)) UTC; come back after it."
        case .mode(let mode, let allowed):
            "The staff of this course do not allow the mode '\(mode.rawValue)'; choose one of: \(Self.list(allowed))."
        case .unknownAssignment: "This course has no such assignment; choose one of those the course lists."
        case .assignmentNeeded(let titles):
            "Say for which assignment you want a hint: \(Self.titles(titles))."
        case .questionsSpent(let most):
            "You have asked the \(most) questions that this course allows within 24 hours; ask again later."
        case .hintsOfDaySpent(let most):
            "You have had the \(most) hints that this course allows within 24 hours; ask again later."
        case .hintsSpent(let most, let title):
            "You have had all \(most) hints for “\(title)”; try it yourself, or ask the staff."
        case .costReached(let isMonth):
            "The course has used up what its answers may cost \(isMonth ? "in 30 days" : "in 24 hours"); ask again later, "
                + "or search the material."
        }
    }

    private var portuguese: String {
        switch self {
        case .locked(let until, let message):
            message ?? "A disciplina está fechada por causa de uma prova até \(Self.time(until)) UTC; volte depois."
        case .mode(let mode, let allowed):
            "A equipe desta disciplina não permite o modo '\(mode.rawValue)'; escolha um destes: \(Self.list(allowed))."
        case .unknownAssignment: "Não há essa tarefa nesta disciplina; escolha uma das que ela lista."
        case .assignmentNeeded(let titles): "Diga para qual tarefa quer uma dica: \(Self.titles(titles))."
        case .questionsSpent(let most):
            "Você já fez as \(most) perguntas que esta disciplina permite em 24 horas; pergunte de novo mais tarde."
        case .hintsOfDaySpent(let most):
            "Você já recebeu as \(most) dicas que esta disciplina permite em 24 horas; peça de novo mais tarde."
        case .hintsSpent(let most, let title):
            "Você já recebeu todas as \(most) dicas de “\(title)”; tente por conta própria ou fale com a equipe."
        case .costReached(let isMonth):
            "A disciplina já gastou o que suas respostas podem custar em \(isMonth ? "30 dias" : "24 horas"); pergunte de "
                + "novo mais tarde ou busque no material."
        }
    }

    private static func list(_ modes: [AnswerMode]) -> String { modes.map(\.rawValue).joined(separator: ", ") }

    /// An answer is no catalogue.
    static let mostTitles = 10

    private static func titles(_ titles: [String]) -> String {
        titles.prefix(mostTitles).map { "“\($0)”" }.joined(separator: ", ")
    }

    /// `2026-11-21 14:05`
    private static func time(_ seconds: Int64) -> String {
        let date = CivilDate.of(daysSince1970: Int(seconds / 86_400))
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hour, minute) = (seconds % 86_400 / 3_600, seconds % 3_600 / 60)
        return "\(date.year)-\(two(Int64(date.month)))-\(two(Int64(date.day))) \(two(hour)):\(two(minute))"
    }
}

/// A denial on its way to whoever asked.
package struct PolicyDenied: ExplainedError, Equatable {
    package let denial: PolicyDenial
    package let description: String

    package var label: String { "policy_denied" }

    /// - Parameter language: `pt` or `en`.
    package init(_ denial: PolicyDenial, in language: String) {
        self.denial = denial
        description = denial.sentence(in: language)
    }
}
