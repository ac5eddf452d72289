/// What was read a moment ago, for what is asked far more often than it changes.
///
/// What this process changes is seen at once (`changing`); what another one does, when `lifetime` is over. Only what there
/// is is remembered, never that there is nothing.
package final class RecentReads<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var values: [Key: (value: Value, until: Duration)] = [:]
        /// Counts changes: what was read before one is not kept after it.
        var changes = 0
    }

    private let lifetime: Duration
    private let most: Int
    private let time: any TimeSource
    private let state = Locked(State())

    /// - Parameter most: values that are kept at once.
    package init(lifetime: Duration, most: Int, time: any TimeSource) {
        self.lifetime = lifetime
        self.most = most
        self.time = time
    }

    /// The value as it was `read` within the lifetime.
    package func value(_ key: Key, read: () async throws -> Value?) async rethrows -> Value? {
        let now = time.elapsed
        let (known, changes) = state.withLock { ($0.values[key], $0.changes) }
        if let known, now < known.until { return known.value }
        guard let value = try await read() else { return nil }
        state.withLock { state in
            guard state.changes == changes else { return }
            if state.values.count >= most { state.values = state.values.filter { now < $0.value.until } }
            // All of them were just read; they can be read again.
            if state.values.count >= most { state.values = [:] }
            state.values[key] = (value, now + lifetime)
        }
        return value
    }

    /// Makes a change, after which all is read again.
    package func changing<Outcome>(_ change: () async throws -> Outcome) async rethrows -> Outcome {
        defer {
            state.withLock { state in
                state.values = [:]
                state.changes += 1
            }
        }
        return try await change()
    }
}
