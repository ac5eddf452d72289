import Support

/// What the end of a call says of the provider.
enum CallVerdict: Sendable, Equatable {
    case good
    /// A whole answer, but a student felt the wait.
    case slow
    case failed
    /// It failed because it has too much to do.
    case overloaded(retryAfter: Duration?)
    /// It is well, but asked too often.
    case limited(retryAfter: Duration?)
    /// No call can go better before a person has changed something.
    case unusable(LanguageModelError.Code)
    /// Nothing: it was cancelled, or refused for its content.
    case silent

    init(_ error: LanguageModelError) {
        self =
            switch error.code {
            case .serverError, .unreachable, .timeout, .truncatedStream, .malformedResponse, .emptyAnswer: .failed
            case .overloaded: .overloaded(retryAfter: error.retryAfter)
            case .rateLimited: .limited(retryAfter: error.retryAfter)
            case .badKey, .forbidden, .modelNotFound, .quotaExceeded, .misconfigured: .unusable(error.code)
            case .contextTooLong, .invalidRequest, .refused, .deadlineExceeded, .noEvidence, .noModel, .circuitOpen,
                .busy:
                .silent
            }
    }
}

/// The course of one call, for telling whether it was slow.
struct CallPace: Sendable {
    private let start: Duration
    private var firstText: Duration?
    private var characters = 0

    /// Characters a second that a student reads at leisure: a stream at least so fast is never waited for.
    static let readingPace = 20.0

    init(start: Duration) { self.start = start }

    mutating func received(_ text: String, at now: Duration) {
        if firstText == nil { firstText = now }
        characters += text.unicodeScalars.count
    }

    /// Slow is what a student feels: a first word later than `limit`, or a whole answer later than that which also came
    /// more slowly than it is read.
    func isSlow(at end: Duration, limit: Duration) -> Bool {
        guard end - start >= limit else { return false }
        guard let firstText, firstText - start < limit else { return true }
        let streaming = (end - firstText).inSeconds
        return streaming > 0 && Double(characters) / streaming < Self.readingPace
    }
}
