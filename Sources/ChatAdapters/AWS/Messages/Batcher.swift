import Support

/// Gathers what is handed in while a call is under way into the next call: one alone goes at once, many share.
final class Batcher<Element: Sendable>: Sendable {
    private struct State {
        var waiting: [(element: Element, continuation: CheckedContinuation<Void, Never>)] = []
        var isBusy = false
    }

    private let most: Int
    private let call: @Sendable ([Element]) async -> Void
    private let state = Locked(State())

    /// - Parameters:
    ///   - most: of one call.
    ///   - call: tells nobody of its failures but whoever made it.
    init(most: Int, _ call: @escaping @Sendable ([Element]) async -> Void) {
        self.most = most
        self.call = call
    }

    /// Returns when a call with it has ended.
    func hand(_ element: Element) async {
        await withCheckedContinuation { continuation in
            let begins = state.withLock { state in
                state.waiting.append((element, continuation))
                defer { state.isBusy = true }
                return !state.isBusy
            }
            // Not a child: whoever handed in the first must not wait for all that came behind, nor end them when it is
            // cancelled. It ends when nothing waits.
            if begins { Task { await self.drain() } }
        }
    }

    private func drain() async {
        while true {
            let batch = state.withLock { state in
                let batch = Array(state.waiting.prefix(most))
                state.waiting.removeFirst(batch.count)
                state.isBusy = !batch.isEmpty
                return batch
            }
            guard !batch.isEmpty else { return }
            await call(batch.map(\.element))
            for waiter in batch { waiter.continuation.resume() }
        }
    }
}
