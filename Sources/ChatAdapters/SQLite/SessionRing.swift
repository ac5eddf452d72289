import ChatService
import Support

/// The last events of one session, oldest first: a pure value.
///
/// Bounded by number, bytes and age. What fell out too early, or was lost with a former process, is told by a new epoch.
struct SessionRing {
    /// Events a session may keep: more than 15 minutes of one answer after another, at one delta each 50 ms.
    static let mostEvents = 20_000
    static let mostBytes = 2 << 20
    static let retention = Duration.seconds(15 * 60)
    /// Events of one `read`.
    static let mostRead = 256
    /// Added to the last durable number when a session is loaded anew: more numbers than deltas can have been given out
    /// since, so that no number is ever used twice.
    static let leap: Int64 = 1_000_000

    /// Any number but the one before: tells clients that events were lost.
    private var epochNumber = UInt64.random(in: .min ... .max)
    private(set) var lastSeq: Int64
    private var events: [LoggedEvent]
    /// Index of the oldest kept event in `events`; those before it are dropped in one go now and then.
    private var first = 0
    private var bytes: Int
    /// No event up to this number is kept.
    private var trimmedThrough: Int64
    /// Events since the last one that is stored; at most `leap`.
    private var volatileRun: Int64 = 0
    /// Whether a later load begins behind all numbers given out here: not before something durable has been numbered since
    /// the last one.
    private(set) var isAnchored: Bool
    /// Jobs whose terminal event is kept.
    private var ended: Set<String> = []

    /// - Parameters:
    ///   - durable: what a former process left, in order; its deltas are lost.
    ///   - lastDurable: the last durable number ever given out; 0 for a new session.
    init(durable: [LoggedEvent] = [], lastDurable: Int64 = 0) {
        events = durable
        bytes = durable.reduce(0) { $0 + $1.frame.utf8.count }
        lastSeq = lastDurable == 0 ? 0 : lastDurable + Self.leap
        isAnchored = lastDurable == 0
        trimmedThrough = durable.first.map { $0.seq - 1 } ?? lastSeq
        ended = Set(durable.filter(\.isTerminal).compactMap(\.jobID))
    }

    /// What is kept elsewhere, for many processes.
    /// - Parameters:
    ///   - epoch: as it is there.
    ///   - events: all that are kept, in order.
    ///   - through: no event up to this number is kept.
    init(mirroring events: [LoggedEvent], lastSeq: Int64, through: Int64, epoch: String) {
        self.events = events
        bytes = events.reduce(0) { $0 + $1.frame.utf8.count }
        self.lastSeq = lastSeq
        isAnchored = true
        trimmedThrough = through
        ended = Set(events.filter(\.isTerminal).compactMap(\.jobID))
        adopt(epoch: epoch)
    }

    /// Another process has told clients that events were lost.
    mutating func adopt(epoch: String) { epochNumber = UInt64(epoch, radix: 16) ?? epochNumber }

    var epoch: String { String(epochNumber, radix: 16) }
    var nextSeq: Int64 { lastSeq + 1 }
    /// Whether another delta may be numbered.
    var takesDeltas: Bool { volatileRun < Self.leap - 1 }
    /// Whether the job's terminal event is here: it is the last one, so nothing a slow worker still says may follow it.
    func hasEnded(_ job: String?) -> Bool { job.map(ended.contains) ?? false }
    var count: Int { events.count - first }

    /// - Parameter isStored: whether it is on disk, if it shall ever be.
    mutating func append(_ event: LoggedEvent, isStored: Bool = true) {
        precondition(event.seq == nextSeq, "event \(event.seq) follows \(lastSeq): appends must go one after another")
        lastSeq = event.seq
        volatileRun += 1
        if event.isDurable, isStored { stored(event.seq) }
        events.append(event)
        if event.isTerminal, let job = event.jobID { ended.insert(job) }
        bytes += event.frame.utf8.count
        while count > Self.mostEvents || (bytes > Self.mostBytes && count > 1) { dropFirst() }
    }

    /// The event of that number, which was told before, is on disk.
    mutating func stored(_ seq: Int64) {
        volatileRun = min(volatileRun, lastSeq - seq)
        anchor()
    }

    /// `lastSeq` is on disk.
    mutating func anchor() { isAnchored = true }

    enum Reading: Equatable {
        case events([LoggedEvent])
        case nothingYet
        /// Events after the position are no longer kept.
        case lost
    }

    /// The events after `position`.
    func read(after position: Int64) -> Reading {
        guard position >= trimmedThrough else { return .lost }
        // Binary search: numbers grow, but have holes where a former process's deltas were.
        var low = first
        var high = events.count
        while low < high {
            let middle = low + (high - low) / 2
            if events[middle].seq > position { high = middle } else { low = middle + 1 }
        }
        guard low < events.count else { return .nothingYet }
        return .events(Array(events[low..<min(low + Self.mostRead, events.count)]))
    }

    /// Where a reader begins who has seen everything up to `after` (nil: who wants all that is kept).
    mutating func position(after: Int64?) -> (position: Int64, resumedFrom: Int64) {
        var position = min(after ?? trimmedThrough, lastSeq)
        if position < trimmedThrough {
            // What this reader missed is gone: it has to read the history, and a new epoch says so.
            epochNumber &+= 1
            position = trimmedThrough
        }
        if case .events(let next) = read(after: position), let first = next.first { return (position, first.seq - 1) }
        return (position, lastSeq)
    }

    /// Drops what is older than the retention.
    /// - Parameter now: by `TimeSource.steady`.
    mutating func trim(now: Timestamp) {
        while first < events.count, now - events[first].storedAt > Self.retention { dropFirst() }
    }

    /// Drops what is no longer kept elsewhere.
    mutating func trim(through seq: Int64) {
        while first < events.count, events[first].seq <= seq { dropFirst() }
        trimmedThrough = max(trimmedThrough, min(seq, lastSeq))
    }

    /// Drops everything, because some of it was deleted for good.
    mutating func clear() {
        while first < events.count { dropFirst() }
        trimmedThrough = lastSeq
        epochNumber &+= 1
    }

    private mutating func dropFirst() {
        trimmedThrough = events[first].seq
        if events[first].isTerminal, let job = events[first].jobID { ended.remove(job) }
        bytes -= events[first].frame.utf8.count
        first += 1
        if first == events.count {
            // A session in which nothing happens costs no memory.
            events = []
            ended = []
            first = 0
        } else if first > 1024 {
            events.removeFirst(first)
            first = 0
        }
    }
}
