import ChatService
import Support

/// The sessions that this process follows, a bounded number of them, each with its channel subscribed.
final class MirrorTable: Sendable {
    private struct Entry {
        var session: LiveSession
        let mirror: SessionMirror
        var used: UInt64
    }

    private struct State {
        var entries: [SessionKey: Entry] = [:]
        var clock: UInt64 = 0
        /// Room is made when there are more than this.
        var fullAt: Int
    }

    private let capacity: Int
    private let leave: @Sendable (SessionKey) -> Void
    private let state: Locked<State>

    /// - Parameters:
    ///   - capacity: sessions kept; more only while that many are in use at once (each has a connection then).
    ///   - leave: called, briefly, for each one that goes, before another one of its id can come.
    init(capacity: Int, leave: @escaping @Sendable (SessionKey) -> Void) {
        self.capacity = capacity
        self.leave = leave
        state = Locked(State(fullAt: capacity))
    }

    func find(_ key: SessionKey) -> SessionMirror? {
        state.withLock { state in
            state.clock += 1
            guard let index = state.entries.index(forKey: key) else { return nil }
            state.entries.values[index].used = state.clock
            return state.entries.values[index].mirror
        }
    }

    /// The one that is there already, or a new one, which must be loaded before it is read.
    func enter(_ key: SessionKey, owner: UserID) -> SessionMirror {
        state.withLock { state in
            state.clock += 1
            if let present = state.entries[key] { return present.mirror }
            let session = LiveSession(key: key, owner: owner, ring: SessionRing())
            let mirror = SessionMirror(session)
            state.entries[key] = Entry(session: session, mirror: mirror, used: state.clock)
            if state.entries.count > state.fullAt { makeRoom(&state, keeping: key) }
            return mirror
        }
    }

    /// Takes it out; its readers are sent away.
    func remove(_ mirror: SessionMirror) {
        let session = state.withLock { state -> LiveSession? in
            let key = mirror.key
            guard let entry = state.entries[key], entry.mirror === mirror else { return nil }
            state.entries[key] = nil
            leave(key)
            return entry.session
        }
        session?.end()
    }

    var all: [SessionMirror] { state.withLock { $0.entries.values.map(\.mirror) } }

    var count: Int { state.withLock { $0.entries.count } }

    /// Lets those go that nobody reads and nobody has asked for since `now` was `moment`.
    func sweep(unusedSince moment: UInt64) {
        state.withLock { state in
            // Their keys only: whoever holds an entry holds its session.
            let old = state.entries.filter { $0.value.used <= moment }.map(\.key)
            for key in old { Self.release(key, &state, leave) }
        }
    }

    var now: UInt64 { state.withLock { $0.clock } }

    private func makeRoom(_ state: inout State, keeping newest: SessionKey) {
        let oldest = state.entries.sorted { $0.value.used < $1.value.used }.map(\.key)
        for key in oldest where state.entries.count > capacity - capacity / 4 && key != newest {
            Self.release(key, &state, leave)
        }
        state.fullAt = max(capacity, state.entries.count + state.entries.count / 4)
    }

    /// A session that somebody reads, or is about to, stays.
    private static func release(_ key: SessionKey, _ state: inout State, _ leave: (SessionKey) -> Void) {
        guard var entry = state.entries.removeValue(forKey: key) else { return }
        if entry.mirror.isIdle, isKnownUniquelyReferenced(&entry.session) {
            leave(key)
        } else {
            state.entries[key] = entry
        }
    }
}
