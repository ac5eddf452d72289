/// One run, as far as anybody outside the program can know it: what clients were told, and what is on disk in the end.
///
/// Plain values, so that a run that never was can be written down as well: the checker's own tests do.
struct Chronicle: Sendable {
    var asks: [Ask] = []
    /// What clients read, each client's in its order.
    var readings: [Reading] = []
    var ledger = Ledger()
    /// From the promise to the latest end.
    var deadline = Duration.seconds(290)
    /// What ends may be later than that: a sweep, a restart, a disk that was full.
    var allowance = Duration.seconds(20)

    /// A question that somebody tried to ask.
    struct Ask: Sendable {
        enum Outcome: Sendable {
            case accepted(Promise)
            /// The client was told that nothing was stored.
            case refused
            /// The process died before it said anything: the question is there or not, both are right.
            case unknown
        }

        /// A word of the question that no other question has.
        let tag: String
        var outcome: Outcome
    }

    /// A 202.
    struct Promise: Sendable {
        let job: String
        let conversation: String
        let session: String
        /// By a clock that never jumps.
        let at: Duration
    }

    /// What an event says.
    enum Word: Hashable, Sendable {
        case status(String, attempt: Int)
        case delta(attempt: Int, stream: Int, index: Int, String)
        case completed(String)
        case failed(code: String)

        var isTerminal: Bool {
            switch self {
            case .completed, .failed: true
            case .status, .delta: false
            }
        }

        var isDelta: Bool { if case .delta = self { true } else { false } }
    }

    /// One event, as it arrived.
    struct Seen: Sendable {
        let seq: Int64
        let job: String
        let word: Word
        var at = Duration.zero
    }

    /// One connection of a client, from its `connected` to its end.
    struct Reading: Sendable {
        let client: String
        let session: String
        /// The last number the client had seen before; nil for its first connection.
        let after: Int64?
        let epoch: String
        var events: [Seen] = []
    }

    /// The database when all is over.
    struct Ledger: Sendable {
        var jobs: [JobRow] = []
        var answers: [AnswerRow] = []
        var events: [EventRow] = []
    }

    struct JobRow: Sendable {
        let job: String
        var tag: String
        var session: String
        var conversation: String
        /// The column: waiting, leased, completed, failed, cancelled.
        var state: String
        var terminal: Word?
        var isPublished: Bool
        var deadLetters: Int
    }

    /// A message of the assistant, in the order of the table.
    struct AnswerRow: Sendable {
        let job: String
        let conversation: String
        let content: String
    }

    /// A durable event.
    struct EventRow: Sendable {
        let session: String
        let seq: Int64
        let job: String
        let word: Word
    }
}
