import Foundation
import Testing

/// `gepeto eval` refuses what would measure nothing, before it works for minutes.
@Suite struct EvalTests {
    private func run(corpus: String, judgements: String) async throws -> (Program.Outcome, hasIndex: Bool) {
        let scratch = try Scratch()
        let program = Program(data: scratch.path + "/data")
        let outcome = await program.run(
            "eval", "--corpus", try scratch.write("corpus.jsonl", Data(corpus.utf8)), "--queries",
            try scratch.write("queries.jsonl", Data(#"{"_id": "q1", "text": "heap"}"#.utf8)), "--qrels",
            try scratch.write("qrels.tsv", Data(judgements.utf8)), "--data", program.data)
        return (outcome, FileManager.default.fileExists(atPath: program.data))
    }

    @Test func aBadLineShowsBeforeAnythingIsIndexed() async throws {
        let corpus = #"{"_id": "d1", "title": "", "text": "A heap."}"#
        let (outcome, hasIndex) = try await run(corpus: corpus, judgements: "q1 d1 1\n")
        #expect(outcome.code == 1 && outcome.complaints.contains("Line 1 of"), "\(outcome.complaints)")
        #expect(!hasIndex)
    }

    @Test(arguments: ["", #"{"_id": "d1", "title": "", "text": "A heap."}"#])
    func aCorpusWithoutJudgedDocumentsIsNoZero(_ corpus: String) async throws {
        let (outcome, _) = try await run(corpus: corpus, judgements: "q1\tother\t1\n")
        #expect(outcome.code == 1 && outcome.output.isEmpty)
        #expect(outcome.complaints.contains("None of the documents"), "\(outcome.complaints)")
    }
}
