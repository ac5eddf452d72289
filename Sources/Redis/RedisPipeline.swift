/// The commands of one client in their order: those that wait to be sent and those whose replies are due. A pure value;
/// it is told what happened and returns whose commands are over.
///
/// All commands have the same time, so that they expire in the order in which they came.
struct RedisPipeline<Ticket> {
    struct Entry {
        /// Who waits for the reply; nil when nobody does (any more).
        var ticket: Ticket?
        let command: RedisCommand
        let expires: Duration
    }

    private let mostEntries: Int
    private let mostBytes: Int
    private var waiting = Fifo<Entry>()
    private var sent = Fifo<Entry>()
    /// So many of `sent`, from the first, have expired: their replies are thrown away.
    private var expired = 0
    private var bytes = 0

    /// - Parameters: the most commands, and bytes of commands, that wait or are under way.
    init(mostEntries: Int, mostBytes: Int) {
        self.mostEntries = mostEntries
        self.mostBytes = mostBytes
    }

    var count: Int { waiting.count + sent.count }
    var hasReplyDue: Bool { !sent.isEmpty }

    /// - Returns: false when there is no room.
    mutating func add(_ entry: Entry) -> Bool {
        guard count < mostEntries, bytes + entry.command.encoded.count <= mostBytes else { return false }
        waiting.append(entry)
        bytes += entry.command.encoded.count
        return true
    }

    /// The bytes of as many waiting commands as begin within `room`.
    mutating func takeOutput(room: Int) -> [UInt8] {
        var output: [UInt8] = []
        while output.count < room, let entry = waiting.popFirst() {
            output.append(contentsOf: entry.command.encoded)
            sent.append(entry)
        }
        return output
    }

    enum Answered {
        case ticket(Ticket)
        /// Nobody waits for it any more.
        case nobody
        /// It belongs to no command: the peer is out of step.
        case unasked
    }

    /// A reply came.
    mutating func answered() -> Answered {
        guard let entry = sent.popFirst() else { return .unasked }
        bytes -= entry.command.encoded.count
        expired = max(expired - 1, 0)
        return entry.ticket.map { .ticket($0) } ?? .nobody
    }

    /// Those whose time is over.
    mutating func expire(now: Duration) -> [Ticket] {
        var over: [Ticket] = []
        while expired < sent.count, var entry = sent[expired], entry.expires <= now {
            if let ticket = entry.ticket { over.append(ticket) }
            entry.ticket = nil
            sent[expired] = entry
            expired += 1
        }
        while let entry = waiting.first, entry.expires <= now {
            _ = waiting.popFirst()
            bytes -= entry.command.encoded.count
            if let ticket = entry.ticket { over.append(ticket) }
        }
        return over
    }

    /// The connection broke. What may be sent twice waits again, before all others; the rest is over.
    /// - Returns: who waits for a reply that will never come.
    mutating func broke(now: Duration) -> [Ticket] {
        var lost: [Ticket] = []
        var again = Fifo<Entry>()
        for entry in sent.removeAll() {
            if entry.command.isRepeatable, entry.ticket != nil, entry.expires > now {
                again.append(entry)
            } else {
                bytes -= entry.command.encoded.count
                if let ticket = entry.ticket { lost.append(ticket) }
            }
        }
        expired = 0
        for entry in waiting.removeAll() { again.append(entry) }
        waiting = again
        return lost
    }

    /// Gives up all that waits to be sent.
    mutating func abandon() -> [Ticket] {
        let entries = waiting.removeAll()
        for entry in entries { bytes -= entry.command.encoded.count }
        return entries.compactMap(\.ticket)
    }

    /// When the next command expires.
    var nextExpiry: Duration? {
        let due = expired < sent.count ? sent[expired]?.expires : nil
        guard let first = waiting.first?.expires else { return due }
        return due.map { min($0, first) } ?? first
    }

    /// When the command that is answered next expires, or did.
    var oldestDue: Duration? { sent.first?.expires }
}
