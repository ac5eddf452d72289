import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// Random histories over several processes at once, with a queue that repeats and mixes up, and a table that loses
/// answers: every question is answered once, those of a conversation in their order.
@Suite("Several processes in the cloud", .timeLimit(.minutes(5)))
struct CloudHistoryTests {
    private struct Asked: Sendable {
        let user: UserID
        let conversation: String
        let jobs: [String]
    }

    @Test("Each question ends once, in order, and the counters are right", arguments: 1...4)
    func histories(seed: Int) async throws {
        let (folder, time, table) = (try TemporaryFolder(), ManualTime(), MemoryTable())
        let questions = MemoryMessages(time: time)
        questions.repeatAll(2, mixing: true, seed: UInt64(seed))
        let sessions = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
        let random = Locked(LinearCongruential(seed: UInt64(seed)))
        table.befall { _, _ in
            random.withLock { random in
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<4: .unanswered
                case 4..<7: .repeated
                case 7..<10: .throttled
                case 10..<14: .conflict
                default: .normal
                }
            }
        }
        var limits = JobLimits()
        limits.tries = 1_000
        var parameters = CloudParameters()
        (parameters.sweepInterval, parameters.confirmation) = (.zero, .zero)
        (parameters.tries, parameters.doubts) = (200, 100)
        parameters.pauses = Backoff(base: .milliseconds(1), cap: .milliseconds(2))
        let stores = (0..<3).map { [limits, parameters] _ in
            CloudChatStore(
                table: table, questions: questions, documents: questions, sessions: sessions, limits: limits,
                parameters: parameters, time: time)
        }
        let course = try CourseID("algoritmos")
        let answered = Locked<[String]>([])
        let accepted = try await withThrowingTaskGroup(of: [Asked].self) { group in
            for user in 0..<4 {
                group.addTask {
                    var conversations: [Asked] = []
                    for number in 0..<2 {
                        var jobs: [String] = []
                        var conversation: String?
                        for _ in 0..<3 {
                            let told = try await stores[(user + number) % 3].accept(
                                Submission(
                                    user: UserID("u\(user)"), message: "?", course: course, traceID: "t",
                                    conversationID: conversation))
                            conversation = told.conversationID
                            jobs.append(told.jobID)
                        }
                        conversations.append(
                            Asked(user: UserID("u\(user)"), conversation: conversation ?? "", jobs: jobs))
                    }
                    return conversations
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for _ in 0..<400 where answered.withLock({ $0.count }) < 24 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for store in stores {
                    group.addTask {
                        guard let lease = try await store.lease(for: .seconds(30)) else { return }
                        // Some workers die, some are slow.
                        if random.withLock({ Int.random(in: 0..<5, using: &$0) }) == 0 { return }
                        let outcome = JobOutcome.answered(
                            ScriptedAnswering.answer(to: "?"), messageID: RandomIdentifier.make())
                        if try await store.finish(lease, with: outcome) {
                            answered.withLock { $0.append(lease.job.id) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            time.advance(by: .seconds(1))
        }
        let order = answered.withLock { $0 }
        #expect(order.count == 24 && Set(order).count == 24)
        for asked in accepted {
            let page = try await stores[0].messages(of: asked.conversation, user: asked.user, after: nil, limit: 99)
            #expect(page?.items.filter { $0.role == .assistant }.map(\.jobID) == asked.jobs)
        }
        #expect(try await stores[0].depth() == 0)
        let figures = try await stores[1].days(0...100_000, of: course)
        #expect(figures.reduce(0) { $0 + $1.questions } == 24)
        let ends = try await stores[2].unpublished(limit: 100)
        #expect(Set(ends.map(\.jobID)) == Set(order) && ends.count == 24)
        #expect(table.largest <= 100)
    }
}
