import ChatService
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What is left of counts when a person or a course is erased, on SQLite.
@Suite struct UsageErasureTests {
    @Test func whoIsErasedHasSpentWhatTheySpent() async throws {
        let (bench, store) = try UsageBench.sqlite()
        try await bench.ask()
        try await bench.finish(bench.answer(costing: 3))
        for _ in 0..<2 {
            _ = try await store.erase(UserID("ana"))
            #expect(try await bench.count() == 1, "the budget does not come back")
        }
        let rows = try await store.database.read { try $0.rows("SELECT user FROM usage", []) { $0.text(0) } }
        #expect(rows.count == 1 && rows.allSatisfy { !$0.contains("ana") })
        #expect(try await store.cost(of: bench.course, since: Timestamp(milliseconds: 0)) == 3)
        #expect(try await store.counts(of: UserID("bia"), in: bench.course, [UsageFilter()]) == [0])
    }

    @Test func anotherCourseOfTheNameBeginsWithNothing() async throws {
        let (bench, store) = try UsageBench.sqlite()
        let done = try await bench.ask()
        try await bench.finish(bench.answer(costing: 3))
        let dead = try await bench.ask()
        try await bench.finish(.failed(JobFailure(.llmUnavailable)))
        let open = try await bench.ask()
        let ended = try await store.erase(bench.course)
        #expect(ended == [open.jobID])
        #expect(try await store.record(job: open.jobID)?.status == .failed)
        #expect(try await store.deadLetters(after: nil, limit: 9).items.isEmpty)
        #expect(try await store.deadLetter(dead.jobID) == nil)
        #expect(try await bench.count() == 0)
        #expect(try await store.cost(of: bench.course, since: Timestamp(milliseconds: 0)) == 0)
        #expect(try await store.depth() == 0)
        // What somebody asked is theirs.
        #expect(try await store.conversation(done.conversationID, user: UserID("ana")) != nil)
    }

    @Test func erasureLeavesTheFileDeletingAsItDid() async throws {
        let store = try UsageBench.sqlite().store
        for former in ["ON", "OFF", "FAST"] {
            func mode() async throws -> Int? {
                try await store.database.write { try $0.row("PRAGMA secure_delete") { $0.int(0) } }
            }
            try await store.database.write { try $0.execute("PRAGMA secure_delete = \(former)") }
            let before = try await mode()
            _ = try await store.erase(UserID("ana"))
            #expect(try await mode() == before, "\(former)")
        }
    }
}
