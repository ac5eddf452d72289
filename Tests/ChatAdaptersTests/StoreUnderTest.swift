import AWS
import ChatService
import Glibc
import SQLite
import Support
import TestSupport

@testable import ChatAdapters

/// The ports that one durable store offers.
typealias ChatStore = Intake & DocumentIntake & CourseDirectory & JobQueue & JobLedger & DeadLetters & History
    & Sessions
    & Retention & Erasure & Feedback & Insights & ConversationSearch & QuizRecord & UsageRecord & AnswerRecord

/// Every adapter that must keep the promises of the ports; the suites run over all of them.
enum StoreKind {
    case sqlite
    /// The cloud's store over a table and queues in memory (`MemoryTable`): what it decides.
    case cloud
    /// The same over moto's DynamoDB and SQS: that they are asked as they want to be. `everywhere` stands where moto is
    /// quick enough for an ordinary run; GEPETO_TEST_MOTO=all takes it everywhere.
    case moto

    /// Those that have sessions of their own.
    static let allCases: [StoreKind] = [.sqlite]
    static let durable: [StoreKind] = isMotoWanted ? everywhere : [.sqlite, .cloud]
    static let everywhere: [StoreKind] = MotoServer.isInstalled ? [.sqlite, .cloud, .moto] : [.sqlite, .cloud]
    private static let isMotoWanted = getenv("GEPETO_TEST_MOTO").map { String(cString: $0) } == "all"

    var isCloud: Bool { self != .sqlite }
}

/// One store with a clock of its own, that can be closed and opened again.
final class StoreUnderTest {
    let kind: StoreKind
    let time: ManualTime
    let folder: TemporaryFolder
    let limits: JobLimits
    let retention: Duration?
    private(set) var store: any ChatStore
    /// The sessions of all kinds, and all of one.
    private(set) var sqlite: SQLiteChatStore
    private let cloud: CloudParts?

    init(
        _ kind: StoreKind, limits: JobLimits = JobLimits(), retention: Duration? = nil, sessionsInMemory: Int = 100
    ) throws {
        self.kind = kind
        self.limits = limits
        self.retention = retention
        let time = ManualTime()
        self.time = time
        folder = try TemporaryFolder()
        sqlite = try SQLiteChatStore(
            path: folder.file("gepeto.sqlite"), limits: limits, retention: retention,
            sessionsInMemory: sessionsInMemory, time: time)
        switch kind {
        case .sqlite: (cloud, store) = (nil, sqlite)
        case .cloud, .moto:
            let parts = kind == .cloud ? CloudParts(time: time) : CloudParts.moto()
            cloud = parts
            store = parts.store(sessions: sqlite, limits: limits, retention: retention, time: time)
        }
    }

    /// What a restart does: all that was in memory is gone.
    func reopen() async throws {
        await sqlite.close()
        sqlite = try SQLiteChatStore(
            path: folder.file("gepeto.sqlite"), limits: limits, retention: retention, time: time)
        store = cloud?.store(sessions: sqlite, limits: limits, retention: retention, time: time) ?? sqlite
    }

    /// Deletes what is past its time, sessions among it.
    func prune() async throws {
        try await store.prune()
        if kind.isCloud { try await sqlite.prune() }
    }

    func question(
        _ message: String = "O que é recursão?", user: UserID = .local, conversation: String? = nil,
        session: String? = nil, key: Submission.Idempotency? = nil
    ) throws -> Submission {
        Submission(
            user: user, message: message, course: try CourseID("algoritmos"), traceID: "trace",
            conversationID: conversation, sessionID: session, idempotency: key)
    }

    /// Everything in the session's log after `seq`; fails to return when there is nothing.
    func events(_ session: String, after seq: Int64? = nil) async throws -> [LoggedEvent] {
        guard var subscription = try await store.subscribe(to: session, after: seq) else { return [] }
        return try await subscription.next(within: .zero)
    }
}

/// What a store in the cloud stands on.
struct CloudParts {
    let table: any ItemTable
    let questions: any JobMessages
    let documents: any JobMessages

    /// In memory.
    init(time: ManualTime) {
        (table, questions, documents) = (MemoryTable(), MemoryMessages(time: time), MemoryMessages(time: time))
    }

    private init(table: any ItemTable, questions: any JobMessages, documents: any JobMessages) {
        (self.table, self.questions, self.documents) = (table, questions, documents)
    }

    /// A table and queues of its own, made by the first who uses them.
    static func moto() -> CloudParts {
        let bench = MotoBench()
        return CloudParts(
            table: MotoTable(bench: bench), questions: MotoMessages(bench: bench, kind: .question),
            documents: MotoMessages(bench: bench, kind: .document))
    }

    func store(
        sessions: SQLiteChatStore, limits: JobLimits = JobLimits(), retention: Duration? = nil, time: ManualTime
    ) -> CloudChatStore {
        var parameters = CloudParameters()
        // By the test's clock nothing is late, and what is hidden in a real queue is so by another clock.
        (parameters.confirmation, parameters.sweepInterval) = (.zero, .zero)
        parameters.pauses = Backoff(base: .milliseconds(1), cap: .milliseconds(4))
        parameters.tries = 40
        return CloudChatStore(
            table: table, questions: questions, documents: documents, sessions: sessions,
            eraser: SQLiteEraser(store: sessions),
            limits: limits, retention: retention, parameters: parameters, time: time)
    }
}

/// The sessions of a test are SQLite's; a server in the cloud has Redis's, which `RedisSessions` is tested for.
extension CloudChatStore: Sessions {
    package func createSession(owner: UserID) async throws -> String { try await sessions.createSession(owner: owner) }
    package func owner(ofSession id: String) async throws -> UserID? { try await sessions.owner(ofSession: id) }
    @discardableResult
    package func append(_ event: ChatEvent, to session: String) async throws -> Int64? {
        try await sessions.append(event, to: session)
    }
    package func tell(_ event: ChatEvent, to session: String) async throws -> EventStoring? {
        try await sessions.tell(event, to: session)
    }
    package func subscribe(to session: String, after: Int64?) async throws -> Subscription? {
        try await sessions.subscribe(to: session, after: after)
    }
    package func feed(of session: String) async throws -> (any SessionFeed)? { try await sessions.feed(of: session) }
}

/// Takes events out of the tables of the sessions.
private struct SQLiteEraser: SessionEraser {
    let store: SQLiteChatStore

    func forget(jobs: [String], inSession id: String) async throws {
        try await store.database.write { connection in
            for job in jobs { try connection.run("DELETE FROM event WHERE job_id = ?", [SQLValue(job)]) }
        }
        SessionKey(id).flatMap(store.hub.find)?.clear()
    }

    func forgetSessions(of user: UserID) async throws { _ = try await store.erase(user) }
}
