import ChatAdapters
import ChatService
import Support
import TestSupport

/// The ports that one durable store offers.
typealias ChatStore = Intake & DocumentIntake & CourseDirectory & JobQueue & JobLedger & History & Sessions & Retention
    & Feedback & Insights & ConversationSearch

/// Every adapter that must keep the promises of the ports; the suites run over all of them.
enum StoreKind: CaseIterable {
    case sqlite
}

/// One store with a clock of its own, that can be closed and opened again.
final class StoreUnderTest {
    let kind: StoreKind
    let time = ManualTime()
    let folder: TemporaryFolder
    let limits: JobLimits
    private(set) var store: any ChatStore
    private var sqlite: SQLiteChatStore

    init(_ kind: StoreKind, limits: JobLimits = JobLimits(), sessionsInMemory: Int = 100) throws {
        self.kind = kind
        self.limits = limits
        folder = try TemporaryFolder()
        sqlite = try SQLiteChatStore(
            path: folder.file("gepeto.sqlite"), limits: limits, sessionsInMemory: sessionsInMemory, time: time)
        store = sqlite
    }

    /// What a restart does: all that was in memory is gone.
    func reopen() async throws {
        await sqlite.close()
        sqlite = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), limits: limits, time: time)
        store = sqlite
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
