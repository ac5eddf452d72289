import ChatService
import Support

/// A session that is in memory: its ring of events, who waits for more and who is told.
///
/// Small while nothing is in it, because there is one for every idle socket.
final class LiveSession: SessionFeed {
    private struct State {
        var ring: SessionRing
        /// Most sessions have one socket, or none.
        var sink: (any SessionSink)?
        var moreSinks: [any SessionSink] = []
        var nextID = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var turnstile: Turnstile?
        /// Its readers must come again.
        var isOver = false
    }

    let key: SessionKey
    let owner: UserID
    private let state: Locked<State>

    init(key: SessionKey, owner: UserID, ring: SessionRing) {
        self.key = key
        self.owner = owner
        state = Locked(State(ring: ring))
    }

    var id: String { key.text }

    /// Whoever numbers an event of this session passes here, so that a number is given out only once it is stored.
    var turnstile: Turnstile {
        state.withLock { state in
            let turnstile = state.turnstile ?? Turnstile()
            state.turnstile = turnstile
            return turnstile
        }
    }

    /// The number of the next event; only within `turnstile`.
    var nextSeq: Int64 { state.withLock { $0.ring.nextSeq } }

    /// What becomes of an event that is to be told before, or without, being stored.
    enum Admission {
        case number(Int64)
        case dropped
        /// Something must be on disk first.
        case notYet
    }

    /// Only within `turnstile`.
    func admit(_ event: ChatEvent) -> Admission {
        state.withLock { state in
            // A state that is told as the very first event would leave nothing on disk that says so.
            guard state.ring.isAnchored, !event.isDurable || state.ring.lastSeq > 0 else { return .notYet }
            if state.ring.hasEnded(event.jobID) { return .dropped }
            guard state.ring.takesDeltas else { return event.isDurable ? .notYet : .dropped }
            return .number(state.ring.nextSeq)
        }
    }

    /// An event that was published before is on disk.
    func stored(_ seq: Int64) { state.withLock { $0.ring.stored(seq) } }

    /// Whether such an event may still be numbered; only within `turnstile`.
    func takes(_ event: ChatEvent) -> Bool {
        if event.isTerminal { return true }
        return state.withLock { state in
            !state.ring.hasEnded(event.jobID) && (event.isDurable || state.ring.takesDeltas)
        }
    }

    /// The number to be put on disk before a delta is numbered; nil when that is not needed. Only within `turnstile`.
    var anchorage: Int64? { state.withLock { $0.ring.isAnchored ? nil : $0.ring.lastSeq } }
    /// The anchorage is on disk; only within `turnstile`.
    func anchor() { state.withLock { $0.ring.anchor() } }

    /// Appends an event numbered `nextSeq` and tells it; only within `turnstile`, so that every sink is told in order.
    /// - Parameter isStored: whether it is on disk, if it shall ever be.
    func publish(_ event: LoggedEvent, isStored: Bool = true) {
        let (sink, more) = wake { state in
            state.ring.trim(now: event.storedAt)
            state.ring.append(event, isStored: isStored)
            return (state.sink, state.moreSinks)
        }
        guard let sink else { return }
        let shared = SharedEvent(event)
        sink.take(shared)
        for sink in more { sink.take(shared) }
    }

    /// Forgets all events for good.
    func clear() { wake { $0.ring.clear() } }

    func trim(now: Timestamp) { state.withLock { $0.ring.trim(now: now) } }

    // MARK: - A session that is kept elsewhere

    var epoch: String { state.withLock { $0.ring.epoch } }
    var lastSeq: Int64 { state.withLock { $0.ring.lastSeq } }

    /// Puts in what is kept, before anybody reads.
    func load(_ ring: SessionRing) { state.withLock { $0.ring = ring } }

    func adopt(epoch: String) { state.withLock { $0.ring.adopt(epoch: epoch) } }

    func trim(through seq: Int64) { state.withLock { $0.ring.trim(through: seq) } }

    /// Sends all readers away, now and from now on: events may have been lost, or the session is gone.
    func end() {
        let sinks = wake { state in
            state.isOver = true
            defer { (state.sink, state.moreSinks) = (nil, []) }
            return [state.sink].compactMap { $0 } + state.moreSinks
        }
        for sink in sinks { sink.lose() }
    }

    // MARK: - Readers that are told

    func place(after: Int64?) -> SessionPlace {
        state.withLock { state in
            let place = state.ring.position(after: after)
            return SessionPlace(
                epoch: state.ring.epoch, resumedFrom: place.resumedFrom, position: place.position)
        }
    }

    func next(after position: Int64, for sink: any SessionSink) throws(SubscriptionLost) -> [LoggedEvent] {
        let reading = state.withLock { state in
            let reading = state.isOver ? .lost : state.ring.read(after: position)
            guard reading == .nothingYet else { return reading }
            // Under the same lock as every append: the next event is told, and none before it.
            if state.sink == nil { state.sink = sink } else { state.moreSinks.append(sink) }
            return reading
        }
        switch reading {
        case .events(let events): return events
        case .nothingYet: return []
        case .lost: throw SubscriptionLost()
        }
    }

    func leave(_ sink: any SessionSink) {
        state.withLock { state in
            state.moreSinks.removeAll { $0 === sink }
            if state.sink === sink { state.sink = state.moreSinks.popLast() }
        }
    }

    // MARK: - Readers that wait

    func subscribe(after: Int64?, time: any TimeSource) -> Subscription {
        let place = place(after: after)
        return Subscription(epoch: place.epoch, resumedFrom: place.resumedFrom, position: place.position) {
            try await self.read(after: $0, within: $1, time: time)
        }
    }

    private func read(after position: Int64, within patience: Duration?, time: any TimeSource) async throws
        -> [LoggedEvent]
    {
        let end = patience.map { time.elapsed + $0 }
        while true {
            try Task.checkCancellation()
            switch state.withLock({ $0.isOver ? .lost : $0.ring.read(after: position) }) {
            case .events(let events): return events
            case .lost: throw SubscriptionLost()
            case .nothingYet: break
            }
            guard let end else {
                await change(after: position)
                continue
            }
            let left = end - time.elapsed
            guard left > .zero else { return [] }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.change(after: position) }
                // Cancellation ends the sleep early; then the waiting is over as well.
                group.addTask { try? await time.sleep(for: left) }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Returns when there may be an event after `position`, or the task is cancelled.
    private func change(after position: Int64) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if Task.isCancelled || state.isOver || state.ring.read(after: position) != .nothingYet {
                        return true
                    }
                    state.waiting[id] = continuation
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }

    @discardableResult
    private func wake<Result>(_ change: (inout State) -> Result) -> Result {
        let (result, waiting) = state.withLock { state in
            let result = change(&state)
            guard !state.waiting.isEmpty else { return (result, [CheckedContinuation<Void, Never>]()) }
            defer { state.waiting = [:] }
            return (result, Array(state.waiting.values))
        }
        for waiter in waiting { waiter.resume() }
        return result
    }
}
