import ChatService
import Redis
import Support

/// A session as this process follows it: what is kept in Redis, read once, and then each event as it is published.
///
/// The table alone holds the `LiveSession` for long, so that it knows when nobody reads it any more.
final class SessionMirror: Sendable {
    private struct State {
        weak var session: LiveSession?
        var isLoaded = false
        /// As Redis had it last.
        var epoch = ""
        var leaps: Int64 = 0
        /// Something was published that could not be taken.
        var isBehind = false
        /// Tasks that are about to read.
        var visitors = 0
        /// When its life in Redis was renewed; nil before that.
        var renewed: Duration?
    }

    let key: SessionKey
    /// Whoever changes the events passes here.
    let turnstile = Turnstile()
    private let state: Locked<State>

    init(_ session: LiveSession) {
        key = session.key
        let state = Locked(State())
        state.withLock { $0.session = session }
        self.state = state
    }

    var session: LiveSession? { state.withLock { $0.session } }
    var isLoaded: Bool { state.withLock { $0.isLoaded } }
    var isIdle: Bool { state.withLock { $0.visitors == 0 } }
    var leaps: Int64 { state.withLock { $0.leaps } }
    var epoch: String { state.withLock { $0.epoch } }

    func enter() { state.withLock { $0.visitors += 1 } }
    func leave() { state.withLock { $0.visitors -= 1 } }

    func load(_ log: SessionLog) {
        session?.load(
            SessionRing(mirroring: log.events, lastSeq: log.seq, through: log.floor, epoch: log.epoch))
        state.withLock { state in
            (state.isLoaded, state.epoch, state.leaps) = (true, log.epoch, log.leaps)
        }
    }

    func know(epoch: String) { state.withLock { $0.epoch = epoch } }

    func fallBehind() { state.withLock { $0.isBehind = true } }

    /// Whether it fell behind since this was asked last.
    func takeBehind() -> Bool {
        state.withLock { state in
            defer { state.isBehind = false }
            return state.isBehind
        }
    }

    /// Whether it is time to renew its life in Redis.
    func renews(at now: Duration, every interval: Duration) -> Bool {
        state.withLock { state in
            if let last = state.renewed, now - last < interval { return false }
            state.renewed = now
            return true
        }
    }

    /// Takes what was published, if it is the next; only within `turnstile`.
    /// - Returns: false when something is missing.
    func take(_ publication: SessionLog.Publication) -> Bool {
        guard isLoaded, publication.leaps == leaps, let session else { return false }
        let last = session.lastSeq
        if publication.event.seq == last + 1 { session.publish(publication.event) }
        return publication.event.seq <= last + 1
    }

    /// Whether nothing has happened beyond what is here: `reply` has seq, epoch and leaps as they are in Redis.
    func isAt(_ reply: RESPValue) -> Bool {
        guard let session, let parts = reply.elements, parts.count == 3 else { return false }
        return parts[0].number == session.lastSeq && parts[1].string == session.epoch && parts[2].number == leaps
    }
}
