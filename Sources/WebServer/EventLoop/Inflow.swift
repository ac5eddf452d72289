import Support

/// What a peer sent and a handler has not taken yet: body pieces or messages, bounded by back-pressure.
///
/// The event loop pushes and stops reading from the peer when told that it is full; `signal` tells it when there is
/// room again. Any thread may take.
final class Inflow<Element: Sendable>: Sendable {
    enum Signal: Sendable {
        /// The handler waits for the first element and there is none: time for `100 Continue`.
        case wanted
        /// What waited has fallen to the low mark after it had reached the high one.
        case roomAgain
    }

    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var elements: [(element: Element, weight: Int)] = []
        var first = 0
        var weight = 0
        var isFull = false
        var wasAsked = false
        var end: Result<Void, any Error>?
        var waiters: [Waiter] = []
        var lastWaiter = 0

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { waiters = [] }
            return waiters.map(\.continuation)
        }
    }

    private enum Step {
        /// With whoever waits for room, when there is room again.
        case element(Element, roomAgain: [CheckedContinuation<Void, Never>]?)
        case ended(Result<Void, any Error>)
        case wait(isFirst: Bool)
    }

    private let state = Locked(State())
    private let high: Int
    private let low: Int
    private let signal: @Sendable (Signal) -> Void

    /// - Parameters:
    ///   - high: the weight from which on the loop must stop reading.
    ///   - low: the weight at which it may go on.
    init(high: Int, low: Int, signal: @escaping @Sendable (Signal) -> Void) {
        self.high = high
        self.low = low
        self.signal = signal
    }

    /// Whether the loop must wait for `roomAgain` before it pushes more.
    var isFull: Bool { state.withLock { $0.isFull } }

    func push(_ element: Element, weight: Int) {
        let waiters = state.withLock { state in
            guard state.end == nil else { return [CheckedContinuation<Void, Never>]() }
            state.elements.append((element, weight))
            state.weight += weight
            if state.weight >= high { state.isFull = true }
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// No more will come; what waits can still be taken.
    func finish() { end(.success(())) }

    /// No more will come and the handler must know why. What waits is dropped.
    func fail(_ error: any Error) { end(.failure(error)) }

    private func end(_ result: Result<Void, any Error>) {
        let waiters = state.withLock { state in
            if state.end == nil {
                state.end = result
                if case .failure = result {
                    state.elements = []
                    state.first = 0
                }
            }
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// The next element in order, nil after the last one.
    func next() async throws -> Element? {
        while true {
            try Task.checkCancellation()
            switch state.withLock({ takeStep(&$0) }) {
            case .element(let element, let waiters):
                if let waiters {
                    signal(.roomAgain)
                    for waiter in waiters { waiter.resume() }
                }
                return element
            case .ended(let result):
                try result.get()
                return nil
            case .wait(let isFirst):
                if isFirst { signal(.wanted) }
                await waitForMore()
            }
        }
    }

    private func takeStep(_ state: inout State) -> Step {
        guard state.first < state.elements.count else {
            if let end = state.end { return .ended(end) }
            defer { state.wasAsked = true }
            return .wait(isFirst: !state.wasAsked)
        }
        let (element, weight) = state.elements[state.first]
        state.first += 1
        if state.first == state.elements.count || state.first >= 64 {
            state.elements.removeFirst(state.first)
            state.first = 0
        }
        state.weight -= weight
        let roomAgain = state.isFull && state.weight <= low
        if roomAgain { state.isFull = false }
        state.wasAsked = true
        return .element(element, roomAgain: roomAgain ? state.takeWaiters() : nil)
    }

    /// Returns when it is not full, no more will come, or the task is cancelled.
    func waitUntilRoom() async { await wait { !$0.isFull || $0.end != nil } }

    private func waitForMore() async { await wait { $0.first < $0.elements.count || $0.end != nil } }

    /// Returns when `isOver`, or when the task is cancelled; looks whenever something changed.
    private func wait(_ isOver: @Sendable (State) -> Bool) async {
        while !Task.isCancelled, !state.withLock({ isOver($0) }) { await change(unless: isOver) }
    }

    private func change(unless isOver: @Sendable (State) -> Bool) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if isOver(state) || Task.isCancelled { return true }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index).continuation
            }
            waiter?.resume()
        }
    }
}
