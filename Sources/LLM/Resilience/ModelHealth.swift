import Support

/// How a breaker stands.
package typealias BreakerState = CircuitBreaker.State

/// How one provider's model fares, for `/api/ready` and metrics.
package struct ModelHealth: Sendable, Equatable {
    package let provider: String
    package let model: String
    package let breaker: BreakerState
    package let inFlight: Int
    /// Calls that may be under way at once, as learnt so far.
    package let limit: Int
    /// In the breaker's window.
    package let calls: Int
    package let failures: Int
    package let slow: Int
    /// How long the breaker stays open; nil unless it is.
    package let opensLeft: Duration?
    /// How long the provider has asked to be left alone still; nil when it has not.
    package let pauseLeft: Duration?

    package init(
        provider: String, model: String, breaker: BreakerState, inFlight: Int, limit: Int, calls: Int, failures: Int,
        slow: Int, opensLeft: Duration? = nil, pauseLeft: Duration? = nil
    ) {
        self.provider = provider
        self.model = model
        self.breaker = breaker
        self.inFlight = inFlight
        self.limit = limit
        self.calls = calls
        self.failures = failures
        self.slow = slow
        self.opensLeft = opensLeft
        self.pauseLeft = pauseLeft
    }

    /// Whether it would be asked if a question came now.
    package var isWell: Bool { breaker == .closed && pauseLeft == nil }
}

/// What can say how its models fare.
package protocol HealthReporting: Sendable {
    /// One for each model behind a breaker, in the order in which they are asked.
    var health: [ModelHealth] { get }
}
