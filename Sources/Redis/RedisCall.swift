import Support

/// One command as its caller waits for it; the first outcome counts.
final class RedisCall: Sendable {
    private enum State {
        case fresh
        case waiting(CheckedContinuation<RESPValue, any Error>)
        case over(Result<RESPValue, any Error>)
    }

    private let state = Locked(State.fresh)

    func end(_ outcome: Result<RESPValue, any Error>) {
        let waiting = state.withLock { state -> CheckedContinuation<RESPValue, any Error>? in
            switch state {
            case .fresh: state = .over(outcome)
            case .over: break
            case .waiting(let continuation):
                state = .over(outcome)
                return continuation
            }
            return nil
        }
        waiting?.resume(with: outcome)
    }

    /// The outcome; once. A cancelled caller does not wait for it.
    func value() async throws -> RESPValue {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<RESPValue, any Error>? in
                    if case .over(let outcome) = state { return outcome }
                    state = .waiting(continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            end(.failure(CancellationError()))
        }
    }
}
