import ChatService
import Support

/// The sessions in memory, a bounded number of them; the others are on disk.
final class SessionHub: Sendable {
    private struct Entry {
        var session: LiveSession
        var used: UInt64
    }

    private struct State {
        var entries: [SessionKey: Entry] = [:]
        var clock: UInt64 = 0
        /// Room is made when there are more than this.
        var fullAt: Int
        var departures: UInt64 = 0
    }

    private let capacity: Int
    private let state: Locked<State>

    /// - Parameter capacity: sessions kept; more only while that many are in use at once (each has a connection then).
    init(capacity: Int) {
        self.capacity = capacity
        state = Locked(State(fullAt: capacity))
    }

    func find(_ key: SessionKey) -> LiveSession? {
        state.withLock { state in
            state.clock += 1
            guard let index = state.entries.index(forKey: key) else { return nil }
            state.entries.values[index].used = state.clock
            return state.entries.values[index].session
        }
    }

    /// How often a session was let go. Whoever loads one asks before and tells `insert`.
    var departures: UInt64 { state.withLock { $0.departures } }

    /// Puts a loaded or new session in, or finds that another task was faster.
    /// - Parameter departures: those before the session was read from disk; nil for one that nobody else can know.
    /// - Returns: the one that counts; nil when another one of its id may have come, been written to and gone since it
    ///   was read: with what was read, its numbers would be given out again.
    func insert(_ session: LiveSession, readAfter departures: UInt64? = nil) -> LiveSession? {
        state.withLock { state in
            state.clock += 1
            if let present = state.entries[session.key] { return present.session }
            if let departures, departures != state.departures { return nil }
            state.entries[session.key] = Entry(session: session, used: state.clock)
            if state.entries.count > state.fullAt { Self.makeRoom(&state, capacity: capacity, keeping: session.key) }
            return session
        }
    }

    var all: [LiveSession] { state.withLock { $0.entries.values.map(\.session) } }

    var count: Int { state.withLock { $0.entries.count } }

    /// Lets the longest unused sessions go that nobody holds: a quarter of them, so that this is rarely needed. Where most
    /// are held, the next time is when they have become a quarter more, so that ten thousand sockets do not cost a search
    /// for each that comes.
    private static func makeRoom(_ state: inout State, capacity: Int, keeping newest: SessionKey) {
        let oldest = state.entries.sorted { $0.value.used < $1.value.used }.map(\.key)
        for key in oldest where state.entries.count > capacity - capacity / 4 && key != newest {
            guard var entry = state.entries.removeValue(forKey: key) else { continue }
            // A session somebody appends to or reads from must stay the only one of its id.
            if !isKnownUniquelyReferenced(&entry.session) {
                state.entries[key] = entry
            } else {
                state.departures += 1
            }
        }
        state.fullAt = max(capacity, state.entries.count + state.entries.count / 4)
    }
}
