import ChatAdapters
import ChatService
import Foundation
import Support
import TestSupport
import Testing

@testable import ChatService

/// A store that cannot be written to for a while: refused at the door, nothing half done, and what was accepted before ends
/// when it can be written to again, without a restart. Tests/EndToEnd/disk_check.py does the same to a whole process.
@Suite("A disk that is full or read-only", .timeLimit(.minutes(10)))
struct DiskTroubleTests {
    private struct Ready: Decodable { let checks: [String: String] }
    private struct Listed: Decodable {
        struct Conversation: Decodable { let id: String }
        let conversations: [Conversation]
    }

    @Test(
        "Questions, uploads and redrives are refused with a 503, and taken again without a restart",
        arguments: WriteTrouble.allCases)
    func atTheDoor(_ trouble: WriteTrouble) async throws {
        let lines = LogLines()
        let door = try FrontDoor(log: lines.log)
        var accepted = [try await door.ask().conversationId]
        let dead = try await door.ask("Morre?")
        accepted.append(dead.conversationId)
        #expect(try await door.house.store.end(job: dead.jobId, with: JobFailure(.deadlineExceeded)))
        try await door.house.store.meet(trouble)
        // Pages that are not full yet take a few more.
        let long = String(repeating: "pergunta ", count: 800)
        let question = try await refusal { _ in
            let reply = try await door.send(.post, "/api/chat", "{\"message\": \"\(long)\"}")
            if reply.status == 202 { accepted.append(try reply.json(AcceptedReply.self).conversationId) }
            return reply
        }
        var uploads = 0
        let upload = try await refusal { number in
            let name = "\(number)" + String(repeating: "n", count: 240)
            let reply = try await door.send(
                .post, "/api/courses/algoritmos/documents?folder=\(name)", bytes: Array("# Part \(number)\n".utf8),
                headers: [
                    "content-type": "text/markdown", "content-disposition": "attachment; filename=\"\(name).md\"",
                ])
            if reply.status == 202 { uploads += 1 }
            return reply
        }
        var replies = [question, upload]
        if trouble == .readOnly {
            replies.append(try await door.send(.post, "/api/dead-letters/\(dead.jobId)/redrive"))
        }
        for reply in replies {
            #expect(reply.status == 503 && reply.headers["retry-after"] == "60", "\(reply.text)")
            let problem = try reply.json(ProblemReply.self)
            #expect(problem.detail.contains("nothing was stored") && problem.detail.contains("disk"))
        }
        #expect(lines.all.contains { $0.contains(trouble.label) && !$0.contains("pergunta") })
        // Of what was refused nothing is there.
        #expect(try FileNames.of(door.house.folder.file("originals")).count == uploads)
        let listed = try await door.send(.get, "/api/conversations?limit=100").json(Listed.self)
        #expect(Set(listed.conversations.map(\.id)) == Set(accepted))
        door.house.time.advance(by: .seconds(5))
        guard trouble == .full else {
            #expect(try await door.send(.get, "/api/ready").json(Ready.self).checks["store"] == "degraded")
            return
        }
        try await door.house.store.makeRoom()
        #expect(try await door.send(.get, "/api/ready").json(Ready.self).checks["store"] == "ok")
        _ = try await door.ask(long)
        #expect(try await door.send(.post, "/api/dead-letters/\(dead.jobId)/redrive").status == 202)
    }

    /// The first reply that is no 202.
    private func refusal(_ send: (Int) async throws -> FrontDoor.Reply) async throws -> FrontDoor.Reply {
        for number in 0..<200 {
            let reply = try await send(number)
            if reply.status != 202 { return reply }
        }
        throw NothingRefused()
    }

    private struct NothingRefused: Error {}

    @Test("An answer that cannot be stored waits, is stored once, and costs no further try")
    func inTheWorker() async throws {
        let house = try ChatHouse()
        let lines = LogLines()
        let (began, goOn) = (Latch(), Latch())
        let answering = ScriptedAnswering([[.reach(began), .wait(goOn)]])
        let worker = Worker(
            queue: house.store, ledger: house.store, history: house.store, sessions: house.store,
            answering: answering, running: house.running, parameters: .oneAtATime, time: house.time, log: lines.log)
        let run = Task { try await worker.run() }
        let long = String(repeating: "pergunta ", count: 800)
        let accepted = try await house.ask(long)
        await began.wait()
        try await house.store.meet(.full)
        goOn.open()
        try await eventually { lines.all.contains(where: { $0.contains("outcome not recorded yet") }) }
        #expect(lines.all.contains { $0.contains(WriteTrouble.full.label) })
        // Longer than a lease.
        for _ in 0..<40 {
            await house.time.untilSleeping(1)
            house.time.advance(by: OutcomeWrite.pause)
        }
        await house.time.untilSleeping(1)
        #expect(try await house.store.record(job: accepted.jobID)?.status == .running)
        try await house.store.makeRoom()
        house.time.advance(by: OutcomeWrite.pause)
        let story = try await house.story(accepted)
        #expect(story.completion?.answer.content == "Answer to: \(long)")
        #expect(answering.questions.count == 1)
        #expect(try await house.store.record(job: accepted.jobID)?.attempt == 1)
        #expect(lines.all.count { $0.contains("outcome not recorded") } == 1)
        #expect(lines.all.contains { $0.contains("outcome recorded after all") })
        await worker.shutDown()
        try await run.value
    }

    @Test("A shutdown does not wait for a disk: the question is answered after the next start")
    func shuttingDown() async throws {
        let house = try ChatHouse()
        let lines = LogLines()
        let (began, goOn) = (Latch(), Latch())
        let worker = Worker(
            queue: house.store, ledger: house.store, history: house.store, sessions: house.store,
            answering: ScriptedAnswering([[.reach(began), .wait(goOn)]]), running: house.running,
            parameters: .oneAtATime, time: house.time, log: lines.log)
        let run = Task { try await worker.run() }
        let accepted = try await house.ask()
        await began.wait()
        try await house.store.meet(.readOnly)
        goOn.open()
        try await eventually { lines.all.contains(where: { $0.contains("outcome not recorded yet") }) }
        await worker.shutDown()
        run.cancel()
        try await run.value
        #expect(lines.all.contains { $0.contains("\"outcome not recorded\"") })
        await house.store.close()

        let next = try ChatHouse(folder: house.folder)
        let story = try await next.working(ScriptedAnswering()) { try await next.story(accepted) }
        #expect(story.completion != nil)
    }

    @Test("What keeps failing is logged once")
    func loggedOnce() async throws {
        let house = try ChatHouse()
        let lines = LogLines()
        let sweeper = Sweeper(
            ledger: house.store, sessions: house.store, retention: house.store, running: house.running,
            time: house.time, log: lines.log)
        _ = try await house.ask()
        house.time.advance(by: .seconds(300))
        try await house.store.meet(.readOnly)
        for _ in 0..<5 { await sweeper.sweep(pruning: false) }
        #expect(lines.all.count == 1 && lines.all[0].contains("sqlite_read_only"))
    }

    @Test("Trouble begins once for each of its kinds, and ends once")
    func trouble() {
        struct Failing: ExplainedError {
            let label: String
            let description = "It fails."
        }
        let trouble = Trouble()
        #expect(!trouble.ends())
        #expect(
            ["a", "a", "b", "a", "a"].map { trouble.begins(Failing(label: $0)) } == [true, false, true, true, false])
        #expect(trouble.ends() && !trouble.ends())
        #expect(trouble.begins(Failing(label: "a")))
    }
}

extension WorkerParameters {
    fileprivate static var oneAtATime: WorkerParameters {
        var parameters = WorkerParameters()
        parameters.concurrency = 1
        return parameters
    }
}
