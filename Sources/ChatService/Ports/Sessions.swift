import Support
import WebServer

/// The numbered events of each session, kept long enough that a client which was away misses nothing.
///
/// `seq` counts up by one within a session and an epoch. Status and terminal events survive a restart; deltas do not,
/// which a new epoch tells. Numbers never come down, also over epochs.
package protocol Sessions: Sendable {
    /// Makes a session with an id nobody can guess.
    func createSession(owner: UserID) async throws -> String

    /// nil when there is no such session.
    func owner(ofSession id: String) async throws -> UserID?

    /// Appends `event` and wakes who waits for it. A terminal event is appended once a job and is the job's last: a
    /// repeat changes nothing, and what a slow worker says after it is dropped.
    /// - Returns: the event's number, that of the first for a repeat; nil when the session is gone or the event dropped.
    @discardableResult
    func append(_ event: ChatEvent, to session: String) async throws -> Int64?

    /// The same for what a student shall see at once: a state is told first and stored by the work that this returns, which
    /// the caller does in his own time, once. A server that is killed in between has told what it forgets, as with deltas,
    /// and never gives the number out again.
    /// - Returns: nil when nothing is left to do.
    func tell(_ event: ChatEvent, to session: String) async throws -> EventStoring?

    /// Follows a session: all that came after number `after`, then what comes.
    /// - Parameter after: nil for all that is kept.
    /// - Returns: nil when there is no such session.
    func subscribe(to session: String, after: Int64?) async throws -> Subscription?

    /// The session, for sockets that are told its events without a task waiting for them; nil when there is none.
    func feed(of session: String) async throws -> (any SessionFeed)?
}

/// Stores an event that was told already; what it throws says that it was not stored.
package typealias EventStoring = @Sendable () async throws -> Void

/// A session as a socket follows it. None of its methods blocks.
package protocol SessionFeed: AnyObject, Sendable {
    var id: String { get }
    var owner: UserID { get }

    /// Where a reader begins who has seen everything up to `after` (nil: who wants all that is kept).
    func place(after: Int64?) -> SessionPlace

    /// The events after `position`, a bounded number of them. When there are none, `sink` is told all that come from now
    /// on, in order, until `leave`.
    /// - Throws: `SubscriptionLost` when this reader was too slow.
    func next(after position: Int64, for sink: any SessionSink) throws(SubscriptionLost) -> [LoggedEvent]

    /// `sink` is told nothing more, but for an event that is on its way already.
    func leave(_ sink: any SessionSink)
}

/// Who is told the events of a session: a socket.
package protocol SessionSink: AnyObject, Sendable {
    /// Sends an event. Must not block; called for one event after the other.
    func take(_ event: SharedEvent)

    /// Nothing more is told: events may have been lost, so the client has to come again and read the history. Must not
    /// block.
    func lose()
}

/// An event as all sockets of a session send it, encoded once.
package struct SharedEvent: Sendable {
    let frame: WebSocketFrame

    package init(_ event: LoggedEvent) { frame = WebSocketFrame.text(event.frame) }
}

extension WebSocketConnection: SessionSink {
    /// A reader that is too slow is dropped by the socket itself.
    package func take(_ event: SharedEvent) { send(event.frame) }

    package func lose() { close(WebSocketCloseCode.tryAgainLater, "connect again") }
}

/// A reader's place in a session's log.
package struct SessionPlace: Sendable, Equatable {
    /// Changes when events were lost: the client then reads the history.
    package let epoch: String
    /// The number after which the events of this reader begin.
    package let resumedFrom: Int64
    /// What `next` begins with; before `resumedFrom` where numbers were left out.
    package let position: Int64

    package init(epoch: String, resumedFrom: Int64, position: Int64) {
        self.epoch = epoch
        self.resumedFrom = resumedFrom
        self.position = position
    }
}

/// An event in a session's log, encoded once for all who read it.
package struct LoggedEvent: Sendable, Equatable {
    package let seq: Int64
    /// By `TimeSource.steady`: how long it is kept. What clients are told stands in `frame`.
    package let storedAt: Timestamp
    package let kind: ChatEvent.Kind
    package let jobID: String?
    /// The whole JSON object, as the socket sends it.
    package let frame: String
    /// Ends its job.
    package let isTerminal: Bool
    /// Survives a restart.
    package let isDurable: Bool

    package init(
        seq: Int64, storedAt: Timestamp, kind: ChatEvent.Kind, jobID: String?, frame: String, isTerminal: Bool,
        isDurable: Bool
    ) {
        self.seq = seq
        self.storedAt = storedAt
        self.kind = kind
        self.jobID = jobID
        self.frame = frame
        self.isTerminal = isTerminal
        self.isDurable = isDurable
    }

    /// - Parameter moment: by the wall clock, for clients.
    package init(_ event: ChatEvent, seq: Int64, at moment: Timestamp, storedAt: Timestamp) {
        self.init(
            seq: seq, storedAt: storedAt, kind: event.kind, jobID: event.jobID,
            frame: EventFrame(event: event, seq: seq, timestamp: moment.seconds).text,
            isTerminal: event.isTerminal, isDurable: event.isDurable)
    }
}

/// One reader's place in a session's log.
package struct Subscription: Sendable {
    /// Changes when events were lost: the client then reads the history.
    package let epoch: String
    /// The number after which the events of this subscription begin.
    package let resumedFrom: Int64
    private var position: Int64
    private let read: @Sendable (Int64, Duration?) async throws -> [LoggedEvent]

    /// - Parameter read: the events after a number, at least one unless the patience (nil: for ever) ran out.
    package init(
        epoch: String, resumedFrom: Int64, position: Int64,
        read: @escaping @Sendable (Int64, Duration?) async throws -> [LoggedEvent]
    ) {
        self.epoch = epoch
        self.resumedFrom = resumedFrom
        self.position = position
        self.read = read
    }

    /// The next events in order, a bounded number of them; none when nothing came `within` that time.
    /// - Throws: `SubscriptionLost` when this reader was too slow; `CancellationError`.
    package mutating func next(within patience: Duration? = nil) async throws -> [LoggedEvent] {
        let events = try await read(position, patience)
        if let last = events.last { position = last.seq }
        return events
    }
}

/// The reader fell so far behind that events it has not seen are no longer kept.
package struct SubscriptionLost: ExplainedError {
    package let label = "subscription_lost"
    package let description = "The connection was too slow to keep up; connect again and read the history."

    package init() {}
}
