import ChatService
import Support

/// The messages of one kind that this process has in hand: received and not looked at, and those of the jobs it works on.
///
/// One message is received for each worker that waits: what stands in one process's buffer is hidden from others, whose
/// workers may be idle.
final class JobInbox: Sendable {
    /// Of one poll; SQS allows 20 s. A process that ends waits for its polls.
    static let longestPoll = Duration.seconds(10)

    private struct State {
        var received: [ReceivedMessage] = []
        /// The receipts of jobs in hand by the token of their lease; as many as there are workers.
        var held: [String: String] = [:]
        var visibility = Duration.seconds(30)
        /// The polls under way: at most one for each worker that waits or has waited a moment ago.
        var polls: [Int: Task<Void, any Error>] = [:]
        var pollsBegun = 0
        /// Polls whose worker has left.
        var left: Set<Int> = []
        var isClosed = false
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

    /// Returns when a message may be here: after one poll at the latest.
    ///
    /// A poll is never broken off, for SQS may have put a message into its answer already, which would be hidden from
    /// everybody then. What comes for a worker that has left goes back to the queue.
    /// - Throws: what the queue throws; `CancellationError`.
    func wait() async throws {
        let ended = Latch()
        var own = 0
        let poll = state.withLock { state -> Task<Void, any Error>? in
            guard state.received.isEmpty, !state.isClosed else { return nil }
            state.pollsBegun += 1
            let (number, visibility) = (state.pollsBegun, state.visibility)
            own = number
            // Not a child, so that it is not cancelled with the one who waits. Ends with its poll; `close` waits for it.
            let task = Task {
                defer {
                    self.state.withLock { state in
                        state.polls[number] = nil
                        state.left.remove(number)
                    }
                    ended.open()
                }
                let message = try await self.queue.receive(waiting: Self.longestPoll, hiddenFor: visibility)
                if let message { await self.take(message, ofPoll: number) }
            }
            state.polls[number] = task
            return task
        }
        guard let poll else { return }
        await ended.wait()
        if Task.isCancelled {
            state.withLock { state in
                if state.polls[own] != nil { state.left.insert(own) }
            }
            throw CancellationError()
        }
        try await poll.value
    }

    private func take(_ message: ReceivedMessage, ofPoll number: Int) async {
        let isWanted = state.withLock { state in
            let isWanted = !state.isClosed && !state.left.contains(number)
            if isWanted { state.received.append(message) }
            return isWanted
        }
        if !isWanted { await hide(message.receipt, for: .zero) }
    }

    /// Waits for the polls under way and shows again what they brought. After the last worker has left.
    func close() async {
        let polls = state.withLock { state in
            state.isClosed = true
            return Array(state.polls.values)
        }
        for poll in polls { _ = await poll.result }
        let left = state.withLock { state in
            defer { state.received = [] }
            return state.received
        }
        for message in left { await hide(message.receipt, for: .zero) }
    }

    /// Messages of jobs in hand.
    var inHand: Int { state.withLock { $0.held.count } }

    /// Notes that this process works on the message's job, under the lease of that token.
    func hold(_ message: ReceivedMessage, for lease: String) { state.withLock { $0.held[lease] = message.receipt } }

    /// Keeps the message of a job in hand hidden for longer.
    func renew(_ lease: String, for visibility: Duration) async {
        guard let receipt = state.withLock({ $0.held[lease] }) else { return }
        await hide(receipt, for: visibility)
    }

    /// Shows the message of a job in hand again after that time.
    func giveBack(_ lease: String, after delay: Duration) async {
        guard let receipt = state.withLock({ $0.held.removeValue(forKey: lease) }) else { return }
        await hide(receipt, for: delay)
    }

    /// Deletes the message of a job in hand.
    func done(_ lease: String) async {
        guard let receipt = state.withLock({ $0.held.removeValue(forKey: lease) }) else { return }
        await deletions.hand(receipt)
    }

    /// Leaves the message of a job that was in hand to whoever has it by now.
    func letGo(_ lease: String) { state.withLock { $0.held[lease] = nil } }

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
