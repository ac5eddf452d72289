import ChatAdapters
import ChatService
import Foundation
import Support
import Testing

/// `gepeto dead-letters`, beside a store that somebody else has open and beside one that nobody has.
@Suite struct DeadLettersTests {
    private struct Listed: Decodable {
        struct Letter: Decodable {
            let jobId: String
            let user: String
            let code: String
            let redrivenAs: String?
            let question: String?
        }

        let deadLetters: [Letter]
        let hasMore: Bool
    }

    private struct Redriven: Decodable {
        struct Done: Decodable {
            let jobId: String
            let redrivenAs: String
        }

        struct Failed: Decodable {
            let jobId: String
            let label: String
        }

        let redriven: [Done]
        let failed: [Failed]
    }

    private let scratch: Scratch
    private let program: Program
    private let store: SQLiteChatStore

    init() async throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
        // A course by its name: nothing here looks into it.
        try scratch.write("data/courses/c.sqlite", Data("x".utf8))
        store = try SQLiteChatStore(path: program.data + "/gepeto.sqlite")
    }

    private func die(_ text: String = "What is a heap?", course: String = "c") async throws -> Accepted {
        let accepted = try await store.accept(
            Submission(user: UserID("ana"), message: text, course: try CourseID(course), traceID: "t"))
        #expect(try await store.end(job: accepted.jobID, with: JobFailure(.llmUnavailable, cause: "refused")))
        return accepted
    }

    private func json<Value: Decodable>(_ type: Value.Type, _ outcome: Program.Outcome) throws -> Value {
        #expect(outcome.output.count { $0 == "\n" } == 1)
        return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
    }

    private static let none = String(repeating: "0", count: 32)

    @Test(arguments: [
        ([], "Say list, show, redrive or purge"), (["lsit"], "Did you mean 'list'?"),
        (["frobnicate"], "There are list"),
        (["show"], "which one"), (["show", "a", "b"], "which one"), (["list", "x"], "takes options only"),
        (["redrive"], "--all"), (["purge"], "--all"), (["redrive", "x", "--all"], "contradict"),
        (["list", "--text"], "--text does not belong to 'list'"), (["show", "x", "--limit", "3"], "does not belong"),
        (["list", "--limit", "0"], "from 1 to 10000"), (["purge", "--older-than", "x"], "whole number"),
        (["list", "--jsn"], "Did you mean '--json'?"),
    ])
    func wrongUsageIsExplained(_ words: [String], _ sentence: String) async {
        await program.expect(["dead-letters"] + words, code: 2, sentence)
    }

    @Test func helpSaysWhatThereIs() async {
        let help = await program.run("dead-letters", "--help")
        #expect(help.code == 0 && help.output.contains("redrive ID…") && help.output.contains("--older-than"))
    }

    @Test func aDataFolderThatIsNotThereIsNotMade() async throws {
        let other = Program(data: scratch.path + "/other")
        for words in [["list"], ["show", Self.none], ["redrive", "--all"], ["purge", "--all"]] {
            await other.expect(["dead-letters"] + words, code: 1, "there is no \(other.data)/gepeto.sqlite")
        }
        #expect(!FileManager.default.fileExists(atPath: other.data))
    }

    @Test func unknownIdsAreSaid() async throws {
        for id in [Self.none, "x", "'; DROP TABLE job"] {
            await program.expect(["dead-letters", "show", id], code: 1, "There is no dead letter of this id")
            await program.expect(["dead-letters", "redrive", id], code: 1, "There is no dead letter of this id")
            await program.expect(["dead-letters", "purge", id], code: 1, "1 of the ids are no dead letters")
        }
        let empty = await program.run("dead-letters", "list")
        #expect(empty.code == 0 && empty.output == "There are no dead letters.\n")
        let nothing = await program.run("dead-letters", "redrive", "--all")
        #expect(nothing.code == 0 && nothing.output == "There is nothing to redrive.\n")
    }

    @Test func whatStudentsWroteIsShownOnRequestOnly() async throws {
        let dead = try await die("What is a heap?\nAnd \u{1b}[31ma stack?")
        for words in [["list"], ["list", "--json"], ["show", dead.jobID], ["show", dead.jobID, "--json"]] {
            let outcome = await program.run(["dead-letters"] + words) {}
            #expect(outcome.code == 0 && outcome.output.contains(dead.jobID), "\(outcome.complaints)")
            #expect(!outcome.output.contains("heap"), "\(words)")
        }
        let shown = await program.run("dead-letters", "show", dead.jobID, "--text")
        #expect(shown.output.contains("What is a heap?\n") && shown.output.contains("And \u{fffd}[31ma stack?"))
        #expect(shown.output.contains("refused") && shown.output.contains("llm_unavailable"))
        let asJSON = await program.run("dead-letters", "show", dead.jobID, "--text", "--json")
        #expect(try json(Listed.Letter.self, asJSON).question == "What is a heap?\nAnd \u{1b}[31ma stack?")
    }

    @Test(arguments: [false, true])
    func theStory(_ isOpen: Bool) async throws {
        let dead = try await die()
        if !isOpen { await store.close() }
        let listed = try json(Listed.self, await program.run("dead-letters", "list", "--json"))
        #expect(listed.deadLetters.map(\.jobId) == [dead.jobID] && listed.deadLetters[0].user == "ana")
        let again = await program.run("dead-letters", "redrive", dead.jobID)
        #expect(
            again.code == 0 && again.output.hasPrefix("\(dead.jobID) is asked again as job "), "\(again.complaints)")
        #expect(again.complaints.contains("within 290 s"))
        await program.expect(["dead-letters", "redrive", dead.jobID], code: 1, "It was redriven already, as job")
        let store = isOpen ? store : try SQLiteChatStore(path: program.data + "/gepeto.sqlite")
        let lease = try #require(try await store.lease(for: .seconds(30)))
        #expect(lease.job.redriveOf == dead.jobID && lease.job.task.question?.text == "What is a heap?")
        let after = try json(Listed.self, await program.run("dead-letters", "list", "--json"))
        #expect(after.deadLetters.map(\.redrivenAs) == [lease.job.id])
        let purged = await program.run("dead-letters", "purge", dead.jobID)
        #expect(purged.code == 0 && purged.output == "1 purged\n")
        await store.close()
    }

    @Test func allAreAskedAgainButThoseThatCannotBe() async throws {
        let (first, lost, second) = (
            try await die("one?"), try await die("two?", course: "gone"), try await die("three?")
        )
        let outcome = await program.run("dead-letters", "redrive", "--all", "--json")
        #expect(outcome.code == 1 && outcome.complaints.contains("The course 'gone'"), "\(outcome.complaints)")
        let redriven = try json(Redriven.self, outcome)
        #expect(redriven.redriven.map(\.jobId) == [first.jobID, second.jobID])
        #expect(redriven.failed.map(\.jobId) == [lost.jobID] && redriven.failed[0].label == "course_gone")
        let two = try json(Listed.self, await program.run("dead-letters", "list", "--limit", "2", "--json"))
        #expect(two.deadLetters.count == 2 && two.hasMore)
        // None of them has died a day ago.
        #expect(await program.run("dead-letters", "purge", "--older-than", "1").output == "0 purged\n")
        #expect(await program.run("dead-letters", "purge", "--all", "--json").output == "{\"purged\":3}\n")
        #expect(try await store.deadLetters(after: nil, limit: 1).items.isEmpty)
    }
}
