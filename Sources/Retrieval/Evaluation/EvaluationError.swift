import Support

/// Why an evaluation set could not be used.
package enum EvaluationError: ExplainedError, Equatable {
    case cannotRead(file: String, reason: String)
    /// A line that is not of the BEIR form; `line` counts from 1.
    case badLine(file: String, line: Int, reason: String)
    case tooLarge(file: String, limit: String)
    /// No query of the judgements is in the queries file.
    case nothingToMeasure(queries: String, judgements: String)
    /// No document that the judgements call relevant is in the corpus.
    case noJudgedDocument(corpus: String, judgements: String)
    /// A file of questions without a single one.
    case noQuestion(file: String)
    /// Two files have questions of the same id.
    case sameQuestion(file: String, id: String)
    /// So many questions failed one after another that the others would as well; `reason` is a closed name.
    case nothingAnswers(failures: Int, reason: String)

    package var label: String {
        switch self {
        case .cannotRead: "evaluation_cannot_read"
        case .badLine: "evaluation_bad_line"
        case .tooLarge: "evaluation_too_large"
        case .nothingToMeasure: "evaluation_nothing_to_measure"
        case .noJudgedDocument: "evaluation_no_judged_document"
        case .noQuestion: "evaluation_no_question"
        case .sameQuestion: "evaluation_same_question"
        case .nothingAnswers: "evaluation_nothing_answers"
        }
    }

    package var description: String {
        switch self {
        case .cannotRead(let file, let reason):
            "The file \(file) cannot be read (\(reason)); check its name and permissions."
        case .badLine(let file, let line, let reason):
            "Line \(line) of \(file) is not of the form of such a file: \(reason). Correct it and run again."
        case .tooLarge(let file, let limit):
            "The file \(file) is beyond a limit of this program (\(limit)); split it up."
        case .nothingToMeasure(let queries, let judgements):
            """
            No query of \(judgements) with a relevant document is in \(queries); check that the two files belong \
            together.
            """
        case .noJudgedDocument(let corpus, let judgements):
            """
            None of the documents that \(judgements) calls relevant is in \(corpus); check that the two files belong \
            together.
            """
        case .noQuestion(let file): "No question is in \(file); check that it is a file of questions."
        case .sameQuestion(let file, let id):
            "The question \(id) of \(file) is in another file as well; ask each question once."
        case .nothingAnswers(let failures, let reason):
            "\(failures) questions in a row failed (\(reason)); see to the language model and run again."
        }
    }
}
