import Dispatch

/// A connection with the queue it lives on; opened by the first job that needs it.
///
/// Unchecked Sendable: `connection` is only touched on `queue`.
final class ConfinedConnection: @unchecked Sendable {
    let interruption = Interruption()
    private let queue: DispatchQueue
    private let open: @Sendable (DispatchQueue, Interruption) throws -> Connection
    private var connection: Connection?

    init(label: String, open: @escaping @Sendable (DispatchQueue, Interruption) throws -> Connection) {
        queue = DispatchQueue(label: label)
        self.open = open
    }

    /// Opens now and waits for it.
    func openNow() throws { try queue.sync { _ = try opened() } }

    /// Hands `job` to the queue; it receives the connection, or why there is none.
    func enqueue(_ job: @escaping @Sendable (Result<Connection, any Error>) -> Void) {
        queue.async { job(Result { try self.opened() }) }
    }

    /// Closes the connection and calls `done`.
    func close(_ done: @escaping @Sendable () -> Void) {
        queue.async {
            self.connection = nil
            done()
        }
    }

    private func opened() throws -> Connection {
        if let connection { return connection }
        let opened = try open(queue, interruption)
        connection = opened
        return opened
    }
}
