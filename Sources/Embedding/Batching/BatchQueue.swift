import Glibc

/// The requests that wait for a thread, and the order in which their texts come up.
///
/// A student's question goes before what is long, and what somebody waits for before what is in the background (a
/// document on its way into a course). Requests of one lane take turns, a batch each. So that a stream of questions
/// cannot stop an ingest, a lane that was passed over `patience` times in a row has its turn.
///
/// Unchecked Sendable: everything below `mutex` is only reached while it is held.
final class BatchQueue: @unchecked Sendable {
    /// Some texts of a request, all that a thread computes in one go.
    struct Batch {
        let request: EmbeddingRequest
        let range: Range<Int>
        let isBackground: Bool
    }

    /// The order in which requests come up.
    private enum Urgency: Int, CaseIterable {
        /// Few words that somebody waits for.
        case question
        /// Many words that somebody waits for, or who waits has something to read.
        case long
        case background
    }

    private struct Lane {
        var waiting: [(request: EmbeddingRequest, next: Int)] = []
        /// Batches of more urgent lanes since something waits here.
        var passedOver = 0
    }

    /// Estimated tokens in a batch: enough rows that reading the weights costs little beside the arithmetic.
    static let batchTokens = 512
    /// Estimated tokens of a question.
    static let shortTokens = 256
    /// Requests that may wait; the next one is refused.
    static let mostWaiting = 1024
    static let patience = 8

    private let window: Int
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let arrival: UnsafeMutablePointer<pthread_cond_t>
    private var lanes = [Lane](repeating: Lane(), count: Urgency.allCases.count)
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
        let isShort = end == request.texts.count
        let urgency: Urgency =
            switch request.priority {
            case .interactive: isShort ? .question : .long
            case .patient: .long
            case .background: .background
            }
        try locked {
            guard lanes.reduce(0, { $0 + $1.waiting.count }) < Self.mostWaiting else {
                throw EmbeddingError(.overloaded, "\(Self.mostWaiting) requests are waiting already")
            }
            lanes[urgency.rawValue].waiting.append((request, 0))
            pthread_cond_broadcast(arrival)
        }
    }

    /// Takes a request out that nobody waits for any more.
    func remove(_ request: EmbeddingRequest) {
        locked {
            for lane in lanes.indices { lanes[lane].waiting.removeAll { $0.request === request } }
        }
    }

    /// The next batch; waits for one. Nil when the queue is stopped and empty.
    func next() -> Batch? {
        locked {
            while true {
                if let urgency = mostUrgent() { return take(urgency, tokens: Self.batchTokens) }
                if isStopped { return nil }
                pthread_cond_wait(arrival, mutex)
            }
        }
    }

    /// Something more urgent than `batch`, small, for a thread that is between two layers of it; nil when there is none,
    /// or when other lanes have waited long enough.
    func nextShort(before batch: Batch) -> Batch? {
        locked {
            guard let urgency = mostUrgent() else { return nil }
            guard urgency == .question || urgency == .long && batch.isBackground else { return nil }
            return take(urgency, tokens: Self.shortTokens)
        }
    }

    /// Threads that ask get what is left, then nil.
    func stop() {
        locked {
            isStopped = true
            pthread_cond_broadcast(arrival)
        }
    }

    private func mostUrgent() -> Urgency? {
        let waiting = Urgency.allCases.filter { !lanes[$0.rawValue].waiting.isEmpty }
        return waiting.last { lanes[$0.rawValue].passedOver >= Self.patience } ?? waiting.first
    }

    /// A batch of the lane's first request, which then goes to the end of the lane with the rest of its texts.
    private func take(_ urgency: Urgency, tokens: Int) -> Batch {
        for lane in lanes.indices where lane > urgency.rawValue && !lanes[lane].waiting.isEmpty {
            lanes[lane].passedOver += 1
        }
        lanes[urgency.rawValue].passedOver = 0
        let (request, start) = lanes[urgency.rawValue].waiting.removeFirst()
        let end = batchEnd(of: request, from: start, tokens: tokens)
        if end < request.texts.count { lanes[urgency.rawValue].waiting.append((request, end)) }
        return Batch(request: request, range: start..<end, isBackground: urgency == .background)
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
