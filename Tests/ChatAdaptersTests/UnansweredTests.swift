import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// Questions that were refused, listed for the staff beside a store that is in use.
@Suite("Unanswered questions", .timeLimit(.minutes(5)))
struct UnansweredTests {
    private let course: CourseID

    init() throws { course = try CourseID("algoritmos") }

    private func record(_ test: StoreUnderTest) -> any UnansweredRecord {
        test.store as? CloudChatStore ?? SQLiteUnanswered(path: test.folder.file("gepeto.sqlite"))
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
    private func ask(
        _ test: StoreUnderTest, _ text: String, course: CourseID? = nil, user: String = "ana", _ answer: Answer
    ) async throws
        -> Accepted
    {
        let accepted = try await test.store.accept(
            Submission(user: UserID(user), message: text, course: course ?? self.course, traceID: "t"))
        let lease = try #require(try await test.store.lease(for: .seconds(30)))
        #expect(try await test.store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
        test.time.advance(by: .seconds(1))
        return accepted
    }

    @Test(arguments: StoreKind.durable) func refusedQuestionsOfACourseTheLastFirst(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let start = test.time.now
        try await ask(test, "Qual é a capital da Mongólia?", refusal(0.01))
        try await ask(test, "Who won the cup?", user: "bia", refusal(nil))
        try await ask(test, "elsewhere", course: try CourseID("outro"), refusal(0.01))
        var answered = refusal(0.9)
        answered.metadata.provider = "extractive"
        try await ask(test, "answered, if badly", answered)
        let sections = ["Heaps", "Exams (page 4)"]
        let expected = [
            UnansweredQuestion(
                text: "Who won the cup?", askedAt: start + .seconds(1), evidence: nil, sections: sections),
            UnansweredQuestion(
                text: "Qual é a capital da Mongólia?", askedAt: start, evidence: 0.01, sections: sections),
        ]
        #expect(try await record(test).unanswered(in: course, limit: 10) == expected)
        #expect(try await record(test).unanswered(in: course, limit: 1) == [expected[0]])
        #expect(try await record(test).unanswered(in: CourseID("leer"), limit: 10).isEmpty)
    }

    @Test(arguments: StoreKind.durable) func whatAStudentDeletedIsGone(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let accepted = try await ask(test, "private?", refusal(0.02))
        #expect(try await record(test).unanswered(in: course, limit: 10).count == 1)
        _ = try await test.store.delete(accepted.conversationID, user: UserID("ana"))
        #expect(try await record(test).unanswered(in: course, limit: 10).isEmpty)
    }
}
