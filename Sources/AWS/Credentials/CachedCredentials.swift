import Support

/// Remembers credentials until shortly before they expire; whatever the number of callers, one fetch at a time.
///
/// Five minutes before the end, fetching begins while the old ones are still given out; in the last minute callers wait
/// for the new ones. A failure is told to all who waited, and the next fetch waits a second, so that an endpoint that
/// is down is not asked by every call.
package final class CachedCredentials: AWSCredentialSource {
    private static let early = Duration.seconds(300)
    private static let late = Duration.seconds(60)
    private static let pause = Duration.seconds(1)

    private struct State {
        var current: AWSCredentials?
        var fetch: Task<AWSCredentials, any Error>?
        var failure: (error: any Error, at: Duration)?
    }

    private let state = Locked(State())
    private let time: any TimeSource
    private let fetch: @Sendable () async throws -> AWSCredentials

    package init(time: any TimeSource, fetch: @escaping @Sendable () async throws -> AWSCredentials) {
        self.time = time
        self.fetch = fetch
    }

    package func credentials() async throws -> AWSCredentials {
        let (now, elapsed) = (time.now, time.elapsed)
        let answer: Result<AWSCredentials, any Error>? = state.withLock { state in
            let left = state.current.map { $0.expiresAt.map { $0 - now } ?? .seconds(86_400) } ?? .zero
            let isRested = state.failure.map { elapsed - $0.at >= Self.pause } ?? true
            if left <= Self.early, state.fetch == nil, isRested { begin(&state) }
            if let current = state.current, left > Self.late { return .success(current) }
            if state.fetch != nil { return nil }
            // Those of the last minute are better than none.
            if let current = state.current, left > .zero { return .success(current) }
            return state.failure.map { .failure($0.error) }
        }
        if let answer { return try answer.get() }
        guard let pending = state.withLock({ $0.fetch }) else { return try await settled() }
        return try await pending.value
    }

    package func forget(_ credentials: AWSCredentials) {
        state.withLock { state in
            if state.current == credentials { state.current = nil }
        }
    }

    /// The fetch ended between two looks.
    private func settled() async throws -> AWSCredentials {
        if let current = state.withLock({ $0.current }) { return current }
        if let error = state.withLock({ $0.failure?.error }) { throw error }
        return try await credentials()
    }

    /// A task of its own: it serves all who wait, so none of them may cancel it. It ends by the fetch's own time limits.
    private func begin(_ state: inout State) {
        state.fetch = Task { [self] in
            do {
                let fresh = try await fetch()
                self.state.withLock { state in
                    state.current = fresh
                    state.fetch = nil
                    state.failure = nil
                }
                return fresh
            } catch {
                let elapsed = time.elapsed
                self.state.withLock { state in
                    state.fetch = nil
                    state.failure = (error, elapsed)
                }
                throw error
            }
        }
    }
}
