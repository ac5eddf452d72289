import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What the store says of itself to `/metrics`.
@Suite("Store figures", .timeLimit(.minutes(10)))
struct FiguresTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let store: SQLiteChatStore

    init() throws {
        folder = try TemporaryFolder()
        store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
    }

    private func ask(_ user: String) async throws -> Accepted {
        try await store.accept(
            Submission(
                user: UserID(user), message: "O que é recursão?", course: try CourseID("algoritmos"), traceID: "trace"))
    }

    @Test("An empty store")
    func empty() async throws {
        let figures = try await store.figures()
        #expect(figures.lines.count == JobKind.allCases.count)
        #expect(figures.lines.values.allSatisfy { $0.open == 0 && $0.oldestWaiting == nil })
        #expect(figures.deadLetters == 0 && figures.unpublished == 0 && figures.sessionsInMemory == 0)
    }

    @Test("Jobs by state, the age of the oldest that waits, the dead, and what is not told yet")
    func filled() async throws {
        for user in ["a", "b", "c", "d"] {
            _ = try await ask(user)
            time.advance(by: .seconds(10))
        }
        let first = try #require(try await store.lease(for: .seconds(300)))
        let second = try #require(try await store.lease(for: .seconds(300)))
        #expect(try await store.finish(second, with: .failed(JobFailure(.internalError))))
        var figures = try await store.figures()
        var line = try #require(figures.lines[.question])
        #expect(line.waiting == 2 && line.leased == 1 && line.parked == 0 && line.open == 3)
        // The third was asked 20 s ago.
        #expect(line.oldestWaiting == .seconds(20))
        #expect(figures.deadLetters == 1 && figures.unpublished == 1 && figures.sessionsInMemory == 4)
        #expect(figures.lines[.document]?.open == 0)

        try await store.published(job: second.job.id, seq: 2)
        _ = try await store.retry(first, after: .seconds(5), because: "overloaded")
        figures = try await store.figures()
        line = try #require(figures.lines[.question])
        #expect(line.waiting == 3 && line.leased == 0 && line.oldestWaiting == .seconds(40))
        #expect(figures.unpublished == 0)
    }
}
