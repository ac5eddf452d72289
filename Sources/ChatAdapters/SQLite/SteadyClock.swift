import SQLite
import Support

/// The steady clock of a chat store, by which its deadlines and due times are written: kept in the file, so that the next
/// process of the same boot, and one beside, go by the same. A process that starts while the wall clock is wrong would
/// else end what waits, or let it wait for longer.
enum SteadyClock {
    /// The clock by which the file is written, else `time`, which then is it from now on. In a transaction that writes.
    static func take(_ time: any TimeSource, _ connection: Connection) throws -> any TimeSource {
        guard let uptime = time.uptime, let origin = ContinuedTime.origin(of: time) else { return time }
        if let kept = try kept(uptime, connection) { return ContinuedTime(time, origin: kept) }
        try connection.run(
            "INSERT OR REPLACE INTO steady_clock (id, boot, origin) VALUES (1, ?, ?)",
            [SQLValue(uptime.boot), SQLValue(origin)])
        return time
    }

    /// The clock by which the file is written, for a process beside its owner; else `time`.
    static func read(_ time: any TimeSource, _ connection: Connection) throws -> any TimeSource {
        guard let uptime = time.uptime, let kept = try kept(uptime, connection) else { return time }
        return ContinuedTime(time, origin: kept)
    }

    private static func kept(_ uptime: Uptime, _ connection: Connection) throws -> Timestamp? {
        try connection.row("SELECT origin FROM steady_clock WHERE boot = ?", [SQLValue(uptime.boot)]) {
            $0.timestamp(0)
        }
    }
}
