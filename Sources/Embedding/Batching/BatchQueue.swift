import Glibc

/// The requests that wait for a thread, and the order in which their texts come up.
///
/// Short requests (a student's question) go before long ones (a document), and long ones take turns, a batch each. So
/// that a stream of questions cannot stop an ingest, after `patience` short ones in a row a waiting batch comes up.
///
/// Unchecked Sendable: everything below `mutex` is only reached while it is held.
final class BatchQueue: @unchecked Sendable {
    /// Some texts of a request, all that a thread computes in one go.
    struct Batch {
        let request: EmbeddingRequest
        let range: Range<Int>
    }

    /// Estimated tokens in a batch: enough rows that reading the weights costs little beside the arithmetic.
    static let batchTokens = 512
    /// Estimated tokens of a short request.
    static let shortTokens = 256
    /// Requests that may wait; the next one is refused.
    static let mostWaiting = 1024
    static let patience = 8

    private let window: Int
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let arrival: UnsafeMutablePointer<pthread_cond_t>
    private var short: [EmbeddingRequest] = []
    private var long: [(request: EmbeddingRequest, next: Int)] = []
    private var shortInARow = 0
    private var isStopped = false

    /// - Parameter window: tokens of a text that count.
    init(window: Int) {
        self.window = window
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        arrival = .allocate(capacity: 1)
        arrival.initialize(to: pthread_cond_t())
        pthread_cond_init(arrival, nil)
    }

    deinit {
        pthread_cond_destroy(arrival)
        arrival.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// - Throws: `EmbeddingError` of kind `overloaded`.
    func add(_ request: EmbeddingRequest) throws {
        let end = batchEnd(of: request, from: 0, tokens: Self.shortTokens)
        try locked {
            guard short.count + long.count < Self.mostWaiting else {
                throw EmbeddingError(.overloaded, "\(Self.mostWaiting) requests are waiting already")
            }
            if end == request.texts.count { short.append(request) } else { long.append((request, 0)) }
            pthread_cond_broadcast(arrival)
        }
    }

    /// Takes a request out that nobody waits for any more.
    func remove(_ request: EmbeddingRequest) {
        locked {
            short.removeAll { $0 === request }
            long.removeAll { $0.request === request }
        }
    }

    /// The next batch; waits for one. Nil when the queue is stopped and empty.
    func next() -> Batch? {
        locked {
            while short.isEmpty, long.isEmpty, !isStopped { pthread_cond_wait(arrival, mutex) }
            if long.isEmpty || !short.isEmpty && shortInARow < Self.patience { return takeShort() }
            shortInARow = 0
            let (request, start) = long.removeFirst()
            let end = batchEnd(of: request, from: start, tokens: Self.batchTokens)
            if end < request.texts.count { long.append((request, end)) }
            return Batch(request: request, range: start..<end)
        }
    }

    /// A waiting short request, for a thread that is between two layers of a long one; nil when there is none.
    func nextShort() -> Batch? {
        locked { shortInARow < Self.patience ? takeShort() : nil }
    }

    /// Threads that ask get what is left, then nil.
    func stop() {
        locked {
            isStopped = true
            pthread_cond_broadcast(arrival)
        }
    }

    private func takeShort() -> Batch? {
        guard !short.isEmpty else { return nil }
        shortInARow = long.isEmpty ? 0 : shortInARow + 1
        let request = short.removeFirst()
        return Batch(request: request, range: 0..<request.texts.count)
    }

    /// Where a batch of about `tokens` that begins with text `start` ends. It has at least one text.
    ///
    /// By the number of bytes, as counting word pieces is work for the threads: some four to a token in English.
    private func batchEnd(of request: EmbeddingRequest, from start: Int, tokens: Int) -> Int {
        var total = 0
        var end = start
        while end < request.texts.count {
            total += min(request.texts[end].utf8.count / 4 + 2, window + 2)
            if total > tokens, end > start { break }
            end += 1
        }
        return end
    }

    private func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }
}
