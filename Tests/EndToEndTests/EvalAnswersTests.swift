import ChatService
import Foundation
import Support
import Testing

/// `gepeto eval answers`: from question files to a report, and from two reports to a comparison.
@Suite struct EvalAnswersTests {
    private let scratch: Scratch
    private let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
    }

    private static let passages = [
        ("stacks", "A stack serves last whoever came first. Push adds an element on top and pop takes it away."),
        ("queues", "A queue serves first whoever came first. It needs two positions, head and tail."),
        ("normandy", "The Normans gave their name to Normandy, a region in France."),
        ("heaps", "A binary heap is a complete tree in which no child is larger than its parent."),
    ]

    /// A set in BEIR form with gold answers and questions that cannot be answered.
    private func set() throws -> (corpus: String, queries: String, unanswerable: String) {
        let lines = Self.passages.map { #"{"_id": "\#($0.0)", "title": "", "text": "\#($0.1)"}"# }
        let corpus = try scratch.write("corpus.jsonl", Data(lines.joined(separator: "\n").utf8))
        try scratch.write("qrels.tsv", Data("q1\tnormandy\t1\nq2\tqueues\t1\nq3\theaps\t1\n".utf8))
        try scratch.write(
            "answers.jsonl", Data(#"{"_id": "q1", "doc": "normandy", "answers": ["France"]}"#.utf8))
        let queries = try scratch.write(
            "queries.jsonl",
            Data(
                """
                {"_id": "q1", "text": "In which country is the region of Normandy?"}
                {"_id": "q2", "text": "Which positions does a queue need?"}
                {"_id": "q3", "text": "What is a binary heap?"}
                """.utf8))
        let unanswerable = try scratch.write(
            "unanswerable.jsonl",
            Data(
                """
                {"_id": "u1", "text": "How long do black beans have to cook for a feijoada?", "doc": "heaps"}
                {"_id": "u2", "text": "Qual é a capital da Mongólia?", "doc": "queues"}
                """.utf8))
        return (corpus, queries, unanswerable)
    }

    @Test func aSetBecomesAReport() async throws {
        let (corpus, queries, unanswerable) = try set()
        let file = scratch.path + "/a.json"
        let words = ["eval", "answers", "--corpus", corpus, "--questions", queries, unanswerable, "--report", file]
        let outcome = await program.run(words) { await Latch().wait() }
        #expect(outcome.code == 0, "\(outcome.complaints)")
        for name in ["recall@1", "containment", "refusalAUC", "citationPrecision", "latencyMsP95"] {
            #expect(outcome.output.contains(name), "\(outcome.output)")
        }
        #expect(outcome.output.contains("4 documents") && outcome.output.contains("models: extractive"))
        let report = try JSONDecoder().decode(AnswerReport.self, from: Data(contentsOf: URL(filePath: file)))
        #expect(report.records.map(\.id) == ["q1", "q2", "q3", "u1", "u2"])
        #expect(report.answerable == 3 && report.unanswerable == 2 && report.errors.isEmpty)
        #expect(report.metrics["recall@5"] == 1 && report.metrics["containment"] == 1)
        #expect(report.metrics["quotesVerbatim"] == 1 && report.metrics["refusalAUC"] == 1)
        #expect(report.costUsd == 0 && report.documents == 4)
        #expect(report.records.allSatisfy { $0.content == nil })
    }

    @Test func twoReportsAreCompared() async throws {
        let (corpus, queries, unanswerable) = try set()
        func report(_ name: String, _ more: [String]) async throws {
            let words = ["eval", "answers", "--corpus", corpus, "--questions", queries, unanswerable, "--report", name]
            let outcome = await program.run(words + more) { await Latch().wait() }
            #expect(outcome.code == 0, "\(outcome.complaints)")
        }
        let (a, b) = (scratch.path + "/a.json", scratch.path + "/b.json")
        try await report(a, ["--texts"])
        try await report(b, ["--limit", "4", "--at-once", "1"])
        let table = await program.run("eval", "answers", "--compare", a, b)
        #expect(table.code == 0 && table.output.contains("4 questions in both, 1 in one only"), "\(table.output)")
        let json = await program.run("eval", "answers", "--compare", a, b, "--json")
        let comparison = try JSONDecoder().decode(AnswerComparison.self, from: Data(json.output.utf8))
        let recall = try #require(comparison.rows.first { $0.metric == .recallAt5 })
        #expect(recall.difference == 0 && !recall.isClear && comparison.questions == 4)
        let texts = try JSONDecoder().decode(AnswerReport.self, from: Data(contentsOf: URL(filePath: a)))
        #expect(texts.records.first?.content?.contains("France") == true)
    }

    @Test func theSampleCourseIsAskedAsItIs() async throws {
        let (program, _) = try await SampleCourse.shared.program()
        let outcome = await program.run(
            "eval", "answers", "--course", "algoritmos", "--questions", Program.root + "corpus/questions.jsonl",
            "--json")
        #expect(outcome.code == 0, "\(outcome.complaints)")
        let report = try JSONDecoder().decode(AnswerReport.self, from: Data(outcome.output.utf8))
        #expect(report.records.count == 60 && report.answerable == 45 && report.unanswerable == 15)
        #expect(report.metrics["quotesVerbatim"] == 1)
        #expect(report.metrics["recall@5"].map { $0 > 0.5 } == true)
    }

    @Test func badInputIsExplained() async throws {
        let (corpus, queries, _) = try set()
        let bad = try scratch.write("bad.jsonl", Data("nonsense".utf8))
        await program.expect(["eval", "answers"], code: 2, "which questions?")
        await program.expect(["eval", "answers", "--questions", queries], code: 2, "about what?")
        await program.expect(["eval", "answers", "--compare", "a.json"], code: 2, "two reports")
        await program.expect(
            ["eval", "answers", "--questions", queries, "--corpus", corpus, "--half", "third"], code: 2, "--half takes")
        await program.expect(
            ["eval", "answers", "--questions", bad, "--corpus", corpus], code: 1, "Line 1 of")
        await program.expect(
            ["eval", "answers", "--questions", queries, "--corpus", scratch.path + "/no"], code: 1, "cannot be read")
        await program.expect(
            ["eval", "answers", "--questions", queries, queries, "--corpus", corpus], code: 1, "in another file")
        await program.expect(["eval", "answers", "--questions", queries, "--course", "no"], code: 1, "no course 'no'")
        await program.expect(["eval", "answers", "--compare", bad, bad], code: 1, "is no report")
        await program.expect(
            ["eval", "answers", "--questions", queries, "--corpus", corpus, "--provider", "x"], code: 1, "names 'x'")
    }

    @Test func itStopsWhenItIsTold() async throws {
        let (corpus, queries, _) = try set()
        let outcome = await program.run(
            ["eval", "answers", "--corpus", corpus, "--questions", queries, "--report", scratch.path + "/r.json"]) {}
        #expect(outcome.code == 1 && outcome.complaints.contains("stopped"), "\(outcome.complaints)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/r.json"))
    }

    /// A model that is down fails all questions: the run ends early and says why.
    @Test func aModelThatIsDownEndsTheRun() async throws {
        let lines = (0..<60).map { #"{"id": "q\#($0)", "question": "What is a binary heap?", "documents": ["heaps"]}"# }
        let questions = try scratch.write("many.jsonl", Data(lines.joined(separator: "\n").utf8))
        let (corpus, _, _) = try set()
        var down = program
        down.environment = ["GEPETO_LLM": "ollama", "OLLAMA_BASE_URL": "http://127.0.0.1:9/v1", "OLLAMA_MODEL": "m"]
        let outcome = await down.run(["eval", "answers", "--corpus", corpus, "--questions", questions]) {
            await Latch().wait()
        }
        #expect(
            outcome.code == 1 && outcome.complaints.contains("20 questions in a row failed"), "\(outcome.complaints)")
    }
}
