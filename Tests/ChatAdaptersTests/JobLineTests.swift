import ChatService
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// Order within a conversation, fairness between users.
@Suite("Order and fairness", .timeLimit(.minutes(10)))
struct JobLineTests {
    private let visibility = Duration.seconds(30)
    private let failed = JobOutcome.failed(JobFailure(.internalError))

    private func limits(activePerUser: Int) -> JobLimits {
        var limits = JobLimits()
        limits.activePerUser = activePerUser
        return limits
    }

    /// Leases the next question and tells which it is.
    private func next(_ store: any ChatStore) async throws -> String? {
        try await store.lease(for: visibility).map(\.job.id)
    }

    @Test("One student's 500 questions do not delay another's one", arguments: StoreKind.durable)
    func fairness(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind, limits: limits(activePerUser: 2))
        let (store, question) = (test.store, try test.question())
        let asked = kind == .sqlite ? 500 : kind == .cloud ? 100 : 30
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<asked { group.addTask { _ = try await store.accept(question) } }
            try await group.waitForAll()
        }
        test.time.advance(by: .milliseconds(1))
        let other = try await test.store.accept(test.question(user: UserID("other"))).jobID
        var before = 0
        while let lease = try await test.store.lease(for: visibility), lease.job.id != other {
            before += 1
            test.time.advance(by: .milliseconds(1))
            #expect(try await test.store.finish(lease, with: failed))
        }
        #expect(before == 2)
        #expect(try await test.store.depth() == asked - 1)
    }

    @Test("A question waits for the one before it in its conversation, retries included", arguments: StoreKind.durable)
    func conversationOrder(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind, limits: limits(activePerUser: 10))
        let first = try await test.store.accept(test.question())
        let second = try await test.store.accept(test.question(conversation: first.conversationID))
        let third = try await test.store.accept(test.question(conversation: first.conversationID))
        let lease = try #require(try await test.store.lease(for: visibility))
        #expect(lease.job.id == first.jobID)
        #expect(try await test.store.retry(lease, after: .seconds(5), because: "timeout"))
        #expect(try await test.store.lease(for: visibility) == nil)
        #expect(try await test.store.record(job: second.jobID)?.status == .queued)
        test.time.advance(by: .seconds(5))
        let again = try #require(try await test.store.lease(for: visibility))
        #expect(again.job.id == first.jobID && again.attempt == 2)
        #expect(try await test.store.finish(again, with: failed))
        // A parked one may be cancelled; the next then follows.
        #expect(try await next(test.store) == second.jobID)
        #expect(try await test.store.lease(for: visibility) == nil)
        #expect(try await test.store.end(job: second.jobID, with: JobFailure(.cancelled)))
        #expect(try await next(test.store) == third.jobID)
    }

    @Test("Whoever steps into the line wakes a worker", arguments: StoreKind.durable)
    func waking(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind, limits: limits(activePerUser: 1))
        let store = test.store
        let first = try await store.accept(test.question())
        let second = try await store.accept(test.question())
        let third = try await store.accept(test.question(conversation: second.conversationID))
        #expect(try await next(store) == first.jobID)
        // The wake-ups of the three arrivals are used up; in the cloud only those in the line are told of.
        if !kind.isCloud { for _ in 0..<3 { await store.waitForWork(within: .seconds(3600)) } }
        let waiting = Task { await store.waitForWork(within: .seconds(3600)) }
        #expect(try await store.end(job: first.jobID, with: JobFailure(.cancelled)))
        await waiting.value
        #expect(try await next(store) == second.jobID)
        let fourth: Accepted
        if kind.isCloud {
            fourth = try await store.accept(test.question())
        } else {
            let deleting = Task { await store.waitForWork(within: .seconds(3600)) }
            fourth = try await store.accept(test.question())
            await deleting.value
        }
        let last = Task { await store.waitForWork(within: .seconds(3600)) }
        #expect(try await store.delete(second.conversationID, user: .local) == [second.jobID, third.jobID])
        await last.value
        #expect(try await next(store) == fourth.jobID)
    }

    @Test("A parked question has the same deadline", arguments: StoreKind.durable)
    func deadline(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind, limits: limits(activePerUser: 1))
        _ = try await test.store.accept(test.question())
        let parked = try await test.store.accept(test.question())
        test.time.advance(by: .seconds(290))
        #expect(try await test.store.overdue(limit: 10).map(\.id).contains(parked.jobID))
        #expect(try await test.store.end(job: parked.jobID, with: JobFailure(.deadlineExceeded)))
    }

    @Test("Documents are never parked", arguments: StoreKind.durable)
    func documents(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind, limits: limits(activePerUser: 1))
        for number in 0..<3 {
            _ = try await test.store.accept(
                DocumentSubmission(
                    user: .local, course: try CourseID("algoritmos"),
                    document: UploadedDocument(
                        documentID: "d\(number)", name: "\(number).pdf", contentHash: "h", byteCount: 1),
                    traceID: "t"))
        }
        for _ in 0..<3 { #expect(try await test.store.lease(.document, for: visibility) != nil) }
    }

    @Test("Another limit holds from the next start on, for what is open already", arguments: [1, 3])
    func otherLimit(after: Int) async throws {
        let (folder, time) = (try TemporaryFolder(), ManualTime())
        let path = folder.file("gepeto.sqlite")
        let first = try SQLiteChatStore(path: path, limits: limits(activePerUser: 2), time: time)
        let submission = Submission(
            user: .local, message: "?", course: try CourseID("algoritmos"), traceID: "t")
        for _ in 0..<5 { _ = try await first.accept(submission) }
        await first.close()
        let second = try SQLiteChatStore(path: path, limits: limits(activePerUser: after), time: time)
        var leased = 0
        while try await second.lease(for: visibility) != nil { leased += 1 }
        #expect(leased == after)
    }

    @Test("A clock that is set neither ends nor freezes what waits")
    func clockSet() async throws {
        let (folder, time) = (try TemporaryFolder(), ManualTime())
        let path = folder.file("gepeto.sqlite")
        let submission = Submission(
            user: .local, message: "?", course: try CourseID("algoritmos"), traceID: "t")
        var store = try SQLiteChatStore(path: path, time: time)
        let accepted = try await store.accept(submission)
        // Under way: nothing notices.
        for jump in [Duration.seconds(3600), .seconds(-7200)] {
            time.setWallClock(by: jump)
            #expect(try await store.overdue(limit: 10).isEmpty)
            let lease = try #require(try await store.lease(for: visibility))
            #expect(lease.job.id == accepted.jobID)
            #expect(try await store.retry(lease, after: .zero, because: "timeout"))
        }
        let lease = try #require(try await store.lease(for: visibility))
        #expect(try await store.retry(lease, after: .seconds(600), because: "timeout"))
        // Set back by two hours while the process is down: deadline and next try would be two hours away.
        await store.close()
        time.setWallClock(by: .seconds(-7200))
        time.restart()
        store = try SQLiteChatStore(path: path, time: time)
        let again = try #require(try await store.lease(for: visibility))
        #expect(again.job.deadline == time.steady + .seconds(290))
        time.advance(by: .seconds(290))
        #expect(try await store.overdue(limit: 10).map(\.id) == [accepted.jobID])
    }

    @Test("The next job is found by the index, without sorting")
    func plan() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"))
        let plan = try await store.database.read { connection in
            try connection.rows("EXPLAIN QUERY PLAN \(SQLiteChatStore.nextDue)", [0, 1, "question"]) { $0.text(3) }
        }
        #expect(plan.first == "SEARCH job USING INDEX job_due (kind=? AND due_at<?)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") })
    }
}
