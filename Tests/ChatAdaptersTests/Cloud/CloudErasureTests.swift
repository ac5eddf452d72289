import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What students wrote and were answered is in no item any more once it was deleted, however old it is and whether it was
/// told or not; the table in memory deletes nothing by `ttl`, as DynamoDB does not for days.
@Suite("Erasure in the cloud", .timeLimit(.minutes(5)))
struct CloudErasureTests {
    private static let day = Duration.seconds(24 * 3600)

    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let table = MemoryTable()
    private let sessions: SQLiteChatStore
    private let ana = UserID("ana")

    init() throws {
        folder = try TemporaryFolder()
        sessions = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
    }

    private func process(retention: Duration? = nil) -> CloudChatStore {
        CloudChatStore(
            table: table, questions: MemoryMessages(time: time), documents: MemoryMessages(time: time),
            sessions: sessions, retention: retention, time: time)
    }

    private func ask(_ store: CloudChatStore) async throws -> Accepted {
        var question = Submission(user: ana, message: "O que é recursão?", course: try CourseID("alg"), traceID: "t")
        question.given = [Turn(role: .user, content: "sent along")]
        return try await store.accept(question)
    }

    private var answer: JobOutcome {
        .answered(ScriptedAnswering.answer(to: "?"), messageID: RandomIdentifier.make())
    }

    private func finish(_ store: CloudChatStore, with outcome: JobOutcome, telling: Bool = true) async throws {
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(lease.job.task.question?.given?.count == 1)
        #expect(try await store.finish(lease, with: outcome))
        if telling { try await store.published(job: lease.job.id, seq: 1) }
    }

    /// Places of what is left of jobs.
    private var left: [String] {
        table.all.map(\.key).filter { $0.pk.hasPrefix("JOB#") || $0.pk == ChatKey.letters }.map(\.sk).sorted()
    }

    enum Deletion: CaseIterable { case conversation, account }

    private func delete(_ deletion: Deletion, _ accepted: Accepted, in store: CloudChatStore) async throws {
        switch deletion {
        case .conversation: #expect(try await store.delete(accepted.conversationID, user: ana) == [])
        case .account: #expect(try await store.erase(ana) == [])
        }
    }

    @Test(
        "An answer goes with its conversation or account, also after its job's time", arguments: Deletion.allCases,
        [0, 10])
    func old(deletion: Deletion, days: Int) async throws {
        let store = process()
        let accepted = try await ask(store)
        try await finish(store, with: answer)
        #expect(left == ["END", "GIVEN#0", "JOB"])
        time.advance(by: Self.day * days)
        try await delete(deletion, accepted, in: store)
        #expect(left == [])
    }

    @Test("Also when DynamoDB has deleted the job itself")
    func jobIsGone() async throws {
        let store = process()
        let accepted = try await ask(store)
        try await finish(store, with: answer)
        table.remove(ChatKey.job(accepted.jobID))
        try await delete(.conversation, accepted, in: store)
        #expect(left == [])
    }

    @Test("What failed before the question was asked again goes as well", arguments: Deletion.allCases)
    func redriven(deletion: Deletion) async throws {
        let store = process()
        let accepted = try await ask(store)
        try await finish(store, with: .failed(JobFailure(.llmUnavailable)))
        _ = try await store.redrive(accepted.jobID)
        try await finish(store, with: answer)
        try await delete(deletion, accepted, in: store)
        #expect(left == [])
    }

    @Test("An answer that nobody was told of yet goes when it is told", arguments: Deletion.allCases)
    func untold(deletion: Deletion) async throws {
        let store = process()
        let accepted = try await ask(store)
        try await finish(store, with: answer, telling: false)
        try await delete(deletion, accepted, in: store)
        #expect(left == ["END", "JOB"])
        #expect(try await store.unpublished(job: accepted.jobID) != nil)
        try await store.published(job: accepted.jobID, seq: 2)
        #expect(left == ["JOB"], "for whoever told of it, an hour long")
        time.advance(by: .seconds(3601))
        #expect(try await store.record(job: accepted.jobID) == nil)
        let names = table.all.flatMap { $0.values }.filter { $0 == .s("ana") || $0 == .s("USER#ana") }
        if deletion == .account { #expect(names == []) }
    }

    @Test("Texts are kept for no longer than their jobs")
    func age() async throws {
        let store = process()
        _ = try await ask(store)
        try await finish(store, with: answer)
        let ends = table.all.filter { $0.key.pk.hasPrefix("JOB#") }.map { $0.int64("ttl") ?? .max }
        #expect(ends.count == 3 && ends.allSatisfy { $0 <= (time.now + Self.day * 7).seconds })
    }

    @Test("Old conversations are found however long nobody looked for them, some days at each call")
    func veryOld() async throws {
        let store = process(retention: Self.day * 180)
        let open = try await store.createConversation(user: ana, course: try CourseID("alg"), title: "old")
        time.advance(by: Self.day * 300)
        let other = try await store.createConversation(user: ana, course: try CourseID("alg"), title: "later")
        time.advance(by: Self.day * 300)
        let young = try await store.createConversation(user: ana, course: try CourseID("alg"), title: "young")
        func kept() async throws -> [String] {
            try await store.conversations(user: ana, after: nil, limit: 9).items.map(\.id)
        }
        #expect(try await Set(kept()) == [open.id, other.id, young.id])
        for _ in 0..<40 {
            let before = table.reads
            try await process(retention: Self.day * 180).prune()
            #expect(table.reads - before < 400, "each call is bounded")
        }
        #expect(try await kept() == [young.id])
        // From then on each call looks at the last day alone, and goes on with the days.
        let before = table.reads
        try await store.prune()
        #expect(table.reads - before < 5)
        time.advance(by: Self.day * 200)
        for _ in 0..<3 { try await store.prune() }
        #expect(try await kept() == [])
    }
}
