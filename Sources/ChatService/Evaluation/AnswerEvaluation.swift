import Retrieval
import Support

/// Asks the questions of a set on the whole way that a student's question goes (search, gate, model, check), without a
/// server, and scores the answers.
package struct AnswerEvaluation: Sendable {
    /// Bounds of a run.
    package struct Settings: Sendable {
        /// Questions that are asked at the same time.
        package var atOnce = 2
        /// So many failures in a row end the run: a model that is down would fail all the others as well.
        package var failuresInARow = 20
        /// Whether the records keep the texts of the answers.
        package var keepsTexts = false

        package init() {}
    }

    private let answerer: Answerer
    private let course: CourseID
    private let settings: Settings

    package init(answerer: Answerer, course: CourseID, settings: Settings = Settings()) {
        self.answerer = answerer
        self.course = course
        self.settings = settings
    }

    /// One record a question, in their order.
    /// - Parameter progress: called after each question, with how many are done.
    /// - Throws: `EvaluationError.nothingAnswers` when questions keep failing; `CancellationError`.
    package func run(
        _ questions: [EvaluationQuestion], progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> [ScoredQuestion] {
        var records = [ScoredQuestion?](repeating: nil, count: questions.count)
        try await withThrowingTaskGroup(of: (Int, ScoredQuestion).self) { group in
            var next = 0
            var done = 0
            var failures = 0
            func startNext() {
                guard next < questions.count else { return }
                let (index, question) = (next, questions[next])
                group.addTask { (index, try await record(of: question)) }
                next += 1
            }
            for _ in 0..<max(1, settings.atOnce) { startNext() }
            while let (index, record) = try await group.next() {
                records[index] = record
                done += 1
                failures = record.error == nil ? 0 : failures + 1
                guard failures < settings.failuresInARow else {
                    throw EvaluationError.nothingAnswers(failures: failures, reason: record.error ?? "")
                }
                progress(done)
                startNext()
            }
        }
        return records.compactMap { $0 }
    }

    private func record(of question: EvaluationQuestion) async throws -> ScoredQuestion {
        let seen = Locked<Finding?>(nil)
        let asked = Question(text: question.text, course: course, history: question.history)
        do {
            let answer = try await answerer.answer(asked, found: { found in seen.withLock { $0 = found } }) { _ in }
            var record = ScoredQuestion(
                id: question.id, score: AnswerScore(of: answer, to: question, found: seen.withLock { $0 }))
            record.provider = answer.metadata.provider
            record.model = answer.metadata.model
            if settings.keepsTexts { record.content = answer.content }
            return record
        } catch let error as AnsweringError {
            return ScoredQuestion(id: question.id, error: error.cause.isEmpty ? error.label : error.cause)
        }
    }
}

extension AnswerScore {
    /// What `answer` is worth, by what is known of the question.
    package init(of answer: Answer, to question: EvaluationQuestion, found: Finding?) {
        self.init()
        let passages = found?.passages ?? []
        let paths = Dictionary(passages.map { ($0.documentID, $0.documentPath) }) { first, _ in first }
        isAnswerable = question.isAnswerable
        isRefused = Refusal.isOne(answer)
        evidence = found?.evidence ?? 0
        let isJudged = !question.documents.isEmpty
        if isJudged {
            rank = (passages.firstIndex { question.isJudged($0.documentPath) }).map { $0 + 1 } ?? 0
            rightCitations = answer.citations.count { question.isJudged(paths[$0.documentId] ?? "") }
        }
        let text = AnswerSentence.withoutMarkers(answer.content)
        if !question.answers.isEmpty {
            contains = !isRefused && AnswerText.contains(text, gold: question.answers)
            f1 = isRefused ? 0 : AnswerText.f1(text, gold: question.answers)
        }
        sentences = SentenceSplitter.byteRanges(in: text).count
        citations = answer.citations.count
        verbatimCitations = answer.citations.count { citation in
            passages.contains { $0.documentID == citation.documentId && $0.text.contains(citation.quote) }
        }
        supportedCitations = answer.citations.count(where: \.supported)
        latencyMs = answer.metadata.latencyMs
        firstTextMs = answer.metadata.timeToFirstTokenMs
        tokensInput = answer.metadata.tokensInput
        tokensOutput = answer.metadata.tokensOutput
        costUsd = answer.metadata.costUsd
    }
}

/// Whether an answer says that the course does not cover the question.
enum Refusal {
    /// The gate's own word, or a model's: it was told which sentence to say.
    static func isOne(_ answer: Answer) -> Bool {
        if answer.metadata.provider == AnswerMetadata.noModel { return true }
        guard answer.citations.isEmpty else { return false }
        let words = " " + Words.folded(answer.content, limit: 100).joined(separator: " ") + " "
        return PromptTexts.refusals.contains { words.contains(" " + Words.folded($0).joined(separator: " ") + " ") }
    }
}
