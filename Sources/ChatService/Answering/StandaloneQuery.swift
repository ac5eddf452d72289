import Retrieval
import Support

/// What to search for: the question, with what a follow-up leans on.
///
/// Most questions in a deployed tutor are follow-ups ("and the second one?"), and retrieval that ignores the
/// conversation finds little for them. This is the local rule; it costs no model: the questions before, back to one that
/// stands alone, are searched together with this one, for less the less it leans on them and the older they are. Weights
/// and measurements: docs/decisions/0022-follow-ups.md.
package enum StandaloneQuery {
    /// - Parameter history: oldest first, the question not included.
    package static func make(question: String, history: [Turn]) -> RetrievalQuery {
        make(question, leaning: Leaning(of: question), history)
    }

    static func make(_ question: String, leaning: Leaning, _ history: [Turn]) -> RetrievalQuery {
        let question = String(question.prefix(questionLength))
        let weight = weight(of: leaning)
        guard weight > 0 else { return RetrievalQuery(question) }
        var context: [RetrievalQuery.Context] = []
        var age = 1.0
        for turn in history.suffix(turns).reversed() where turn.role == .user && !SmallTalk.isAside(turn.content) {
            context.append(.init(part(turn.content), words: weight * age, meaning: weight * age))
            if context.count == questions || Leaning(of: turn.content) < .strong { break }
            age *= decay
        }
        if leaning >= .strong, !context.isEmpty, let answer = history.last(where: { $0.role == .assistant }) {
            context.append(.init(part(answer.content), words: 0, meaning: answerMeaning))
        }
        return RetrievalQuery(question, context: context, judgedWhole: leaning >= .strong)
    }

    private static func weight(of leaning: Leaning) -> Double {
        switch leaning {
        case .none: 0
        case .slight: 0.3
        case .strong: 0.6
        case .whole: 1
        }
    }

    private static func part(_ text: String) -> String { String(text.prefix(partLength)) }

    /// What a question weighs less than the one after it.
    private static let decay = 0.8
    /// What the last answer's meaning weighs. Its words are mostly those that were asked for before: they mislead.
    private static let answerMeaning = 0.2
    /// Messages that are looked at, and questions among them that are searched.
    private static let turns = 12
    private static let questions = 3
    /// Characters.
    private static let questionLength = 2_000
    private static let partLength = 1_000
}
