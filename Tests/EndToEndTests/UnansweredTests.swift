import ChatAdapters
import ChatService
import Foundation
import Support
import Testing

/// `gepeto unanswered`, beside a store that somebody has open.
@Suite struct UnansweredTests {
    private struct Listed: Decodable {
        struct Item: Decodable {
            let question: String
            let askedAt: Int
            let evidence: Double?
            let sections: [String]
        }

        let course: String
        let unanswered: [Item]
    }

    private let scratch: Scratch
    private let program: Program
    private let store: SQLiteChatStore

    init() throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
        // A course by its name: nothing here looks into it.
        try scratch.write("data/courses/c.sqlite", Data("x".utf8))
        store = try SQLiteChatStore(path: program.data + "/gepeto.sqlite")
    }

    private func refuse(_ text: String) async throws {
        _ = try await store.accept(
            Submission(user: UserID("ana"), message: text, course: try CourseID("c"), traceID: "t"))
        let lease = try #require(try await store.lease(for: .seconds(30)))
        let answer = Answer(
            content: "O material do curso não cobre isso. As seções mais próximas são:\n\n- Provas (página 4)",
            citations: [], grounded: false,
            metadata: AnswerMetadata(
                model: AnswerMetadata.noModel, provider: AnswerMetadata.noModel, evidence: 0.0123456))
        #expect(try await store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
    }

    @Test func staffReadWhatWasAskedButNotByWhom() async throws {
        let empty = await program.run("unanswered")
        #expect(empty.code == 0 && empty.output == "No question of 'c' was refused.\n")
        try await refuse("Qual é a capital\nda \u{1b}[31mMongólia?")
        let outcome = await program.run("unanswered", "--course", "c")
        #expect(outcome.code == 0)
        #expect(
            outcome.output.contains(
                "Qual é a capital da \u{fffd}[31mMongólia?  (evidence 0.012)\n    Provas (página 4)\n"))
        let json = await program.run("unanswered", "--json")
        let listed = try JSONDecoder().decode(Listed.self, from: Data(json.output.utf8))
        #expect(listed.course == "c" && listed.unanswered.count == 1)
        let item = try #require(listed.unanswered.first)
        #expect(item.sections == ["Provas (página 4)"] && item.evidence == 0.0123456 && item.askedAt > 1_700_000_000)
        #expect(!outcome.output.contains("ana") && !json.output.contains("\"ana\""))
    }

    @Test func wrongUsageIsExplained() async {
        await program.expect(["unanswered", "c"], code: 2, "it takes options only")
        await program.expect(["unanswered", "--limit", "0"], code: 2, "from 1 to 10000")
        let other = Program(data: scratch.path + "/other")
        await other.expect(["unanswered", "-c", "c"], code: 1, "there is no \(other.data)/gepeto.sqlite")
    }
}
