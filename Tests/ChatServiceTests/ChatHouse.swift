import ChatAdapters
import ChatService
import Support
import TestSupport
import Testing

/// A store on disk, a worker and a sweeper over it, and a clock by hand: the service without its front door.
final class ChatHouse: Sendable {
    let time = ManualTime()
    let folder: TemporaryFolder
    let store: SQLiteChatStore
    let running = RunningJobs()
    let registry = Metrics()
    let metrics: ChatMetrics

    /// - Parameter folder: one that another house left, after a crash; nil for a new one.
    init(limits: JobLimits = JobLimits(), folder: TemporaryFolder? = nil, tracer: Tracer? = nil) throws {
        self.folder = try folder ?? TemporaryFolder()
        metrics = ChatMetrics(registry, limits: limits, tracer: tracer)
        store = try SQLiteChatStore(path: self.folder.file("gepeto.sqlite"), limits: limits, time: time)
    }

    /// The store's, counting what ends.
    var ledger: MeasuredLedger { MeasuredLedger(store, metrics, time: time) }

    func worker(_ answering: any Answering, concurrency: Int = 1) -> Worker {
        var parameters = WorkerParameters()
        parameters.concurrency = concurrency
        return Worker(
            queue: MeasuredQueue(store, metrics, time: time), ledger: ledger, history: store, sessions: store,
            answering: answering, running: running, parameters: parameters, metrics: metrics, time: time, log: .silent)
    }

    var sweeper: Sweeper {
        Sweeper(ledger: ledger, sessions: store, retention: store, running: running, time: time, log: .silent)
    }

    /// Runs `body` while a worker with that answerer works; the worker is shut down after it.
    func working<Value: Sendable>(
        _ answering: any Answering, concurrency: Int = 1, _ body: () async throws -> Value
    ) async throws -> Value {
        let worker = worker(answering, concurrency: concurrency)
        let run = Task { try await worker.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await worker.shutDown()
        try await run.value
        return try result.get()
    }

    @discardableResult
    func ask(_ message: String = "O que é recursão?", conversation: String? = nil, session: String? = nil) async throws
        -> Accepted
    {
        try await store.accept(
            Submission(
                user: .local, message: message, course: try CourseID("algoritmos"), traceID: "trace",
                conversationID: conversation, sessionID: session))
    }

    /// The events of the session up to the terminal one of that job, decoded.
    func story(_ accepted: Accepted, after seq: Int64? = nil) async throws -> [EventFrame] {
        var subscription = try #require(try await store.subscribe(to: accepted.sessionID, after: seq))
        var frames: [EventFrame] = []
        while true {
            for event in try await subscription.next() {
                frames.append(try JSONText.decode(EventFrame.self, from: event.frame))
                if event.isTerminal, event.jobID == accepted.jobID { return frames }
            }
        }
    }

    /// Returns once an event of the session satisfies `condition`.
    func until(_ accepted: Accepted, _ condition: (ChatEvent) -> Bool) async throws {
        var subscription = try #require(try await store.subscribe(to: accepted.sessionID, after: nil))
        while true {
            for event in try await subscription.next() {
                if condition(try JSONText.decode(EventFrame.self, from: event.frame).event) { return }
            }
        }
    }
}

extension [EventFrame] {
    /// The states told, in order.
    var states: [ChatEvent.State] {
        compactMap { if case .status(let status) = $0.event { status.state } else { nil } }
    }

    /// The text as a client shows it before the end: the pieces of the last attempt and stream.
    var shownText: String {
        var text = ""
        var place = (0, 0)
        for case .messageDelta(let delta) in map(\.event) {
            if (delta.attempt, delta.stream) != place { text = "" }
            place = (delta.attempt, delta.stream)
            text += delta.content
        }
        return text
    }

    var failure: ChatEvent.Failed? {
        if case .error(let failed)? = last?.event { failed } else { nil }
    }

    var completion: ChatEvent.Completed? {
        if case .messageCompleted(let completed)? = last?.event { completed } else { nil }
    }
}
