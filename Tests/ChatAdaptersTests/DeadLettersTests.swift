import ChatAdapters
import ChatService
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// The stores themselves, and what another process does beside SQLite's.
enum LetterDoor: CaseIterable { case store, aside, cloud }

/// One store, and questions that die in it.
private final class LetterBench {
    let test: StoreUnderTest
    let door: LetterDoor
    var store: any ChatStore { test.store }
    var time: ManualTime { test.time }

    init(_ door: LetterDoor, _ limits: JobLimits = JobLimits()) throws {
        self.door = door
        test = try StoreUnderTest(door == .cloud ? .cloud : .sqlite, limits: limits)
    }

    var letters: any DeadLetters { door == .aside ? aside : store }
    var aside: any DeadLetters {
        SQLiteDeadLetters(path: test.folder.file("gepeto.sqlite"), limits: test.limits, time: time)
    }

    func ask(
        _ text: String = "O que é recursão?", conversation: String? = nil, session: String? = nil
    ) async throws -> Accepted {
        try await store.accept(
            Submission(
                user: UserID("ana"), message: text, course: try CourseID("algoritmos"), mode: .hint, traceID: "trace",
                conversationID: conversation, sessionID: session))
    }

    /// Leases the job that is next and lets it fail for good, or succeed.
    @discardableResult
    func work(_ outcome: JobOutcome = .failed(JobFailure(.llmUnavailable, cause: "refused"))) async throws
        -> Job
    {
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(try await store.finish(lease, with: outcome))
        await TerminalPublisher(ledger: store, sessions: store, log: .silent).publish(job: lease.job.id)
        return lease.job
    }

    func die(_ text: String = "O que é recursão?") async throws -> Accepted {
        let accepted = try await ask(text)
        try await work()
        return accepted
    }

    static var answer: JobOutcome {
        .answered(
            Answer(
                content: "Uma função que chama a si mesma.", citations: [], grounded: true,
                metadata: AnswerMetadata(model: "m", provider: "p", latencyMs: 1)), messageID: RandomIdentifier.make())
    }
}

/// Questions that failed for good: kept, shown without their text, asked again once.
@Suite("Dead letters", .timeLimit(.minutes(10)))
struct DeadLettersTests {
    @Test(
        "A letter says all but the text in the list, and the text when it is looked at", arguments: LetterDoor.allCases)
    func listAndShow(_ door: LetterDoor) async throws {
        let bench = try LetterBench(door)
        let dead = try await bench.die()
        let letters = bench.letters
        let page = try await letters.deadLetters(after: nil, limit: 10)
        let listed = try #require(page.items.first)
        #expect(page.items.count == 1 && page.next == nil)
        #expect(listed.id == dead.jobID && listed.code == .llmUnavailable && listed.cause == "refused")
        #expect(listed.failures == ["refused"] && listed.tries == 1 && listed.redrivenAs == nil)
        #expect(listed.job.user == UserID("ana") && listed.job.course.name == "algoritmos")
        #expect(listed.job.task.question?.text == "" && listed.job.task.question?.mode == .hint)
        #expect(listed.job.acceptedAt == dead.acceptedAt && listed.diedAt == bench.time.now)
        let shown = try #require(try await letters.deadLetter(dead.jobID))
        #expect(shown.job.task.question?.text == "O que é recursão?")
        #expect(try await letters.deadLetter(RandomIdentifier.make()) == nil)
    }

    @Test("The list is paged, the last one first, also where several died at once", arguments: LetterDoor.allCases)
    func paging(_ door: LetterDoor) async throws {
        let bench = try LetterBench(door)
        var died: [String] = []
        for number in 0..<7 {
            died.append(try await bench.die("\(number)?").jobID)
            if number % 3 == 2 { bench.time.advance(by: .seconds(1)) }
        }
        let letters = bench.letters
        var (seen, next): ([DeadLetter], PageCursor?) = ([], nil)
        repeat {
            let page = try await letters.deadLetters(after: next, limit: 2)
            #expect(page.items.count <= 2)
            seen += page.items
            next = page.next
        } while next != nil
        #expect(Set(seen.map(\.id)) == Set(died) && seen.count == died.count)
        #expect(seen.map(\.diedAt) == seen.map(\.diedAt).sorted(by: >))
    }

    @Test(
        "A redriven question is answered in its conversation, stands there once, and is told",
        arguments: LetterDoor.allCases)
    func redrive(_ door: LetterDoor) async throws {
        let bench = try LetterBench(door)
        let dead = try await bench.die()
        let later = try await bench.ask("E uma pilha?", conversation: dead.conversationID, session: dead.sessionID)
        try await bench.work(LetterBench.answer)
        bench.time.advance(by: .seconds(600))

        let again = try await bench.letters.redrive(dead.jobID)
        #expect(again.conversationID == dead.conversationID && again.sessionID == dead.sessionID)
        #expect(again.traceID == dead.traceID && again.jobID != dead.jobID && again.acceptedAt == bench.time.now)
        let job = try await bench.work(LetterBench.answer)
        #expect(
            job.id == again.jobID && job.redriveOf == dead.jobID
                && job.deadline == bench.time.now + JobLimits().deadline)
        #expect(job.task.question?.text == "O que é recursão?" && job.task.question?.mode == .hint)

        let messages = try #require(
            try await bench.store.messages(of: dead.conversationID, user: UserID("ana"), after: nil, limit: 10)
        ).items
        #expect(messages.map(\.jobID) == [later.jobID, later.jobID, again.jobID, again.jobID])
        #expect(messages.map(\.role) == [.user, .assistant, .user, .assistant])
        #expect(messages[2].content == "O que é recursão?")
        // The student hears of it where they asked.
        var subscription = try #require(try await bench.store.subscribe(to: dead.sessionID, after: nil))
        let told = try await subscription.next(within: .zero)
        #expect(told.filter { $0.jobID == again.jobID && $0.isTerminal }.count == 1)
        #expect(told.map(\.seq) == Array(1...Int64(told.count)))
        if door != .aside { #expect(told.contains { $0.jobID == again.jobID && $0.kind == .status }) }
        #expect(try await bench.store.record(job: dead.jobID)?.status == .failed)
        #expect(try await bench.store.record(job: again.jobID)?.job.redriveOf == dead.jobID)
    }

    @Test("A letter is redriven once; when the new job dies too, that one is redriven", arguments: LetterDoor.allCases)
    func chain(_ door: LetterDoor) async throws {
        let bench = try LetterBench(door)
        let dead = try await bench.die()
        let letters = bench.letters
        let second = try await letters.redrive(dead.jobID)
        await #expect(throws: DeadLetterError.redriven(as: second.jobID)) { try await letters.redrive(dead.jobID) }
        #expect(try await letters.deadLetter(dead.jobID)?.redrivenAs == second.jobID)
        try await bench.work()
        let third = try await letters.redrive(dead.jobID)
        #expect(try await bench.store.record(job: third.jobID)?.job.redriveOf == second.jobID)
        try await bench.work(LetterBench.answer)
        await #expect(throws: DeadLetterError.redriven(as: third.jobID)) { try await letters.redrive(second.jobID) }
        #expect(try await bench.store.depth() == 0)
    }

    @Test("A session that is gone does not keep the answer from the conversation", arguments: LetterDoor.allCases)
    func withoutSession(_ door: LetterDoor) async throws {
        let bench = try LetterBench(door)
        let dead = try await bench.die()
        try await bench.test.sqlite.database.write { _ = try $0.run("DELETE FROM session") }
        try await bench.test.reopen()
        let (letters, reopened) = (bench.letters, bench.test.store)
        let again = try await letters.redrive(dead.jobID)
        let lease = try #require(try await reopened.lease(for: .seconds(30)))
        #expect(lease.job.id == again.jobID)
        #expect(try await reopened.finish(lease, with: LetterBench.answer))
        await TerminalPublisher(ledger: reopened, sessions: reopened, log: .silent).publish(job: again.jobID)
        #expect(try await reopened.unpublished(limit: 10).isEmpty)
        let messages = try await reopened.messages(of: dead.conversationID, user: UserID("ana"), after: nil, limit: 10)
        #expect(messages?.items.count == 2)
    }

    @Test("A conversation that was deleted, and an unknown id, are said", arguments: LetterDoor.allCases)
    func gone(_ door: LetterDoor) async throws {
        let bench = try LetterBench(door)
        let letters = bench.letters
        await #expect(throws: DeadLetterError.unknown) { try await letters.redrive(RandomIdentifier.make()) }
        // Deleted before the end was told: the letter is still there.
        let accepted = try await bench.ask()
        let lease = try #require(try await bench.store.lease(for: .seconds(30)))
        #expect(try await bench.store.finish(lease, with: .failed(JobFailure(.llmUnavailable))))
        _ = try await bench.store.delete(accepted.conversationID, user: UserID("ana"))
        #expect(try await letters.deadLetter(accepted.jobID)?.job.task.question?.text == "")
        await #expect(throws: DeadLetterError.conversationGone) { try await letters.redrive(accepted.jobID) }
        #expect(try await bench.store.depth() == 0)
        // Told before: the letter went with it.
        let told = try await bench.die()
        _ = try await bench.store.delete(told.conversationID, user: UserID("ana"))
        await #expect(throws: DeadLetterError.unknown) { try await letters.redrive(told.jobID) }
    }

    @Test("A full backlog takes no redrive, and nothing is half done", arguments: LetterDoor.allCases)
    func backlog(_ door: LetterDoor) async throws {
        var limits = JobLimits()
        limits.backlog = 1
        let bench = try LetterBench(door, limits)
        let small = bench.store
        let submission = Submission(user: .local, message: "a", course: try CourseID("c"), traceID: "t")
        let dead = try await small.accept(submission)
        #expect(try await small.end(job: dead.jobID, with: JobFailure(.deadlineExceeded)))
        let open = try await small.accept(submission)
        let letters = bench.letters
        await #expect(throws: IntakeError.backlogFull) { try await letters.redrive(dead.jobID) }
        #expect(try await letters.deadLetter(dead.jobID)?.redrivenAs == nil)
        #expect(try await small.end(job: open.jobID, with: JobFailure(.cancelled)))
        _ = try await letters.redrive(dead.jobID)
        #expect(try await small.depth() == 1)
    }

    @Test("Purging forgets letters, by id and by age, and nothing else", arguments: LetterDoor.allCases)
    func purge(_ door: LetterDoor) async throws {
        let bench = try LetterBench(door)
        let letters = bench.letters
        let old = try await bench.die("velha?")
        bench.time.advance(by: .seconds(3600))
        let (young, other) = (try await bench.die("nova?"), try await bench.die("outra?"))
        #expect(try await letters.purge([old.jobID, young.jobID], diedBefore: bench.time.now) == 1)
        #expect(try await letters.deadLetter(old.jobID) == nil)
        #expect(try await bench.store.record(job: old.jobID)?.status == .failed)
        #expect(try await letters.purge([RandomIdentifier.make()], diedBefore: nil) == 0)
        #expect(try await letters.purge([other.jobID], diedBefore: nil) == 1)
        #expect(try await letters.purge(nil, diedBefore: nil) == 1)
        #expect(try await letters.deadLetters(after: nil, limit: 10).items.isEmpty)
        let messages = try await bench.store.messages(
            of: young.conversationID, user: UserID("ana"), after: nil, limit: 10)
        #expect(messages?.items.map(\.content) == ["nova?"])
    }

    @Test("Of two redrives at once one wins")
    func race() async throws {
        let bench = try LetterBench(.store)
        let dead = try await bench.die()
        let letters = [bench.letters, bench.aside]
        let outcomes = await withTaskGroup(of: Result<Accepted, any Error>.self) { group in
            for number in 0..<8 {
                group.addTask {
                    do { return .success(try await letters[number % 2].redrive(dead.jobID)) } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let won = outcomes.compactMap { try? $0.get().jobID }
        #expect(won.count == 1)
        for case .failure(let error) in outcomes { #expect(error as? DeadLetterError == .redriven(as: won[0])) }
        #expect(try await bench.store.depth() == 1)
    }

    @Test("A file of an older version is left for the server to bring up to date")
    func olderVersion() async throws {
        let folder = try TemporaryFolder()
        let old = try ConnectionPool(
            path: folder.file("old.sqlite"), migrations: Array(ChatSchema.migrations.prefix(2)),
            applicationID: ChatSchema.applicationID)
        await old.close()
        let letters = SQLiteDeadLetters(path: folder.file("old.sqlite"))
        let reading = await #expect(throws: SQLiteError.self) { try await letters.deadLetters(after: nil, limit: 1) }
        #expect(reading?.kind == .olderVersion)
        let writing = await #expect(throws: SQLiteError.self) { try await letters.purge(nil, diedBefore: nil) }
        #expect(writing?.kind == .olderVersion)
    }
}
