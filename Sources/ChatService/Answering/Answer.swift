import Support

/// A finished answer, as it is stored and sent (contract, section 2, `message_completed`).
package struct Answer: Codable, Sendable, Equatable {
    package var content: String
    package var citations: [Citation]
    /// What the check says of each sentence that states something, in their order; empty where nothing was checked.
    package var claims: [AnswerClaim]
    /// Whether at least one citation of the answer is supported by its passage.
    package var grounded: Bool
    package var metadata: AnswerMetadata
    /// The questions of a quiz, and how replies to them were marked; nil in other answers.
    package var quiz: Quiz?
    /// True where the rules of the course keep it back, with a sentence in its place; nil else, and in the store.
    package var withheld: Bool?

    package init(
        content: String, citations: [Citation], claims: [AnswerClaim] = [], grounded: Bool, metadata: AnswerMetadata,
        quiz: Quiz? = nil
    ) {
        self.quiz = quiz
        self.content = content
        self.citations = citations
        self.claims = claims
        self.grounded = grounded
        self.metadata = metadata
    }
}

extension Answer {
    /// Answers that were stored before sentences had verdicts have no `claims`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        content = try container.decode(String.self, forKey: .content)
        citations = try container.decode([Citation].self, forKey: .citations)
        claims = try container.decodeIfPresent([AnswerClaim].self, forKey: .claims) ?? []
        grounded = try container.decode(Bool.self, forKey: .grounded)
        metadata = try container.decode(AnswerMetadata.self, forKey: .metadata)
        quiz = try container.decodeIfPresent(Quiz.self, forKey: .quiz)
        withheld = try container.decodeIfPresent(Bool.self, forKey: .withheld)
    }
}

extension Answer {
    /// The documents it draws on, each once.
    package var documents: [String] {
        Array(Set(citations.map(\.documentId) + (quiz?.questions.map(\.citation.documentId) ?? []))).sorted()
    }

    /// As clients see it: without what the quiz still wants to hear.
    package var withoutSolutions: Answer {
        var shown = self
        shown.quiz = quiz?.withoutSolutions
        return shown
    }
}

/// Where a marker in the text leads.
package struct Citation: Sendable, Hashable {
    /// 2 for `[2]`.
    package var marker: Int
    package var documentId: String
    package var title: String
    /// The page, from 1, on which the quote begins; nil where the format has no pages.
    package var page: Int?
    /// The heading path, outermost first, joined by ` › `.
    package var section: String?
    /// `slide` where pages are called so; nil where the format has no pages.
    package var pageUnit: PageUnit?
    /// Cells, times or lines of the quote, for formats that have such: `Notas!A2:F2`, `00:01:23–00:01:27`, `10–12`.
    package var place: String?
    /// True when the quote's text was recognised from a picture, and may hold its errors; absent else.
    package var ocr: Bool?
    /// Where the original can be read, at the quote's page; nil, and left out of the JSON, where no server offers originals.
    package var url: String?
    /// A verbatim span of the passage.
    package var quote: String
    /// The passage's rank score.
    package var score: Double
    /// Whether the passage says what the sentences with the marker say, as far as the check can tell.
    package var supported: Bool { verdict == .supported }
    /// The worst that the check says of a sentence with the marker.
    package var verdict: ClaimVerdict
    /// The whole passage, so that a client can show the quote in its place.
    package var passage: String
}

/// A passage the answer may cite, sent as soon as it is known.
package struct Source: Codable, Sendable, Hashable {
    package var marker: Int
    package var documentId: String
    package var title: String
    /// The passage's first page, from 1.
    package var page: Int?
    package var section: String?
    package var pageUnit: PageUnit?
    package var place: String?
    package var ocr: Bool?
    package var url: String?
    package var passage: String
}

extension Source {
    /// Where it stands, without what stands there: for modes that lead to a passage instead of giving it.
    var withoutText: Source {
        var place = self
        place.passage = ""
        return place
    }
}

/// What an answer took (contract, section 2).
package struct AnswerMetadata: Codable, Sendable, Equatable {
    package var model: String
    package var provider: String
    package var tokens: Int
    package var tokensInput: Int
    package var tokensOutput: Int
    package var latencyMs: Int
    package var timeToFirstTokenMs: Int
    /// nil when the model's price is not known.
    package var costUsd: Double?
    /// Whether the answer is a stand-in: quoted passages because no language model could be reached.
    package var degraded: Bool
    /// The probability, 0 to 1, that the passages held an answer (`Evidence.score`); nil in answers of older versions.
    package var evidence: Double?

    /// What stands for model and provider where none was asked, for the course does not answer the question.
    package static let noModel = "none"

    package init(
        model: String, provider: String, tokensInput: Int = 0, tokensOutput: Int = 0, latencyMs: Int = 0,
        timeToFirstTokenMs: Int = 0, costUsd: Double? = 0, degraded: Bool = false,
        evidence: Double? = nil
    ) {
        self.model = model
        self.provider = provider
        tokens = tokensInput + tokensOutput
        self.tokensInput = tokensInput
        self.tokensOutput = tokensOutput
        self.latencyMs = latencyMs
        self.timeToFirstTokenMs = timeToFirstTokenMs
        self.costUsd = costUsd
        self.degraded = degraded
        self.evidence = evidence
    }
}
