import CCurl
import Glibc
import Support

/// The door to the curl thread: commands go in from any task, the thread wakes and obeys.
final class CurlMulti: Sendable {
    enum Command {
        case start(Transfer), resume(Transfer), cancel(Transfer)
        case shutDown
    }

    /// Opens when the thread has ended.
    let stopped = Latch()
    private let inbox: Locked<Inbox>
    private let limit: Int

    private struct Inbox {
        /// nil before the first and after the last breath of the thread.
        var multi: UnsafeMutableRawPointer?
        /// At most one `start`, one `cancel` and one unanswered `resume` for each transfer under way.
        var commands: [Command] = []
        var underWay = 0
    }

    init(limit: Int, log: Log) {
        _ = Self.library
        self.limit = limit
        inbox = Locked(Inbox(multi: curl_multi_init()))
        let thread = DetachedThread { [self] in serve(log: log) }
        if !thread.start() {
            log.error("no thread for HTTP calls could be started")
            end()
        }
    }

    var hasCallsUnderWay: Bool { inbox.withLock { $0.underWay > 0 } }

    /// Hands a transfer to the thread.
    /// - Throws: `HTTPClientError` (`busy`, `shut_down`).
    func start(_ transfer: Transfer) throws(HTTPClientError) {
        let refusal: HTTPClientError.Code? = inbox.withLock { inbox in
            guard let multi = inbox.multi else { return .shutDown }
            guard inbox.underWay < limit else { return .busy }
            inbox.underWay += 1
            inbox.commands.append(.start(transfer))
            curl_multi_wakeup(multi)
            return nil
        }
        if let refusal { throw transfer.error(refusal) }
    }

    /// Without effect once the thread has gone.
    func post(_ command: Command) {
        inbox.withLock { inbox in
            guard let multi = inbox.multi else { return }
            inbox.commands.append(command)
            // One write to a socket that never blocks; inside the lock because the handle must not be freed meanwhile.
            curl_multi_wakeup(multi)
        }
    }

    /// curl_global_init is to be called once in a process, before anything else of curl.
    static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// The thread's life.
    private func serve(log: Log) {
        guard let multi = inbox.withLock({ $0.multi }) else {
            log.error("no memory for HTTP calls")
            return end()
        }
        let loop = CurlLoop(multi, log: log) { [self] in inbox.withLock { $0.underWay -= 1 } }
        var runs = true
        while runs {
            let commands = inbox.withLock { inbox in
                defer { inbox.commands.removeAll(keepingCapacity: true) }
                return inbox.commands
            }
            for command in commands {
                switch command {
                case .start(let transfer): loop.start(transfer)
                case .resume(let transfer): loop.resume(transfer)
                case .cancel(let transfer): loop.cancel(transfer)
                case .shutDown: runs = false
                }
            }
            if runs { loop.turn() }
        }
        let late = close()
        loop.endAll()
        for case .start(let transfer) in late { transfer.fail(transfer.error(.shutDown)) }
        curl_multi_cleanup(multi)
        withExtendedLifetime(loop) {}
        stopped.open()
    }

    /// There is, or will be, no thread: every call fails with `shut_down`.
    private func end() {
        for case .start(let transfer) in close() { transfer.fail(transfer.error(.shutDown)) }
        stopped.open()
    }

    /// No command is taken from here on; returns those that came too late.
    private func close() -> [Command] {
        inbox.withLock { inbox in
            inbox.multi = nil
            defer { inbox.commands = [] }
            return inbox.commands
        }
    }
}
