import ChatService
import Support
import TestSupport

@testable import ChatAdapters

/// A queue as SQS is, by the test's own clock, with what moto does not do: losing, repeating and mixing up messages.
final class MemoryMessages: JobMessages {
    private struct Stored {
        let job: String
        var receipt: String
        var visibleAt: Duration
    }

    private struct State {
        var messages: [Stored] = []
        var random: any RandomNumberGenerator = SystemRandomNumberGenerator()
        var losesNext = 0
        var copies = 1
        var mixes = false
        var isDown = false
        var sent = 0
    }

    struct Down: Error {}

    private let time: any TimeSource
    private let state = Locked(State())
    private let signal = WorkSignal()

    init(time: any TimeSource) { self.time = time }

    func lose(_ count: Int) { state.withLock { $0.losesNext = count } }
    func go(down isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func repeatAll(_ copies: Int, mixing: Bool, seed: UInt64) {
        state.withLock { state in
            state.copies = copies
            state.mixes = mixing
            state.random = LinearCongruential(seed: seed)
        }
    }
    func clear() { state.withLock { $0.messages = [] } }
    var count: Int { state.withLock { $0.messages.count } }
    var sent: Int { state.withLock { $0.sent } }

    func send(_ messages: [JobMessage]) async throws -> Set<String> {
        precondition(messages.count <= 10, "as SendMessageBatch has it")
        let now = time.elapsed
        let copies = try state.withLock { state -> Int in
            if state.isDown { throw Down() }
            state.sent += messages.count
            for message in messages {
                if state.losesNext > 0 {
                    state.losesNext -= 1
                    continue
                }
                for _ in 0..<state.copies {
                    state.messages.append(Stored(job: message.job, receipt: RandomIdentifier.make(), visibleAt: now))
                }
            }
            return state.copies
        }
        for _ in 0..<messages.count * copies { signal.arrive() }
        return Set(messages.map(\.job))
    }

    func receive(waiting wait: Duration, hiddenFor hidden: Duration) async throws -> ReceivedMessage? {
        let end = time.elapsed + wait
        while true {
            if let found = try take(hidden) { return found }
            let left = end - time.elapsed
            guard left > .zero else { return nil }
            try Task.checkCancellation()
            await signal.wait(within: left, time: time)
        }
    }

    private func take(_ hidden: Duration) throws -> ReceivedMessage? {
        let now = time.elapsed
        return try state.withLock { state in
            if state.isDown { throw Down() }
            let visible = state.messages.indices.filter { state.messages[$0].visibleAt <= now }
            let index = state.mixes ? visible.randomElement(using: &state.random) : visible.first
            guard let index else { return nil }
            // A receipt is of one receiving: an older one does nothing any more.
            state.messages[index].receipt = RandomIdentifier.make()
            state.messages[index].visibleAt = now + hidden
            return ReceivedMessage(job: state.messages[index].job, receipt: state.messages[index].receipt)
        }
    }

    func delete(_ receipts: [String]) async throws {
        precondition(receipts.count <= 10, "as DeleteMessageBatch has it")
        state.withLock { $0.messages.removeAll { receipts.contains($0.receipt) } }
    }

    func hide(_ receipt: String, for duration: Duration) async throws {
        let now = time.elapsed
        state.withLock { state in
            guard let index = state.messages.firstIndex(where: { $0.receipt == receipt }) else { return }
            state.messages[index].visibleAt = now + duration
        }
        if duration <= .zero { signal.arrive() }
    }
}
