import ChatService

/// What stands in a queue for a job: who it is, no more. The rest is in the table.
package struct JobMessage: Sendable, Hashable {
    package let job: String
    package let kind: JobKind
    package let traceID: String
    /// Whether the trace is recorded; nil where nobody decided.
    package let isSampled: Bool?

    package init(job: String, kind: JobKind, traceID: String, isSampled: Bool? = nil) {
        self.isSampled = isSampled
        self.job = job
        self.kind = kind
        self.traceID = traceID
    }
}

/// A message that this process has in hand until its time is over.
package struct ReceivedMessage: Sendable, Equatable {
    package let job: String
    /// By which it is deleted or hidden for longer.
    package let receipt: String

    package init(job: String, receipt: String) {
        self.job = job
        self.receipt = receipt
    }
}

/// A queue of messages for one kind of jobs, as SQS offers it: at least once, in about the order of sending.
package protocol JobMessages: Sendable {
    /// At most ten.
    /// - Returns: the jobs whose messages were taken.
    func send(_ messages: [JobMessage]) async throws -> Set<String>
    /// - Parameters:
    ///   - wait: for the first one to come, 20 s at most.
    ///   - hidden: how long others do not see it.
    func receive(waiting wait: Duration, hiddenFor hidden: Duration) async throws -> ReceivedMessage?
    /// At most ten; what is not deleted comes again.
    func delete(_ receipts: [String]) async throws
    /// Shows the message again after that time, 12 hours at most.
    func hide(_ receipt: String, for duration: Duration) async throws
    /// About how many messages wait, and how many are in somebody's hands; nil where nobody counts them.
    func counts() async throws -> (visible: Int, hidden: Int)?
}

extension JobMessages {
    package func counts() async throws -> (visible: Int, hidden: Int)? { nil }
}
