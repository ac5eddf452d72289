import Support

/// Tries at a password: a few for each account, more for each address, for a whole class may stand behind one. A try that
/// succeeds costs nothing.
package final class SignInThrottle: Sendable {
    private struct Limit {
        let burst: Double
        /// Tokens a second.
        let rate: Double
    }

    private static let ofAccount = Limit(burst: 10, rate: 1.0 / 30)
    private static let ofAddress = Limit(burst: 50, rate: 1.0 / 2)
    /// Keys remembered at once; who is beyond them shares one bucket, so that a flood of names opens nothing.
    static let most = 10_000

    private struct State {
        var accounts: [String: TokenBucket] = [:]
        var addresses: [String: TokenBucket] = [:]
    }

    private let time: any TimeSource
    private let state = Locked(State())

    package init(time: any TimeSource = SystemTime()) { self.time = time }

    /// Takes a try of the account and of the address.
    /// - Throws: `Problem` 429, whether the account exists or not.
    func take(account: String, address: String) throws {
        let now = time.elapsed
        let address = Self.network(of: address)
        let wait = state.withLock { state in
            [
                Self.take(account, Self.ofAccount, &state.accounts, now),
                Self.take(address, Self.ofAddress, &state.addresses, now),
            ].compactMap { $0 }.max()
        }
        if let wait { throw Self.tooMany(wait) }
    }

    private static func tooMany(_ wait: Duration) -> Problem {
        let seconds = Int(wait.inSeconds.rounded(.up))
        return Problem(
            429, "too_many_tries", "Too many tries",
            "There were too many tries to sign in; try again in \(seconds) s.", headers: ["retry-after": "\(seconds)"])
    }

    /// Takes a try of the address alone.
    /// - Throws: `Problem` 429.
    func take(address: String) throws {
        let now = time.elapsed
        let address = Self.network(of: address)
        if let wait = state.withLock({ Self.take(address, Self.ofAddress, &$0.addresses, now) }) {
            throw Self.tooMany(wait)
        }
    }

    /// Forgets a try that succeeded.
    /// - Parameter account: nil for a try of the address alone.
    func succeeded(account: String? = nil, address: String) {
        let now = time.elapsed
        let address = Self.network(of: address)
        state.withLock { state in
            if let account { state.accounts[account] = nil }
            if var bucket = state.addresses[address] {
                bucket.giveBack(at: now)
                state.addresses[address] = bucket
            }
        }
    }

    private static func take(
        _ key: String, _ limit: Limit, _ buckets: inout [String: TokenBucket], _ now: Duration
    ) -> Duration? {
        var key = key
        if buckets.count >= most, buckets[key] == nil {
            buckets = buckets.filter { $0.value.remaining(at: now) < Int(limit.burst) }
            if buckets.count >= most { key = "" }
        }
        var bucket = buckets[key] ?? TokenBucket(rate: limit.rate, burst: limit.burst, at: now)
        let wait = bucket.take(at: now)
        buckets[key] = bucket
        return wait
    }

    /// Of an IPv6 address the network: its owner has all addresses of a /64 (RFC 4291, section 2.5.1).
    static func network(of address: String) -> String {
        // Of an IPv4 address within an IPv6 one (section 2.5.5.2) only the former counts.
        guard address.contains(":"), !address.contains(".") else {
            return address.split(separator: ":").last.map(String.init) ?? address
        }
        guard let gap = address.firstRange(of: "::") else {
            return address.split(separator: ":").prefix(4).joined(separator: ":")
        }
        let head = address[..<gap.lowerBound].split(separator: ":")
        return head.prefix(4).joined(separator: ":") + "::"
    }
}
