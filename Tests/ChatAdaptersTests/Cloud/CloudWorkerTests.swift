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

    @Test("The message of a job that was ended by others is deleted, that of a lease that is lost is let go")
    func endedByOthers() async throws {
        let (front, back) = (process(), process())
        let inbox = try #require(back.inboxes[.question])
        // By another process: found out with the next renewal.
        let first = try await front.accept(question())
        let cancelled = try #require(try await back.lease(for: .seconds(30)))
        #expect(try await back.renew(cancelled, for: .seconds(30)) && inbox.inHand == 1)
        #expect(try await front.end(job: first.jobID, with: JobFailure(.cancelled)))
        #expect(try await !back.renew(cancelled, for: .seconds(30)))
        try await eventually { questions.count == 0 }
        #expect(inbox.inHand == 0)
        // Here: whoever works on it does not ask the store again.
        let second = try await front.accept(question())
        _ = try #require(try await back.lease(for: .seconds(30)))
        #expect(try await back.end(job: second.jobID, with: JobFailure(.cancelled)))
        try await eventually { questions.count == 0 }
        #expect(inbox.inHand == 0)
        // Somebody else works on it by now, and the message is theirs.
        _ = try await front.accept(question())
        let lost = try #require(try await back.lease(for: .seconds(30)))
        time.advance(by: .seconds(31))
        let taken = try #require(try await front.lease(for: .seconds(30)))
        #expect(taken.job.id == lost.job.id)
        #expect(try await !back.finish(lost, with: .failed(JobFailure(.internalError))))
        #expect(inbox.inHand == 0 && questions.count == 1)
        // The same within one process: the former lease takes nothing from the present one.
        time.advance(by: .seconds(31))
        let again = try #require(try await front.lease(for: .seconds(30)))
        #expect(again.job.id == lost.job.id)
        #expect(try await !front.renew(taken, for: .seconds(30)))
        #expect(front.inboxes[.question]?.inHand == 1)
        #expect(try await front.finish(again, with: .failed(JobFailure(.internalError))))
        try await eventually { questions.count == 0 }
    }
}
