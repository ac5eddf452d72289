import Foundation
import Testing

/// From documents to answers, through the command line.
@Suite struct CourseTests {
    struct Item: Decodable, Sendable {
        let id: String
        let question: String
        let kind: String
        let documents: [String]
    }

    static func questions() throws -> [Item] {
        let text = try String(contentsOfFile: Program.root + "corpus/questions.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Item.self, from: Data($0.utf8)) }
    }

    @Test func theCourseGoesInWhole() async throws {
        let (_, outcome) = try await SampleCourse.shared.program()
        #expect(outcome.code == 0, "\(outcome.complaints)")
        let files = try FileManager.default.contentsOfDirectory(atPath: Program.root + "corpus")
            .filter { !$0.hasSuffix(".jsonl") }
        #expect(files.count >= 12)
        for file in files { #expect(outcome.output.contains(file), "\(file) is not in the report") }
    }

    @Test func aSecondIngestDoesNothing() async throws {
        let (program, _) = try await SampleCourse.shared.program()
        let again = await program.run("ingest", Program.root + "corpus", "--course", "algoritmos", "--json")
        #expect(again.code == 0)
        #expect(again.output.contains("unchanged"))
        #expect(!again.output.contains("\"added\"") && !again.output.contains("\"replaced\""))
    }

    private struct Search: Decodable {
        struct Passage: Decodable {
            let path: String
            let text: String
        }
        let passages: [Passage]
    }

    @Test func answerableQuestionsFindTheirDocument() async throws {
        let (program, _) = try await SampleCourse.shared.program()
        let answerable = try Self.questions().filter { $0.kind == "answerable" }
        #expect(answerable.count >= 30)
        var found = 0
        for item in answerable {
            let outcome = await program.run("search", item.question, "--course", "algoritmos", "-k", "5", "--json")
            let passages = try JSONDecoder().decode(Search.self, from: Data(outcome.output.utf8)).passages
            if passages.contains(where: { passage in item.documents.contains { passage.path.hasSuffix($0) } }) {
                found += 1
            }
        }
        // 27 of 33 when this was written; 11 are asked in another language than their document, which an English model
        // seldom bridges.
        #expect(found >= 25, "\(found) of \(answerable.count) found in the first 5")
    }

    private struct Answered: Decodable {
        struct Citation: Decodable {
            let marker: Int
            let quote: String
            let passage: String
            let supported: Bool
        }
        let content: String
        let citations: [Citation]
        let grounded: Bool
    }

    @Test(arguments: [
        "Qual é a complexidade do quicksort no pior caso?", "What does a recursive function need to terminate?",
    ])
    func anAnswerCarriesTrueCitations(_ question: String) async throws {
        let (program, _) = try await SampleCourse.shared.program()
        let outcome = await program.run("ask", question, "--course", "algoritmos", "--json")
        #expect(outcome.code == 0, "\(outcome.complaints)")
        let answer = try JSONDecoder().decode(Answered.self, from: Data(outcome.output.utf8))
        #expect(answer.grounded && !answer.citations.isEmpty)
        for citation in answer.citations {
            #expect(citation.passage.contains(citation.quote))
            #expect(answer.content.contains("[\(citation.marker)]"))
            #expect(citation.supported)
        }
    }

    @Test func whatTheCourseDoesNotCoverIsRefused() async throws {
        let (program, _) = try await SampleCourse.shared.program()
        let outcome = await program.run(
            "ask", "Quem venceu a Copa do Mundo de futebol de 1970?", "--course", "algoritmos", "--json")
        let answer = try JSONDecoder().decode(Answered.self, from: Data(outcome.output.utf8))
        #expect(!answer.grounded && answer.citations.isEmpty)
        #expect(answer.content.hasPrefix("O material do curso não cobre isso."))
    }

    @Test func askStreamsTheAnswerAndThenItsSources() async throws {
        let (program, _) = try await SampleCourse.shared.program()
        let outcome = await program.run(
            "ask", "What", "is", "a", "base", "case", "in", "recursion?", "-c", "algoritmos")
        #expect(outcome.code == 0, "\(outcome.complaints)")
        #expect(outcome.output.contains(#/\n\[\d\] .+\n    “/#))
        #expect(outcome.complaints.contains("extractive"))
    }
}
