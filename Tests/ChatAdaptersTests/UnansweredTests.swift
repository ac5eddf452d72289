import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// Questions that were refused, listed for the staff beside a store that is in use.
@Suite("Unanswered questions", .timeLimit(.minutes(1)))
struct UnansweredTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let store: SQLiteChatStore
    private let record: SQLiteUnanswered
    private let course: CourseID

    init() throws {
        folder = try TemporaryFolder()
        store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
        record = SQLiteUnanswered(path: folder.file("gepeto.sqlite"))
        course = try CourseID("algoritmos")
    }

    private func refusal(_ evidence: Double?) -> Answer {
        Answer(
            content: "The course material does not cover this. The nearest sections are:\n\n- Heaps\n- Exams (page 4)",
            citations: [], grounded: false,
            metadata: AnswerMetadata(
                model: AnswerMetadata.noModel, provider: AnswerMetadata.noModel, evidence: evidence))
    }

    /// Asks, and ends the question with an answer.
    @discardableResult
    private func ask(_ text: String, course: CourseID? = nil, user: String = "ana", _ answer: Answer) async throws
        -> Accepted
    {
        let accepted = try await store.accept(
            Submission(user: UserID(user), message: text, course: course ?? self.course, traceID: "t"))
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(try await store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
        time.advance(by: .seconds(1))
        return accepted
    }

    @Test func refusedQuestionsOfACourseTheLastFirst() async throws {
        let start = time.now
        try await ask("Qual é a capital da Mongólia?", refusal(0.01))
        try await ask("Who won the cup?", user: "bia", refusal(nil))
        try await ask("elsewhere", course: try CourseID("outro"), refusal(0.01))
        var answered = refusal(0.9)
        answered.metadata.provider = "extractive"
        try await ask("answered, if badly", answered)
        let sections = ["Heaps", "Exams (page 4)"]
        let expected = [
            UnansweredQuestion(
                text: "Who won the cup?", askedAt: start + .seconds(1), evidence: nil, sections: sections),
            UnansweredQuestion(
                text: "Qual é a capital da Mongólia?", askedAt: start, evidence: 0.01, sections: sections),
        ]
        #expect(try await record.unanswered(in: course, limit: 10) == expected)
        #expect(try await record.unanswered(in: course, limit: 1) == [expected[0]])
        #expect(try await record.unanswered(in: CourseID("leer"), limit: 10).isEmpty)
    }

    @Test func whatAStudentDeletedIsGone() async throws {
        let accepted = try await ask("private?", refusal(0.02))
        #expect(try await record.unanswered(in: course, limit: 10).count == 1)
        _ = try await store.delete(accepted.conversationID, user: UserID("ana"))
        #expect(try await record.unanswered(in: course, limit: 10).isEmpty)
    }
}
