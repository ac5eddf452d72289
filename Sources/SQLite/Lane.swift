import Support

/// A few reading connections and the line of jobs before them: first come, first served.
///
/// Cancelling takes a job that waits out of the line, and interrupts one that runs.
final class Lane: Sendable {
    private struct Job {
        let id: Int
        /// Does the work; what it returns tells the caller, and is called when the connection is free again.
        let run: @Sendable (Result<Connection, any Error>) -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var idle: [ConfinedConnection] = []
        var running: [Int: ConfinedConnection] = [:]
        var waiting = Line<Job>()
        var opened = 0
        var closed = 0
        var nextID = 0
        var isClosed = false
        var isDrained = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    /// Jobs that may wait; one more is refused with `overloaded`.
    static let waitingLimit = 10_000

    private let state = Locked(State())
    private let path: String
    private let limit: Int
    private let make: @Sendable (Int) -> ConfinedConnection

    /// - Parameter limit: the most connections, made one by one as jobs would have to wait.
    init(path: String, limit: Int, make: @escaping @Sendable (Int) -> ConfinedConnection) {
        self.path = path
        self.limit = limit
        self.make = make
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                submit(
                    Job(
                        id: id,
                        run: { connection in
                            let result = Result { try body(try connection.get()) }.mapError(
                                Self.cancellationIfInterrupted)
                            return { continuation.resume(with: result) }
                        },
                        fail: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Takes no new jobs, finishes those that wait or run, closes the connections. Cancellation does not shorten it.
    func close() async {
        await withCheckedContinuation { continuation in
            let isDrained = state.withLock { state in
                state.isClosed = true
                if !state.isDrained { state.closers.append(continuation) }
                return state.isDrained
            }
            if isDrained { continuation.resume() } else { closeNextIdle() }
        }
    }

    /// Nothing else interrupts a connection than a cancelled task.
    private static func cancellationIfInterrupted(_ error: any Error) -> any Error {
        (error as? SQLiteError)?.kind == .interrupted ? CancellationError() : error
    }

    private enum Decision {
        case start(ConfinedConnection)
        case wait
        case refuse(any Error)
    }

    private func submit(_ job: Job) {
        let decision: Decision = state.withLock { state in
            // Cancelled before it was here: `cancel` has found nothing, so it is said now.
            if Task.isCancelled { return .refuse(CancellationError()) }
            if state.isClosed { return .refuse(SQLiteError(.closed, path: path)) }
            if let connection = state.idle.popLast() {
                begin(job.id, on: connection, &state)
                return .start(connection)
            }
            if state.opened < limit {
                let connection = make(state.opened)
                state.opened += 1
                begin(job.id, on: connection, &state)
                return .start(connection)
            }
            if state.waiting.count >= Self.waitingLimit { return .refuse(SQLiteError(.overloaded, path: path)) }
            state.waiting.append(job)
            return .wait
        }
        switch decision {
        case .start(let connection): start(job, on: connection)
        case .wait: break
        case .refuse(let error): job.fail(error)
        }
    }

    private func begin(_ id: Int, on connection: ConfinedConnection, _ state: inout State) {
        connection.interruption.clear()
        state.running[id] = connection
    }

    private func start(_ job: Job, on connection: ConfinedConnection) {
        connection.enqueue { opened in
            let answer = job.run(opened)
            let next = self.state.withLock { state -> Job? in
                state.running.removeValue(forKey: job.id)
                guard let next = state.waiting.popFirst() else {
                    connection.interruption.clear()
                    state.idle.append(connection)
                    return nil
                }
                self.begin(next.id, on: connection, &state)
                return next
            }
            answer()
            if let next {
                self.start(next, on: connection)
            } else {
                self.closeNextIdle()
            }
        }
    }

    private func cancel(_ id: Int) {
        let waiting = state.withLock { state -> Job? in
            if let waiting = state.waiting.remove(where: { $0.id == id }) { return waiting }
            state.running[id]?.interruption.interrupt()
            return nil
        }
        waiting?.fail(CancellationError())
    }

    /// Once closed and without jobs: closes one connection after another, then tells who waits for it.
    private func closeNextIdle() {
        enum Step {
            case close(ConfinedConnection)
            case tell([CheckedContinuation<Void, Never>])
        }
        let step = state.withLock { state -> Step? in
            guard state.isClosed, !state.isDrained, state.running.isEmpty, state.waiting.isEmpty else { return nil }
            if let connection = state.idle.popLast() { return .close(connection) }
            guard state.opened == state.closed else { return nil }
            state.isDrained = true
            defer { state.closers = [] }
            return .tell(state.closers)
        }
        switch step {
        case .close(let connection):
            connection.close {
                self.state.withLock { $0.closed += 1 }
                self.closeNextIdle()
            }
        case .tell(let closers): for closer in closers { closer.resume() }
        case nil: break
        }
    }
}
