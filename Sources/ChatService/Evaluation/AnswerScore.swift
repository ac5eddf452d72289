/// What one answer was worth, in numbers only: a resampling of thousands of questions copies thousands of these.
package struct AnswerScore: Sendable, Codable, Equatable {
    /// Whether the course holds an answer.
    package var isAnswerable = true
    /// Whether the student was told that it does not.
    package var isRefused = false
    /// What the gate judged: how much speaks for an answer in the course. Comparable within one version of the gate.
    package var evidence = 0.0
    /// The place, from 1, of the first passage of a judged document; 0 when none was found, nil where none was judged.
    package var rank: Int?
    /// Whether a gold answer stands in the answer; nil without a gold answer.
    package var contains: Bool?
    package var f1: Double?
    package var sentences = 0
    package var citations = 0
    /// Citations of a judged document; nil where none was judged.
    package var rightCitations: Int?
    /// Citations whose quote stands in a passage that was found, byte by byte.
    package var verbatimCitations = 0
    /// Citations that the check calls supported.
    package var supportedCitations = 0
    package var latencyMs = 0
    package var firstTextMs = 0
    package var tokensInput = 0
    package var tokensOutput = 0
    /// nil when the model's price is not known.
    package var costUsd: Double?

    package init() {}
}

/// One question of an evaluation, as it stands in a report.
package struct ScoredQuestion: Sendable, Codable, Equatable {
    package var id: String
    /// nil when the question failed.
    package var score: AnswerScore?
    /// The closed name of what went wrong.
    package var error: String?
    package var provider: String?
    package var model: String?
    /// What the student read, only where a report is to carry it.
    package var content: String?

    package init(id: String, score: AnswerScore? = nil, error: String? = nil) {
        self.id = id
        self.score = score
        self.error = error
    }
}
