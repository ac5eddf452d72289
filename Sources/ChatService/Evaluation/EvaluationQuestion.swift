import FoundationEssentials
import Retrieval

/// A question with what is known of its answer.
package struct EvaluationQuestion: Sendable, Equatable {
    package var id: String
    package var text: String
    /// The conversation before it, oldest first.
    package var history: [Turn] = []
    package var isAnswerable: Bool
    /// The names of the documents that answer it, any of which will do; empty where that is not known.
    package var documents: Set<String> = []
    /// Gold answers, any of which will do.
    package var answers: [String] = []
    /// The document that an unanswerable question only seems to be about.
    package var lure: String?

    /// Whether a passage's document is one of those that answer the question.
    /// - Parameter path: as it stands in the course; a file is known by the end of it.
    package func isJudged(_ path: String) -> Bool {
        documents.contains(path) || documents.contains { path.hasSuffix("/" + $0) }
    }
}

/// One line of a question file, in any of the forms that sets come in:
///
///     {"id", "question", "kind"?, "documents"? or "passage"?, "answer"?, "quote"?, "history"?}    a course's own questions
///     {"_id", "text"}                     queries.jsonl, beside qrels.tsv and, where there are gold answers, answers.jsonl
///     {"_id", "text", "doc"}              unanswerable.jsonl: the passage that the question only seems to be about
struct QuestionLine: Decodable {
    var id: String?
    var _id: String?
    var question: String?
    var text: String?
    var doc: String?
    var kind: String?
    var documents: [String]?
    var passage: String?
    var answer: String?
    var quote: String?
    var history: [Turn]?

    /// nil for a line that is no question.
    func made() -> EvaluationQuestion? {
        if let id = id ?? _id, let question {
            let documents = Set((documents ?? []) + (passage.map { [$0] } ?? []))
            return EvaluationQuestion(
                id: id, text: question, history: history ?? [],
                isAnswerable: kind != "unanswerable" && (kind != nil || !documents.isEmpty), documents: documents,
                answers: [answer, quote].compactMap { $0 }.filter { !$0.isEmpty })
        }
        guard let id = _id ?? id, let text else { return nil }
        return EvaluationQuestion(id: id, text: text, isAnswerable: doc == nil, lure: doc)
    }
}

/// One line of `answers.jsonl`; a set in two languages has the answers of each.
struct AnswerLine: Decodable {
    var _id: String
    var answers: [String]?
    var answers_en: [String]?
    var answers_pt: [String]?

    func answers(portuguese: Bool) -> [String] { answers ?? (portuguese ? answers_pt : answers_en) ?? [] }
}
