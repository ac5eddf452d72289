import Support

/// What to do after a try at handing something to a collector. A pure value.
///
/// Source: OpenTelemetry, "OTLP Specification", OTLP/HTTP response and throttling: 429, 502, 503 and 504 may be tried
/// again, after `Retry-After` where it is given, else with growing, jittered waits; any other refusal is final.
struct DeliveryRule: Sendable {
    /// How one try ended.
    enum Outcome: Sendable, Equatable {
        case answered(status: Int, retryAfter: Duration?)
        /// No answer, or none in time.
        case failed
    }

    enum Step: Sendable, Equatable {
        case delivered
        case again(after: Duration)
        case givenUp
    }

    var tries = 5
    /// The longest that one batch is waited for, tries included; what comes meanwhile waits, and is dropped at last.
    var patience = Duration.seconds(60)
    var backoff = Backoff(base: .seconds(1), cap: .seconds(16))

    /// - Parameters:
    ///   - attempt: that just ended, from 1.
    ///   - spent: since the first began.
    ///   - random: a number in 0..<1.
    func step(after outcome: Outcome, attempt: Int, spent: Duration, random: Double = .random(in: 0..<1)) -> Step {
        var asked: Duration?
        switch outcome {
        case .answered(200..<300, _): return .delivered
        case .answered(let status, let wait):
            guard [429, 502, 503, 504].contains(status) else { return .givenUp }
            asked = wait
        case .failed: break
        }
        let wait = max(asked ?? .zero, backoff.wait(afterAttempt: attempt, random: random))
        guard attempt < tries, spent + wait < patience else { return .givenUp }
        return .again(after: wait)
    }
}
