import ChatService
import Support
import Testing

/// What every `JobQueue` promises.
@Suite("Job queue", .timeLimit(.minutes(10)))
struct JobQueueTests {
    private let visibility = Duration.seconds(30)

    @Test("The oldest job first, each to one worker", arguments: StoreKind.durable)
    func order(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        var expected: [String] = []
        for number in 0..<3 {
            expected.append(try await test.store.accept(test.question(user: UserID("u\(number)"))).jobID)
            test.time.advance(by: .milliseconds(1))
        }
        var leased: [String] = []
        while let lease = try await test.store.lease(for: visibility) {
            #expect(lease.attempt == 1 && lease.tries == 1)
            leased.append(lease.job.id)
        }
        #expect(leased == expected)
    }

    @Test("Eight workers at once never share a job", arguments: StoreKind.durable)
    func contention(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        for number in 0..<40 { _ = try await test.store.accept(test.question(user: UserID("u\(number)"))) }
        let store = test.store
        let leased = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var mine: [String] = []
                    while let lease = try await store.lease(for: .seconds(30)) { mine.append(lease.job.id) }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(leased.count == 40 && Set(leased).count == 40)
    }

    @Test(
        "A lease that runs out goes to the next worker, and the first can do nothing more",
        arguments: StoreKind.everywhere)
    func fencing(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        _ = try await test.store.accept(test.question())
        let first = try #require(try await test.store.lease(for: visibility))
        test.time.advance(by: .seconds(29))
        #expect(try await test.store.lease(for: visibility) == nil)
        test.time.advance(by: .seconds(1))
        let second = try #require(try await test.store.lease(for: visibility))
        #expect(second.attempt == 2 && second.tries == 2 && second.token != first.token)
        #expect(try await test.store.renew(first, for: visibility) == false)
        #expect(try await test.store.retry(first, after: .zero, because: "x") == false)
        #expect(try await test.store.release(first) == false)
        #expect(try await test.store.finish(first, with: .failed(JobFailure(.internalError))) == false)
        #expect(try await test.store.renew(second, for: visibility))
    }

    @Test("Renewing keeps the job", arguments: StoreKind.durable)
    func renewal(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        _ = try await test.store.accept(test.question())
        let lease = try #require(try await test.store.lease(for: visibility))
        for _ in 0..<5 {
            test.time.advance(by: .seconds(20))
            #expect(try await test.store.renew(lease, for: visibility))
            #expect(try await test.store.lease(for: visibility) == nil)
        }
    }

    @Test(
        "A retry is due after its delay and counts; a release is due at once and does not",
        arguments: StoreKind.everywhere)
    func givingBack(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(test.question())
        let first = try #require(try await test.store.lease(for: visibility))
        #expect(try await test.store.retry(first, after: .seconds(2), because: "timeout"))
        #expect(try await test.store.record(job: accepted.jobID)?.status == .retrying)
        #expect(try await test.store.lease(for: visibility) == nil)
        test.time.advance(by: .seconds(2))
        let second = try #require(try await test.store.lease(for: visibility))
        #expect(second.attempt == 2 && second.tries == 2)
        #expect(try await test.store.release(second))
        let third = try #require(try await test.store.lease(for: visibility))
        #expect(third.attempt == 3 && third.tries == 2)
    }

    @Test("A job whose last try died is not tried again but reported", arguments: StoreKind.durable)
    func exhaustion(kind: StoreKind) async throws {
        var limits = JobLimits()
        limits.tries = 2
        let test = try StoreUnderTest(kind, limits: limits)
        let accepted = try await test.store.accept(test.question())
        for _ in 0..<2 {
            #expect(try await test.store.lease(for: visibility) != nil)
            #expect(try await test.store.overdue(limit: 10).isEmpty)
            test.time.advance(by: visibility)
        }
        #expect(try await test.store.lease(for: visibility) == nil)
        #expect(try await test.store.overdue(limit: 10).map(\.id) == [accepted.jobID])
    }

    @Test("A job past its deadline is not leased but reported", arguments: StoreKind.everywhere)
    func deadline(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await test.store.accept(test.question())
        test.time.advance(by: .seconds(290))
        #expect(try await test.store.lease(for: visibility) == nil)
        let overdue = try await test.store.overdue(limit: 10)
        #expect(overdue == [OverdueJob(id: accepted.jobID, failure: JobFailure(.deadlineExceeded))])
    }

    @Test("An arrival wakes a waiting worker at once", arguments: StoreKind.everywhere)
    func waking(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let store = test.store
        let waiting = Task { await store.waitForWork(within: .seconds(3600)) }
        _ = try await store.accept(test.question())
        // Returns without the clock being wound, also when the job came before the wait began.
        await waiting.value
        #expect(try await store.lease(for: visibility) != nil)
    }

    @Test("Waiting ends with the patience and with the task", arguments: StoreKind.durable)
    func patience(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let store = test.store
        let waiting = Task { await store.waitForWork(within: .seconds(1)) }
        await test.time.untilSleeping(1)
        test.time.advance(by: .seconds(1))
        await waiting.value
        let cancelled = Task { await store.waitForWork(within: .seconds(3600)) }
        cancelled.cancel()
        await cancelled.value
    }
}
