import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// The services of the worker's process over the cloud's store, apart from the process that takes the questions.
@Suite("Workers in the cloud", .timeLimit(.minutes(5)))
struct CloudWorkerTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let table = MemoryTable()
    private let questions: MemoryMessages
    private let sessions: SQLiteChatStore

    init() throws {
        folder = try TemporaryFolder()
        questions = MemoryMessages(time: time)
        sessions = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
    }

    private func process() -> CloudChatStore {
        CloudChatStore(
            table: table, questions: questions, documents: MemoryMessages(time: time), sessions: sessions, time: time)
    }

    private func question() throws -> Submission {
        Submission(user: .local, message: "O que é recursão?", course: try CourseID("algoritmos"), traceID: "t")
    }

    @Test("A question that one process accepts is answered by another, which is told by the queue")
    func twoProcesses() async throws {
        let (front, back) = (process(), process())
        let worker = Worker(
            queue: back, ledger: back, history: back, sessions: sessions, answering: ScriptedAnswering(),
            running: RunningJobs(), time: time, log: .silent)
        let running = Task { try await worker.run() }
        for _ in 0..<3 {
            let accepted = try await front.accept(question())
            try await eventually { try await front.record(job: accepted.jobID)?.publishedSeq != nil }
            #expect(try await front.record(job: accepted.jobID)?.status == .completed)
            var subscription = try #require(try await sessions.subscribe(to: accepted.sessionID, after: nil))
            let told = try await subscription.next(within: .zero)
            #expect(told.first?.kind == .status && told.last?.kind == .messageCompleted)
        }
        #expect(try await front.depth() == 0)
        try await eventually { questions.count == 0 }
        await worker.shutDown()
        try await running.value
    }

    @Test("The sweeper sends what a queue in trouble did not take, also after it could not look")
    func sweeper() async throws {
        let store = process()
        let sweeper = OutboxSweeper(store, time: time, log: .silent)
        questions.go(down: true)
        let accepted = try await store.accept(question())
        let running = Task { try await sweeper.run() }
        await time.untilSleeping(1)
        #expect(questions.count == 0)
        questions.go(down: false)
        time.advance(by: CloudParameters().confirmation)
        try await eventually { questions.count == 1 }
        await sweeper.shutDown()
        try await running.value
        #expect(try await store.lease(for: .seconds(30))?.job.id == accepted.jobID)
    }
}
