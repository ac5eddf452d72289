import HTTPClient
import Support

/// Which failures are tried again, and when: AWS's standard retry mode. A pure value.
struct AWSRetryRule {
    /// How a failure may pass.
    enum Chance: Equatable {
        case none
        /// Connections, time, the service's own trouble.
        case transient
        /// Too many calls.
        case throttled

        /// In tokens of `AWSRetryBudget`.
        var cost: Int { self == .throttled ? 5 : 14 }
    }

    static let attempts = 3
    private static let longest = Duration.seconds(20)
    /// `x-amz-retry-after` is obeyed up to this much above the wait it replaces.
    private static let longestAddition = Duration.seconds(5)

    let service: AWSService

    /// Full jitter below 50 ms (DynamoDB: 25 ms) or, after throttling, a second, doubled with each attempt.
    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - asked: `x-amz-retry-after`.
    ///   - random: a number in 0..<1.
    func wait(after attempt: Int, _ chance: Chance, asked: Duration?, random: Double = .random(in: 0..<1)) -> Duration {
        let base: Duration =
            chance == .throttled ? .seconds(1) : service == .dynamoDB ? .milliseconds(25) : .milliseconds(50)
        let wait = Backoff(base: base, cap: Self.longest).wait(afterAttempt: attempt, random: random)
        guard let asked else { return wait }
        return max(wait, min(asked, wait + Self.longestAddition))
    }

    static func chance(of code: HTTPClientError.Code) -> Chance {
        switch code {
        case .resolve, .refused, .connectTimeout, .firstByteTimeout, .stalled, .closed, .busy: .transient
        case .invalidRequest, .privateAddress, .tls, .deadline, .protocolViolation, .tooLarge, .shutDown, .unexpected:
            .none
        }
    }

    /// Whether the service cannot have seen the request.
    static func isUndone(_ code: HTTPClientError.Code) -> Bool {
        switch code {
        case .resolve, .refused, .connectTimeout, .busy, .invalidRequest, .privateAddress, .tls: true
        case .firstByteTimeout, .stalled, .deadline, .closed, .protocolViolation, .tooLarge, .shutDown, .unexpected:
            false
        }
    }

    static func chance(status: Int, code: String) -> Chance {
        if throttling.contains(code) || status == 429 { return .throttled }
        if passing.contains(code) || [500, 502, 503, 504].contains(status) { return .transient }
        return .none
    }

    /// Whether an answer of the service says that nothing was done: all but its own trouble.
    static func isUndone(status: Int, code: String) -> Bool {
        status < 500 || throttling.contains(code)
    }

    private static let throttling: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
        "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
        "PriorRequestNotComplete",
    ]
    private static let passing: Set<String> = [
        "RequestTimeout", "RequestTimeoutException",
        // S3 asks for another try when two conditional writes met.
        "ConditionalRequestConflict",
    ]
}
