import Support

/// The writing connection and the line before it. Writes that wait together share one transaction, and with it one wait
/// for the disk (group commit); what each of them changes stays its own.
///
/// A part that throws takes back its own changes only: it stands in a savepoint, or, where parts may be repeated, the
/// transaction begins again and then they do. Nobody is told how his part went before the commit is on the disk, and if
/// that fails, all parts have failed.
final class WriteLane: Sendable {
    private struct Part {
        let id: Int
        let isRepeatable: Bool
        /// Makes the changes. What it returns tells the caller of them, once they are on the disk.
        let run: (Connection) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    /// The parts of one transaction.
    private struct Group {
        /// In their order; none is forgotten before it was told how it went.
        var parts: [Part]
        var done: [(part: Part, tell: @Sendable () -> Void)] = []
        var refused: [(part: Part, error: any Error)] = []
    }

    private struct State {
        var waiting = Line<Part>()
        var nextID = 0
        /// The queue of the connection is at work, or about to begin.
        var isWorking = false
        var isClosed = false
        var isDrained = false
        var closers: [CheckedContinuation<Void, Never>] = []
        var figures = WriteFigures()
    }

    /// Writes that share a transaction: enough to make the disk's part small, few enough that the first does not wait
    /// long for the last.
    static let groupLimit = 64

    private let state = Locked(State())
    private let path: String
    private let connection: ConfinedConnection

    init(path: String, connection: ConfinedConnection) {
        self.path = path
        self.connection = connection
    }

    var figures: WriteFigures {
        state.withLock { state in
            var figures = state.figures
            figures.waiting = state.waiting.count
            return figures
        }
    }

    func run<Value: Sendable>(
        isRepeatable: Bool = false, _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                submit(
                    Part(
                        id: id, isRepeatable: isRepeatable,
                        run: { connection in
                            let value = try body(connection)
                            return { continuation.resume(returning: value) }
                        },
                        fail: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            state.withLock { $0.waiting.remove { $0.id == id } }?.fail(CancellationError())
        }
    }

    /// Takes no new writes, finishes those that wait, closes the connection. Cancellation does not shorten it.
    func close() async {
        await withCheckedContinuation { continuation in
            let (isDrained, begins) = state.withLock { state in
                state.isClosed = true
                if state.isDrained { return (true, false) }
                state.closers.append(continuation)
                defer { state.isWorking = true }
                return (false, !state.isWorking)
            }
            if isDrained { continuation.resume() }
            if begins { work() }
        }
    }

    private func submit(_ part: Part) {
        let (refusal, begins) = state.withLock { state -> ((any Error)?, Bool) in
            // Cancelled before it was here: the handler has found nothing, so it is said now.
            if Task.isCancelled { return (CancellationError(), false) }
            if state.isClosed { return (SQLiteError(.closed, path: path), false) }
            if state.waiting.count >= Lane.waitingLimit { return (SQLiteError(.overloaded, path: path), false) }
            state.waiting.append(part)
            defer { state.isWorking = true }
            return (nil, !state.isWorking)
        }
        if let refusal { part.fail(refusal) }
        if begins { work() }
    }

    private func work() {
        connection.enqueue { opened in
            while let first = self.nextOrRest() { self.commit(first, opened) }
        }
    }

    /// The next part of the running transaction; from here on it cannot be taken back.
    private func next() -> Part? { state.withLock { $0.waiting.popFirst() } }

    /// The first part of the next transaction. When there is none, the queue rests, or the connection is closed.
    private func nextOrRest() -> Part? {
        let (part, closes) = state.withLock { state -> (Part?, Bool) in
            if let part = state.waiting.popFirst() { return (part, false) }
            // Once closed it stays at work for ever, so that it closes once.
            state.isWorking = state.isClosed
            return (nil, state.isClosed)
        }
        if closes {
            connection.close {
                let closers = self.state.withLock { state in
                    state.isDrained = true
                    defer { state.closers = [] }
                    return state.closers
                }
                for closer in closers { closer.resume() }
            }
        }
        return part
    }

    /// One transaction: `first` and whatever waits by the time the part before it is done.
    private func commit(_ first: Part, _ opened: Result<Connection, any Error>) {
        var group = Group(parts: [first])
        do {
            let connection = try opened.get()
            try connection.begin(writing: true)
            do {
                if try !run(&group, connection, trusting: true) {
                    connection.rollBack()
                    try connection.begin(writing: true)
                    _ = try run(&group, connection, trusting: false)
                }
                try connection.commit()
            } catch {
                connection.rollBack()
                throw error
            }
            let count = group.done.count
            state.withLock { state in
                state.figures.commits += 1
                state.figures.writes += count
            }
            for (_, tell) in group.done { tell() }
        } catch {
            // What was refused for a reason of its own is told that one, below.
            let own = Set(group.refused.map(\.part.id))
            for part in group.parts where !own.contains(part.id) { part.fail(error) }
        }
        for (part, error) in group.refused { part.fail(error) }
    }

    /// Runs the parts of the transaction, and takes more of them.
    /// - Parameter trusting: without savepoints as long as all parts may be repeated.
    /// - Returns: false when something must be taken back for which there is no savepoint.
    private func run(_ group: inout Group, _ connection: Connection, trusting: Bool) throws -> Bool {
        (group.done, group.refused) = ([], [])
        var isTrusted = trusting
        var index = 0
        while index < group.parts.count {
            let part = group.parts[index]
            index += 1
            isTrusted = isTrusted && part.isRepeatable
            let isAlone = group.parts.count == 1
            let changes = connection.totalChanges
            do {
                let tell = try connection.part(undoable: !isAlone && !isTrusted) { try part.run(connection) }
                // One that met such an error and kept it to itself: nothing of the others is there any more.
                guard connection.isInTransaction else {
                    throw SQLiteError(.other, path: path, detail: "a write has ended its transaction")
                }
                group.done.append((part, tell))
            } catch {
                if isTrusted, !isAlone, error is SQLiteError || connection.totalChanges != changes { return false }
                group.refused.append((part, error))
                // Alone it has no savepoint; and after some errors SQLite keeps nothing of the whole transaction.
                if isAlone || !connection.isInTransaction { throw error }
            }
            if index == group.parts.count, index < Self.groupLimit, let next = next() { group.parts.append(next) }
        }
        return true
    }
}

/// What a writing connection has done since it was opened, and has before it.
package struct WriteFigures: Sendable, Equatable {
    /// Writes that are on the disk.
    package var writes = 0
    /// Transactions that held them.
    package var commits = 0
    /// Writes in the line, apart from those of the transaction under way.
    package var waiting = 0
}
