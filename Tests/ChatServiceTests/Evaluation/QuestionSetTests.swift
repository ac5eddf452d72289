import Retrieval
import TestSupport
import Testing

@testable import ChatService

/// The forms in which questions come.
@Suite struct QuestionSetTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ file: String, isOutside: Bool = false) async throws -> [EvaluationQuestion] {
        var set = QuestionSet()
        try await set.add(file: file, isOutside: isOutside)
        return set.questions
    }

    @Test func aCoursesOwnQuestions() async throws {
        let file = try folder.write(
            "questions.jsonl",
            """
            {"id": "a", "question": "When?", "kind": "answerable", "documents": ["plan.md"], "answer": "Today.", "quote": "on day 1"}
            {"id": "f", "question": "and then?", "kind": "follow-up", "documents": ["plan.md"], "history": [{"role": "user", "content": "When?"}]}
            {"id": "u", "question": "Why?", "kind": "unanswerable", "documents": [], "answer": "", "history": []}
            {"id": "p", "question": "Who?", "kind": "swap", "passage": "Warsaw#3", "full": "Who is it?"}
            """)
        let questions = try await read(file)
        #expect(questions.map(\.isAnswerable) == [true, true, false, true])
        #expect(questions[0].answers == ["Today.", "on day 1"] && questions[2].answers.isEmpty)
        #expect(questions[1].history == [Turn(role: .user, content: "When?")])
        #expect(questions[0].isJudged("plan.md") && questions[0].isJudged("notes/plan.md"))
        #expect(!questions[0].isJudged("notes/myplan.md") && questions[3].documents == ["Warsaw#3"])
        let outside = try await read(file, isOutside: true)
        #expect(outside.allSatisfy { !$0.isAnswerable && $0.documents.isEmpty && $0.answers.isEmpty })
    }

    @Test func judgedQueriesWithGoldAnswers() async throws {
        try folder.write("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n")
        try folder.write("answers.jsonl", #"{"_id": "q1", "doc": "d1", "answers": ["France"]}"#)
        let file = try folder.write(
            "queries.jsonl",
            """
            {"_id": "q1", "text": "Where?"}
            {"_id": "q2", "text": "When?"}
            {"_id": "q3", "text": "Nobody judged me."}
            """)
        let questions = try await read(file)
        #expect(questions.map(\.id) == ["q1", "q2"] && questions.map(\.answers) == [["France"], []])
        #expect(questions[0].documents == ["d1"])
        let lures = try folder.write("unanswerable.jsonl", #"{"_id": "u1", "text": "Why?", "doc": "Warsaw#1"}"#)
        let unanswerable = try await read(lures)
        #expect(unanswerable.count == 1 && !unanswerable[0].isAnswerable && unanswerable[0].documents.isEmpty)
    }

    @Test func samplesAreFixedAndGrow() async throws {
        let lines = (0..<200).map { #"{"id": "q\#($0)", "question": "x", "kind": "unanswerable"}"# }
        let file = try folder.write("q.jsonl", lines.joined(separator: "\n"))
        func sample(_ count: Int, _ seed: UInt64) async throws -> [String] {
            var set = QuestionSet()
            try await set.add(file: file)
            set.sample(count, seed: seed)
            return set.questions.map(\.id)
        }
        let (small, large, other) = (try await sample(20, 1), try await sample(60, 1), try await sample(20, 2))
        #expect(small.count == 20 && Set(small).isSubset(of: large) && small != other)
        #expect(try await sample(20, 1) == small)
        #expect(large == (0..<200).map { "q\($0)" }.filter { large.contains($0) }, "their order stays")
    }

    /// The last byte of SHA-256("Warsaw") is 0x8c, of SHA-256("Force") 0xa3 (hashlib).
    @Test func halvesAreThoseOfTheBenchmarks() async throws {
        let file = try folder.write(
            "q.jsonl",
            """
            {"id": "even", "question": "x", "kind": "a", "passage": "Warsaw#01"}
            {"id": "odd", "question": "x", "kind": "a", "passage": "Force#02"}
            {"id": "none", "question": "x", "kind": "unanswerable"}
            """)
        for (even, expected) in [(true, ["even"]), (false, ["odd"])] {
            var set = QuestionSet()
            try await set.add(file: file)
            set.keepHalf(even: even)
            #expect(set.questions.map(\.id) == expected)
        }
    }

    @Test(arguments: [
        (#"{"id": "a"}"#, "Line 1 of"), (#"{"id": "a", "question": " "}"#, "its question is empty"),
        ("{}\n", "Line 1"), ("nonsense", "no valid JSON"), ("\n\n", "No question"),
        (#"{"id": "a", "question": "x"}"# + "\n" + #"{"id": "a", "question": "y"}"#, "Line 2"),
        (#"{"_id": "a", "text": "x"}"#, "qrels.tsv"),
    ])
    func badFilesAreExplained(_ text: String, _ sentence: String) async throws {
        let file = try folder.write("bad.jsonl", text)
        let error = await #expect(throws: EvaluationError.self) { _ = try await read(file) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }
}
