import Support

/// Who may call a model now: its breaker and its bulkhead as one. A pure value; the caller passes the time in.
struct ModelGate: Sendable {
    /// A call that was let in; to be given to `leave` once.
    struct Pass: Sendable {
        fileprivate let permit: CircuitBreaker.Permit
        fileprivate let entry: AdaptiveLimit.Entry
    }

    enum Admission: Sendable {
        case entered(Pass)
        /// No call for so long; why a call would fail, where that is known.
        case open(left: Duration, cause: LanguageModelError.Code?)
        /// The provider has asked to be left alone for so long.
        case paused(left: Duration)
        /// As many calls as allowed are under way.
        case full
        /// The breaker is half open and as many probes as allowed are under way.
        case probing
    }

    private(set) var breaker: CircuitBreaker
    private(set) var limit: AdaptiveLimit
    private var cause: LanguageModelError.Code?

    /// How much longer than usual the breaker stays open for what only a person can mend.
    private static let unusableFactor = 10

    init(breaker: CircuitBreaker.Settings, concurrency: Int) {
        self.breaker = CircuitBreaker(breaker)
        limit = AdaptiveLimit(maximum: concurrency)
    }

    mutating func enter(at now: Duration) -> Admission {
        if let left = breaker.openLeft(at: now) { return .open(left: left, cause: cause) }
        switch limit.enter(at: now) {
        case .paused(let left): return .paused(left: left)
        case .full: return .full
        case .entered(let entry):
            guard let permit = breaker.permit(at: now) else {
                limit.leave(entry, .other, at: now)
                return .probing
            }
            cause = nil
            return .entered(Pass(permit: permit, entry: entry))
        }
    }

    /// - Returns: how long the provider is to be left alone now, when it said that it was asked too much.
    @discardableResult
    mutating func leave(_ pass: Pass, _ verdict: CallVerdict, at now: Duration) -> Duration? {
        switch verdict {
        case .good:
            breaker.report(pass.permit, .good, at: now)
            limit.leave(pass.entry, .good, at: now)
        case .slow:
            breaker.report(pass.permit, .slow, at: now)
            limit.leave(pass.entry, .other, at: now)
        case .failed:
            breaker.report(pass.permit, .failed, at: now)
            limit.leave(pass.entry, .other, at: now)
        case .overloaded(let retryAfter):
            breaker.report(pass.permit, .failed, at: now)
            limit.leave(pass.entry, .overloaded(pause: retryAfter), at: now)
        case .limited(let retryAfter):
            // Not the breaker's: the provider is well, and says itself when it may be asked again.
            breaker.report(pass.permit, nil, at: now)
            limit.leave(pass.entry, .overloaded(pause: retryAfter ?? limit.unsaidPause), at: now)
        case .unusable(let code):
            breaker.open(for: breaker.settings.openTime * Self.unusableFactor, at: now)
            limit.leave(pass.entry, .other, at: now)
            cause = code
        case .silent:
            breaker.report(pass.permit, nil, at: now)
            limit.leave(pass.entry, .other, at: now)
        }
        return limit.pauseLeft(at: now)
    }
}
