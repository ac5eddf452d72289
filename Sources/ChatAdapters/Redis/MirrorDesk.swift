import Redis
import Support

/// Where the thread that listens to Redis leaves its messages: what fits is told at once, what does not is read.
final class MirrorDesk: Sendable {
    private let table = Locked<MirrorTable?>(nil)
    /// At most one for each mirrored session.
    private let behind = Locked<[SessionKey: SessionMirror]>([:])
    /// Something is behind.
    let calls: AsyncStream<Void>
    private let call: AsyncStream<Void>.Continuation

    init() { (calls, call) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func take(_ table: MirrorTable) { self.table.withLock { $0 = table } }

    /// On the listener's thread; does not block.
    func hear(_ event: RedisSubscriber.Event, _ keys: RedisKeys) {
        guard let table = table.withLock({ $0 }) else { return }
        switch event {
        case .gap: for mirror in table.all { self.call(mirror) }
        case .message(let channel, let payload):
            guard let key = SessionKey(keys.session(ofChannel: channel)), let mirror = table.find(key) else { return }
            // It reads anew what it cannot take: also while another task is at it, which may have read too early.
            let isTaken = SessionLog.Publication(payload).flatMap { publication in
                mirror.turnstile.passAtOnce { mirror.take(publication) }
            }
            if isTaken != true {
                mirror.fallBehind()
                self.call(mirror)
            }
        }
    }

    /// Has a mirror read.
    func call(_ mirror: SessionMirror) {
        behind.withLock { $0[mirror.key] = mirror }
        call.yield()
    }

    func takeBehind(_ most: Int) -> [SessionMirror] {
        behind.withLock { behind in
            let taken = Array(behind.values.prefix(most))
            for mirror in taken { behind[mirror.key] = nil }
            return taken
        }
    }
}
