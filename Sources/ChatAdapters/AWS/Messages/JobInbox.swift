import ChatService
import Support

/// The messages of one kind that this process has in hand: received and not looked at, and those of the jobs it works on.
///
/// One message is received for each worker that waits: what stands in one process's buffer is hidden from others, whose
/// workers may be idle.
final class JobInbox: Sendable {
    /// SQS's longest poll.
    private static let longestPoll = Duration.seconds(20)

    private struct State {
        var received: [ReceivedMessage] = []
        /// The receipts of jobs in hand; as many as there are workers.
        var held: [String: String] = [:]
        var visibility = Duration.seconds(30)
    }

    private let queue: any JobMessages
    private let log: Log
    private let state = Locked(State())
    private let deletions: Batcher<String>

    init(_ queue: any JobMessages, log: Log) {
        self.queue = queue
        self.log = log
        deletions = Batcher(most: 10) { receipts in
            do {
                try await queue.delete(receipts)
            } catch {
                // They come again, and are found to be over.
                log.warning("messages not deleted", ["count": "\(receipts.count)", "error": error.label])
            }
        }
    }

    /// A message that waited here, or else in the queue; nil when there seems to be none.
    func next(hiddenFor visibility: Duration) async throws -> ReceivedMessage? {
        let waiting = state.withLock { state -> ReceivedMessage? in
            state.visibility = visibility
            return state.received.isEmpty ? nil : state.received.removeFirst()
        }
        if let waiting { return waiting }
        return try await queue.receive(waiting: .zero, hiddenFor: visibility)
    }

    /// Returns when a message is here.
    /// - Throws: what the queue throws; `CancellationError`.
    func wait() async throws {
        while true {
            let (isHere, visibility) = state.withLock { (!$0.received.isEmpty, $0.visibility) }
            if isHere { return }
            try Task.checkCancellation()
            let message = try await queue.receive(waiting: Self.longestPoll, hiddenFor: visibility)
            if let message { state.withLock { $0.received.append(message) } }
        }
    }

    /// Notes that this process works on the message's job.
    func hold(_ message: ReceivedMessage) { state.withLock { $0.held[message.job] = message.receipt } }

    /// Keeps the message of a job in hand hidden for longer.
    func renew(_ job: String, for visibility: Duration) async {
        guard let receipt = state.withLock({ $0.held[job] }) else { return }
        await hide(receipt, for: visibility)
    }

    /// Shows the message of a job in hand again after that time.
    func giveBack(_ job: String, after delay: Duration) async {
        guard let receipt = state.withLock({ $0.held.removeValue(forKey: job) }) else { return }
        await hide(receipt, for: delay)
    }

    /// Deletes the message of a job in hand.
    func done(_ job: String) async {
        guard let receipt = state.withLock({ $0.held.removeValue(forKey: job) }) else { return }
        await deletions.hand(receipt)
    }

    /// Deletes a message that has nothing to say any more.
    func drop(_ message: ReceivedMessage) async { await deletions.hand(message.receipt) }

    /// Shows the message again after that time.
    func hide(_ receipt: String, for duration: Duration) async {
        do {
            try await queue.hide(receipt, for: duration)
        } catch {
            // It shows earlier or later than it should; its job's item says when that is due.
            log.debug("message not hidden", ["error": error.label])
        }
    }
}
