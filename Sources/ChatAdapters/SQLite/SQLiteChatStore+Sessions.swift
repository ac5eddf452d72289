import ChatService
import SQLite
import Support

extension SQLiteChatStore: Sessions {
    package func createSession(owner: UserID) async throws -> String {
        let now = time.steady
        let session = LiveSession(key: SessionKey(at: now), owner: owner, ring: SessionRing())
        let id = session.id
        try await database.write(isRepeatable: true) { try Self.insertSession(id, owner: owner, at: now, in: $0) }
        _ = hub.insert(session)
        return id
    }

    package func owner(ofSession id: String) async throws -> UserID? { try await live(id)?.owner }

    @discardableResult
    package func append(_ event: ChatEvent, to session: String) async throws -> Int64? {
        guard let live = try await live(session) else { return nil }
        if !event.isDurable, let done = live.turnstile.passAtOnce({ publish(event, to: live) }) {
            switch done {
            case .told(let event): return event.seq
            case .dropped: return nil
            case .notYet: break
            }
        }
        return try await live.turnstile.pass {
            guard live.takes(event) else { return nil }
            let logged = LoggedEvent(
                event, seq: live.nextSeq, at: self.time.now, storedAt: self.time.steady)
            // A terminal event that was there already keeps its first number.
            if event.isDurable {
                let stored = try await self.database.write(isRepeatable: true) {
                    try Self.store(logged, in: session, $0)
                }
                guard stored == logged.seq else { return stored }
            } else if let number = live.anchorage {
                // Else the next load, after a restart or when this session was put away, would leap to the same numbers.
                try await self.database.write {
                    try $0.run("UPDATE session SET last_seq = ? WHERE id = ?", [SQLValue(number), SQLValue(session)])
                }
                live.anchor()
            }
            live.publish(logged)
            return logged.seq
        }
    }

    package func tell(_ event: ChatEvent, to session: String) async throws -> EventStoring? {
        guard let live = try await live(session) else { return nil }
        if event.isDurable, !event.isTerminal {
            switch try await live.turnstile.pass({ self.publish(event, to: live) }) {
            case .told(let event):
                return {
                    try await self.database.write(isRepeatable: true) { _ = try Self.store(event, in: session, $0) }
                    live.stored(event.seq)
                }
            case .dropped: return nil
            case .notYet: break
            }
        }
        try await append(event, to: session)
        return nil
    }

    private enum Publication {
        case told(LoggedEvent)
        case dropped
        case notYet
    }

    /// Numbers an event and tells it without storing it; only within the session's turnstile.
    private func publish(_ event: ChatEvent, to live: LiveSession) -> Publication {
        switch live.admit(event) {
        case .number(let seq):
            let logged = LoggedEvent(event, seq: seq, at: time.now, storedAt: time.steady)
            live.publish(logged, isStored: false)
            return .told(logged)
        case .dropped: return .dropped
        case .notYet: return .notYet
        }
    }

    package func subscribe(to session: String, after: Int64?) async throws -> Subscription? {
        guard let live = try await live(session) else { return nil }
        return live.subscribe(after: after, time: time)
    }

    package func feed(of session: String) async throws -> (any SessionFeed)? { try await live(session) }

    /// The session in memory, loaded when it is on disk only.
    func live(_ id: String) async throws -> LiveSession? {
        guard let key = SessionKey(id) else { return nil }
        if let session = hub.find(key) { return session }
        while true {
            let departures = hub.departures
            guard let loaded = try await load(key) else { return nil }
            // Rarely again: only when a session was let go meanwhile.
            if let session = hub.insert(loaded, readAfter: departures) { return session }
        }
    }

    private func load(_ key: SessionKey) async throws -> LiveSession? {
        let id = key.text
        let oldest = time.steady - SessionRing.retention
        return try await database.read { connection in
            let found = try connection.row("SELECT user, last_seq FROM session WHERE id = ?", [SQLValue(id)]) {
                (owner: UserID($0.text(0)), lastSeq: $0.int64(1))
            }
            guard let found else { return nil }
            let events = try connection.rows(
                "SELECT seq, created_at, kind, job_id, frame, terminal FROM event WHERE session_id = ? AND created_at >= ?"
                    + " ORDER BY seq DESC LIMIT \(SessionRing.mostRead)",
                [SQLValue(id), SQLValue(oldest)], Self.loggedEvent)
            let ring = SessionRing(durable: events.compactMap { $0 }.reversed(), lastDurable: found.lastSeq)
            return LiveSession(key: key, owner: found.owner, ring: ring)
        }
    }

    static func insertSession(_ id: String, owner: UserID, at now: Timestamp, in connection: Connection) throws {
        try connection.run(
            "INSERT INTO session (id, user, created_at, used_at) VALUES (?, ?, ?, ?)",
            [SQLValue(id), SQLValue(owner.name), SQLValue(now), SQLValue(now)])
    }

    /// Makes a session together with its first event, in one step less.
    static func insertSession(
        _ id: String, owner: UserID, first event: LoggedEvent, in connection: Connection
    ) throws {
        let now = SQLValue(event.storedAt)
        try connection.run(
            "INSERT INTO session (id, user, created_at, used_at, last_seq) VALUES (?, ?, ?, ?, ?)",
            [SQLValue(id), SQLValue(owner.name), now, now, SQLValue(event.seq)])
        try insert(event, in: id, connection)
    }

    /// Stores a durable event; a job's second terminal event is not.
    /// - Returns: the number under which the event stands.
    static func store(_ event: LoggedEvent, in session: String, _ connection: Connection) throws -> Int64 {
        let job = event.jobID ?? ""
        if event.isTerminal {
            let first = try connection.row("SELECT seq FROM event WHERE job_id = ? AND terminal = 1", [SQLValue(job)]) {
                $0.int64(0)
            }
            if let first { return first }
        }
        try insert(event, in: session, connection)
        try connection.run(
            // An event that was told before the last one may be stored after it.
            "UPDATE session SET last_seq = max(last_seq, ?), used_at = ? WHERE id = ?",
            [SQLValue(event.seq), SQLValue(event.storedAt), SQLValue(session)])
        return event.seq
    }

    private static func insert(_ event: LoggedEvent, in session: String, _ connection: Connection) throws {
        try connection.run(
            "INSERT INTO event (session_id, seq, job_id, kind, terminal, frame, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                SQLValue(session), SQLValue(event.seq), SQLValue(event.jobID ?? ""), SQLValue(event.kind.rawValue),
                SQLValue(event.isTerminal), SQLValue(event.frame), SQLValue(event.storedAt),
            ])
    }

    private static func loggedEvent(_ row: Row) -> LoggedEvent? {
        guard let kind = ChatEvent.Kind(rawValue: row.text(2)) else { return nil }
        return LoggedEvent(
            seq: row.int64(0), storedAt: row.timestamp(1), kind: kind, jobID: row.text(3), frame: row.text(4),
            isTerminal: row.int(5) == 1, isDurable: true)
    }
}
