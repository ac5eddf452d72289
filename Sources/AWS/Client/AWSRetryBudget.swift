import Support

/// How many more tries the calls of a process may make: the token bucket of AWS's standard retry mode.
///
/// 500 tokens; another try costs 14 after a failure that may pass (connection, time, 5xx) and 5 after throttling. A call
/// that succeeds at once returns one token, one that needed more tries what its last one cost. So a service that is down
/// gets some thirty tries more than calls, then one for each call, and no more.
///
/// Source: AWS SDKs and Tools, "Retry behavior", standard mode, with the costs and delays of botocore 1.44.
package final class AWSRetryBudget: Sendable {
    package static let capacity = 500

    private let tokens: Locked<Int>

    package init() { tokens = Locked(Self.capacity) }

    package var available: Int { tokens.withLock { $0 } }

    /// Takes what another try costs; false when it is not to be made.
    func take(_ cost: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= cost else { return false }
            tokens -= cost
            return true
        }
    }

    /// - Parameter cost: of the call's last try; nil when the first was enough.
    func succeeded(after cost: Int?) {
        tokens.withLock { $0 = min(Self.capacity, $0 + (cost ?? 1)) }
    }
}
