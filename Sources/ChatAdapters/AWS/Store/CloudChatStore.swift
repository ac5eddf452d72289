import ChatService
import Support

/// Conversations, jobs and what is counted of them in one DynamoDB table, with SQS to wake the workers; for any number of
/// processes at once. Sessions are another's (`Sessions`).
///
/// The table is the truth: SQS carries ids of jobs only, and what it loses, repeats or mixes up changes nothing, because
/// a lease is a conditional write on the job's item. Everything that must be true together is one transaction
/// (`change`). Times that are due go by the writers' `TimeSource.steady`, as DynamoDB has no clock to ask: processes
/// whose clocks differ by up to `CloudParameters.skew` see a lease or a deadline end by so much too early or late, which
/// the fence (token and attempt) makes harmless. docs/decisions/0032 says what stands where, and why.
package final class CloudChatStore: Sendable {
    let table: any ItemTable
    let queues: [JobKind: any JobMessages]
    let sessions: any Sessions
    let eraser: (any SessionEraser)?
    let limits: JobLimits
    let parameters: CloudParameters
    /// How long a conversation is kept that nobody uses; nil for ever.
    let retention: Duration?
    package let time: any TimeSource
    let log: Log
    let outbox: Outbox
    let inboxes: [JobKind: JobInbox]
    let lastSweep = Locked<Duration?>(nil)
    /// Questions of a user are accepted and ended one after another in this process: only other processes can be in the way.
    private let turnstiles = (0..<256).map { _ in Turnstile() }

    /// - Parameters:
    ///   - sessions: where questions are told; asked before anything is stored.
    ///   - eraser: takes events out of the sessions' logs when their conversation is deleted; nil where they are left to
    ///     their time of 15 minutes.
    package init(
        table: any ItemTable, questions: any JobMessages, documents: any JobMessages, sessions: any Sessions,
        eraser: (any SessionEraser)? = nil, limits: JobLimits = JobLimits(), retention: Duration? = nil,
        parameters: CloudParameters = CloudParameters(), time: any TimeSource = SystemTime(), log: Log = .silent
    ) {
        self.table = table
        queues = [.question: questions, .document: documents]
        self.sessions = sessions
        self.eraser = eraser
        self.limits = limits
        self.retention = retention
        self.parameters = parameters
        self.time = time
        self.log = log
        outbox = Outbox(table: table, queues: queues, limits: limits, parameters: parameters, time: time, log: log)
        inboxes = queues.mapValues { JobInbox($0, log: log) }
    }

    /// Makes a change that is atomic: `body` reads and notes what is to be written, and is run again when somebody else
    /// changed what it had read. It must therefore tell its own outcome from another's where that matters.
    /// - Parameter then: runs when that is stored, before workers are told of jobs that stepped into the line.
    /// - Throws: what `body` throws, nothing being stored then; `CloudStoreError.contention`; `AWSError`.
    func change<Value: Sendable>(
        _ body: (CloudTransaction) async throws -> Value, then: (Value) async -> Void = { _ in }
    ) async throws -> Value {
        let (value, sends) = try await store(body)
        await then(value)
        await outbox.send(sends)
        return value
    }

    /// The same for what changes the line of a user.
    func change<Value: Sendable>(
        lineOf user: UserID, _ body: @Sendable (CloudTransaction) async throws -> Value,
        then: (Value) async -> Void = { _ in }
    ) async throws -> Value {
        let turnstile = turnstiles[ChatKey.shard(user.name, of: turnstiles.count)]
        let (value, sends) = try await turnstile.pass { try await self.store(body) }
        await then(value)
        await outbox.send(sends)
        return value
    }

    private func store<Value: Sendable>(
        _ body: (CloudTransaction) async throws -> Value
    ) async throws -> (value: Value, sends: [JobMessage]) {
        try await TableChanges(table: table, parameters: parameters, time: time).run(body)
    }

    /// The line of jobs, for one transaction.
    func line(_ transaction: CloudTransaction) -> CloudLine {
        CloudLine(transaction: transaction, limits: limits, parameters: parameters)
    }

    /// Whether the backlog takes another question.
    package func hasRoom() async throws -> Bool { try await open(.question) < limits.backlog }

    /// Jobs of that kind that have not ended.
    func open(_ kind: JobKind) async throws -> Int {
        let rooms = (0..<CloudLine.rooms(limits.backlog(kind))).map { ChatKey.backlog(kind, $0) }
        return try await table.items(rooms).values.reduce(0) { $0 + ($1.int("open") ?? 0) }
    }

    /// Reads. Whether it may also be written to, the role's permissions say: no disk fills up there.
    package func check() async throws -> Bool {
        _ = try await table.items([ChatKey.backlog(.question, 0)])
        return true
    }
}

/// How the store in the cloud works.
package struct CloudParameters: Sendable {
    /// Tries of one change when others change the same.
    package var tries = 12
    /// Tries of one change whose outcome nobody told.
    package var doubts = 2
    package var pauses = Backoff(base: .milliseconds(20), cap: .milliseconds(500))
    /// Between two looks of an idle worker for jobs whose message was lost.
    package var sweepInterval = Duration.seconds(5)
    /// A message that was not confirmed to be in the queue by then is sent again.
    package var confirmation = Duration.seconds(5)
    /// A job that is due and not leased by then is sent again: its message may be lost.
    package var patience = Duration.seconds(60)
    /// How much the clocks of two processes may differ without harm. Amazon's time service keeps them within
    /// milliseconds (EC2 user guide, "Set the time for your instance").
    package static let skew = Duration.seconds(2)

    package init() {}
}

/// Takes what students deleted out of the logs of their sessions.
package protocol SessionEraser: Sendable {
    /// Deletes the events of those jobs, and changes the session's epoch.
    func forget(jobs: [String], inSession id: String) async throws
    /// Deletes the user's sessions with all their events.
    func forgetSessions(of user: UserID) async throws
}
