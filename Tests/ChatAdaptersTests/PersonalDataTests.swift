import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What every store and directory says of a person who wants to know.
@Suite("Personal data", .timeLimit(.minutes(10))) struct PersonalDataTests {
    /// The text of an export.
    private func text(_ part: any PersonalData, of user: UserID) async throws -> String {
        func encode(_ value: some Encodable) -> String { JSONText.encode(value) }
        return encode(try await part.export(of: user))
    }

    @Test("Questions, what became of them, and ratings; nobody else's", arguments: StoreKind.everywhere)
    func questions(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let part = QuestionsOfPerson(try #require(test.store as? any QuestionRecord))
        let ana = UserID("ana")
        let asked = try await test.store.accept(test.question(user: ana))
        let others = try await test.store.accept(test.question(user: UserID("bia")))
        let lease = try #require(try await test.store.lease(for: .seconds(30)))
        let (first, answer) = (lease.job.id == asked.jobID, RandomIdentifier.make())
        let said = Answer(
            content: "!", citations: [], grounded: false,
            metadata: AnswerMetadata(model: "m", provider: "p", costUsd: 0.25))
        #expect(try await test.store.finish(lease, with: .answered(said, messageID: answer)))
        let owner = first ? ana : UserID("bia")
        #expect(
            try await test.store.rate(message: answer, Rating(.bad, comment: "short"), user: owner))
        let told = try await text(part, of: owner)
        #expect(told.contains(#""comment":"short""#) && told.contains(#""messageId":"\#(answer)""#))
        #expect(told.contains(#""state":"completed""#) && told.contains(#""costUsd":0.25"#), "\(told)")
        #expect(told.contains(#""ratedAt":\#(test.time.now.seconds)"#))
        #expect(told.contains(first ? asked.jobID : others.jobID))
        #expect(!told.contains(first ? others.jobID : asked.jobID))
        let other = try await text(part, of: first ? UserID("bia") : ana)
        #expect(other.contains(#""counts":true"#) && !other.contains("short") && !other.contains("completed"))
    }

    @Test("Sign-ins, and what they did and was done to them; never who else it was", arguments: StoreKind.everywhere)
    func activity(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, ana) = (test.directory, UserID("ana"))
        let course = try CourseID("algoritmos")
        func note(_ action: String, _ actor: String, _ subject: String) async throws {
            try await directory.record(
                AuditEntry(
                    at: test.time.now, actor: UserID(actor), action: action, course: course, subject: subject))
        }
        try await note("password.reset", "rui", "ana")
        try await note("members.removed", "ana", "bia")
        try await note("course.deleted", "rui", "fisica")
        try await directory.begin(
            SignIn(id: "s", user: ana, tokenHash: "h", expires: test.time.now + .seconds(60)))
        test.time.advance(by: .seconds(5))
        _ = try await directory.renew("h", with: "i", until: test.time.now + .seconds(60))
        let activity = try await directory.activity(of: ana, most: 10)
        #expect(activity.trail.map(\.action) == ["members.removed", "password.reset"])
        #expect(activity.trail.map(\.byYou) == [true, false] && activity.trail.map(\.toYou) == [false, true])
        #expect(activity.signIns.map { $0.renewedAt - $0.begunAt } == [5])
        let told = try await text(ActivityOfPerson(directory), of: ana)
        #expect(!told.contains("rui") && !told.contains("bia"))
        #expect(try await directory.activity(of: ana, most: 1).trail.count == 1)
    }
}
