import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

@Suite("Messages in one process's hands") struct JobInboxTests {
    private let time = ManualTime()
    private let queue: MemoryMessages
    private let inbox: JobInbox

    init() {
        queue = MemoryMessages(time: time)
        inbox = JobInbox(queue, log: .silent)
    }

    private func send(_ job: String) async throws {
        _ = try await queue.send([JobMessage(job: job, kind: .question, traceID: "")])
    }

    @Test("What comes for a worker that has left is for others at once")
    func aWorkerThatLeft() async throws {
        let waiting = Task { try await inbox.wait() }
        await time.untilSleeping(1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        try await send("job")
        try await eventually { try await queue.receive(waiting: .zero, hiddenFor: .seconds(30))?.job == "job" }
    }

    @Test("What came and was not taken is for others when the process ends")
    func aProcessThatEnds() async throws {
        try await send("job")
        try await inbox.wait()
        #expect(try await queue.receive(waiting: .zero, hiddenFor: .seconds(30)) == nil)
        await inbox.close()
        #expect(try await queue.receive(waiting: .zero, hiddenFor: .seconds(30))?.job == "job")
        // Nothing is asked for any more.
        try await inbox.wait()
    }

    @Test("A worker that waits is told, and the message is the next one's")
    func aWorkerThatWaits() async throws {
        let waiting = Task { try await inbox.wait() }
        await time.untilSleeping(1)
        try await send("job")
        try await waiting.value
        #expect(try await inbox.next(hiddenFor: .seconds(30))?.job == "job")
        await inbox.close()
    }
}
