import ChatAdapters
import ChatService
import Support
import TestSupport
import Testing

@Suite("Sweeper and restart", .timeLimit(.minutes(10)))
struct SweeperTests {
    @Test("A job no worker ever took ends at its deadline")
    func neverLeased() async throws {
        let house = try ChatHouse()
        let accepted = try await house.ask()
        house.time.advance(by: .seconds(289))
        await house.sweeper.sweep(pruning: false)
        #expect(try await house.store.record(job: accepted.jobID)?.status == .queued)
        house.time.advance(by: .seconds(1))
        await house.sweeper.sweep(pruning: false)
        let story = try await house.story(accepted)
        #expect(story.failure?.code == .deadlineExceeded)
        #expect(story.count == 2)
    }

    @Test("A backlog that is due in the same second ends and is told in one round")
    func allAtOnce() async throws {
        let house = try ChatHouse()
        var accepted: [Accepted] = []
        for _ in 0..<205 { accepted.append(try await house.ask()) }
        house.time.advance(by: .seconds(290))
        await house.sweeper.sweep(pruning: false)
        #expect(try await house.store.overdue(limit: 1).isEmpty)
        #expect(try await house.store.unpublished(limit: 1).isEmpty)
        for job in accepted {
            let record = try #require(try await house.store.record(job: job.jobID))
            #expect(record.status == .failed && record.publishedSeq == 2)
        }
    }

    @Test("Ends that were left behind are told in the order of their session")
    func leftoversInOrder() async throws {
        let house = try ChatHouse()
        let first = try await house.ask("1")
        var jobs = [first]
        for number in 2...5 {
            jobs.append(
                try await house.ask("\(number)", conversation: first.conversationID, session: first.sessionID))
        }
        for job in jobs { #expect(try await house.store.end(job: job.jobID, with: JobFailure(.internalError))) }
        await house.sweeper.sweep(pruning: false)
        var told: [Int64] = []
        for job in jobs { told.append(try #require(try await house.store.record(job: job.jobID)?.publishedSeq)) }
        #expect(told == [6, 7, 8, 9, 10])
    }

    @Test("A job whose every worker died ends as dead, with an event")
    func killedWorkers() async throws {
        let house = try ChatHouse()
        let accepted = try await house.ask()
        for _ in 0..<5 {
            #expect(try await house.store.lease(for: .seconds(30)) != nil)
            house.time.advance(by: .seconds(30))
        }
        await house.sweeper.sweep(pruning: false)
        let failure = try await house.story(accepted).failure
        #expect(failure?.code == .internalError && failure?.details.cause == "lease_expired")
        #expect(try await house.store.deadLetters().map(\.job) == [accepted.jobID])
    }

    @Test("The service sweeps at once, every second, and ends when asked")
    func service() async throws {
        let house = try ChatHouse()
        let accepted = try await house.ask()
        let sweeper = house.sweeper
        let run = Task { try await sweeper.run() }
        await house.time.untilSleeping(1)
        house.time.advance(by: .seconds(290))
        #expect(try await house.story(accepted).failure?.code == .deadlineExceeded)
        await sweeper.shutDown()
        try await run.value
    }

    @Test("Killed with a job in the queue: it runs after the restart, and its end is told once")
    func killedBeforeWork() async throws {
        let folder = try TemporaryFolder()
        let accepted = try await Self.inDoomedHouse(folder) { try await $0.ask() }
        let house = try ChatHouse(folder: folder)
        let story = try await house.working(ScriptedAnswering()) { try await house.story(accepted) }
        #expect(story.completion?.answer.content == "Answer to: O que é recursão?")
        #expect(story.filter { $0.event.isTerminal }.count == 1)
    }

    @Test("Killed while answering: the restarted process answers at once, and the try counts")
    func killedAtWork() async throws {
        let folder = try TemporaryFolder()
        let accepted = try await Self.inDoomedHouse(folder) { house in
            let accepted = try await house.ask()
            _ = try await house.store.lease(for: .seconds(30))
            return accepted
        }
        let house = try ChatHouse(folder: folder)
        let lease = try #require(try await house.store.lease(for: .seconds(30)))
        #expect(lease.attempt == 2 && lease.tries == 2)
        #expect(try await house.store.release(lease))
        let story = try await house.working(ScriptedAnswering()) { try await house.story(accepted) }
        #expect(story.completion != nil)
    }

    @Test("A second process on the same data is refused with a sentence")
    func oneProcess() async throws {
        let house = try ChatHouse()
        let error = #expect(throws: StoreInUse.self) { try ChatHouse(folder: house.folder) }
        #expect(error?.label == "store_in_use")
        #expect(error?.description.contains("stop it first") == true)
        // The first goes on as if nothing had been.
        try await house.ask()
        await house.store.close()
        let next = try ChatHouse(folder: house.folder)
        #expect(try await next.store.depth() == 1)
    }

    @Test("Killed between commit and telling: the sweeper tells, once")
    func killedBeforePublishing() async throws {
        let folder = try TemporaryFolder()
        let accepted = try await Self.inDoomedHouse(folder) { house in
            let accepted = try await house.ask()
            guard let lease = try await house.store.lease(for: .seconds(30)) else { return accepted }
            let answer = ScriptedAnswering.answer(to: "committed")
            #expect(try await house.store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
            return accepted
        }
        let house = try ChatHouse(folder: folder)
        for _ in 0..<3 { await house.sweeper.sweep(pruning: true) }
        let story = try await house.story(accepted, after: 1)
        #expect(story.count == 1 && story.completion?.answer.content == "Answer to: committed")
        var rest = try #require(try await house.store.subscribe(to: accepted.sessionID, after: story[0].seq))
        #expect(try await rest.next(within: .zero).isEmpty)
    }

    /// A process that is gone after `body`: its store is closed in the middle of everything.
    private static func inDoomedHouse(_ folder: TemporaryFolder, _ body: (ChatHouse) async throws -> Accepted)
        async throws -> Accepted
    {
        let house = try ChatHouse(folder: folder)
        let accepted = try await body(house)
        await house.store.close()
        return accepted
    }
}
