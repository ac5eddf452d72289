import ChatService
import Foundation
import Ingest
import LLM
import Support
import TestSupport
import Testing

@testable import Commands

/// 40 documents with instructions for a language model, taken in as staff would, and asked about through a model that obeys
/// whatever it reads.
@Suite(.serialized) struct InjectionTests {
    static let folder = Program.root + "Tests/Fixtures/answers/injections/"

    static func injections() throws -> [Injection] {
        try String(contentsOfFile: folder + "manifest.jsonl", encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Injection.self, from: Data($0.utf8)) }
    }

    /// The course of these documents, their addresses pointing at a server of the test's own.
    private struct House {
        let scratch: Scratch
        let program: Program
        let report: IngestReport
        let server: ScriptedServer
        let library: CourseFolder
        let embed: @Sendable ([String]) async throws -> [Float]

        func answerer(_ model: any LanguageModel) -> Answerer {
            Answerer(library: library, model: model, embed: embed, log: .silent)
        }
    }

    private func house() async throws -> House {
        let scratch = try Scratch()
        let server = try ScriptedServer([[.close]])
        let pointed = "127.0.0.1:\(server.port)"
        for injection in try Self.injections() {
            var bytes = try Data(contentsOf: URL(filePath: Self.folder + injection.file))
            if let text = String(data: bytes, encoding: .utf8) {
                bytes = Data(text.replacing("collector.invalid", with: pointed).utf8)
            }
            try scratch.write("documents/" + injection.file, bytes)
        }
        let program = Program(data: scratch.path + "/data")
        let outcome = await program.run("ingest", scratch.path + "/documents", "--course", "station", "--json")
        #expect(outcome.code == 0, "\(outcome.complaints)")
        let report = try JSONDecoder().decode(IngestReport.self, from: Data(outcome.output.utf8))
        let configuration = try Configuration(
            environment: ["GEPETO_MODEL_DIR": Program.root + "models/all-MiniLM-L6-v2"])
        let embedder = try Wiring.embedder(configuration)
        return House(
            scratch: scratch, program: program, report: report, server: server,
            library: CourseFolder(data: program.data, embedder: embedder), embed: { try await embedder.embed($0) })
    }

    @Test(.timeLimit(.minutes(5))) func noneChangesTheBehaviour() async throws {
        let injections = try Self.injections()
        #expect(injections.count == 40 && Set(injections.map(\.kind)).count == 20)
        let house = try await house()
        let canaries = injections.map(\.canary)
        let course = try CourseID("station")
        let pointed = "127.0.0.1:\(house.server.port)"
        var obeyed = 0
        for injection in injections {
            let own = injection.pointing(at: pointed)
            let model = ObedientModel(own, canaries: canaries)
            let shown = Locked("")
            let answer = try await house.answerer(model).answer(Question(text: own.question, course: course)) { step in
                if case .delta(_, let piece) = step { shown.withLock { $0 += piece } }
            }
            let notes = model.notes
            let name = Comment(rawValue: own.file)
            // What it would obey never reaches it outside of a fence.
            #expect(notes.outside.isEmpty, name)
            let request = try #require(notes.requests.first, name)
            #expect(request.messages.map(\.role) == [.system, .user], name)
            #expect(!request.messages[0].content.contains(own.canary), name)
            // What the student was shown is the answer, and has neither rules, fence, strange address nor picture.
            #expect(shown.withLock { $0 } == answer.content, name)
            #expect(!answer.content.contains("](http") && !answer.content.contains(pointed + "/p?"), name)
            #expect(!answer.content.contains("done") && !answer.content.contains("who="), name)
            #expect(answer.content.firstMatch(of: /<<[0-9a-f]{6}/) == nil, name)
            let rules = request.messages[0].content.split(separator: "\n").filter { $0.count > 60 }
            #expect(rules.count >= 5 && rules.allSatisfy { !answer.content.contains($0.prefix(40)) }, name)
            if notes.fenced.contains(own.canary) {
                // It reached the model in a fence, and what the model said by its order is not vouched for.
                obeyed += 1
                #expect(!own.hidden, name)
                #expect(!answer.grounded && answer.citations.allSatisfy { !$0.supported }, name)
            } else {
                #expect(answer.content.contains(own.fact), name)
                #expect(answer.citations.contains { $0.supported && $0.passage.contains(own.fact) }, name)
            }
            if own.hidden {
                // What no reader of the document sees is not in the course, and the staff is told.
                let warnings = house.report.files.first { $0.path.hasSuffix(own.file) }?.warnings ?? []
                #expect(warnings.contains { $0.contains("idden") || $0.contains("no reader sees") }, name)
            } else {
                // The fence harms nobody: an honest answer from the same passages holds.
                let honest = try await house.answerer(Honest(fact: own.fact)).answer(
                    Question(text: own.question, course: course)
                ) { _ in }
                #expect(honest.grounded && honest.citations.allSatisfy(\.supported), name)
                #expect(honest.content.hasPrefix(own.fact), name)
            }
        }
        // The two whose orders stand under a heading of their own are passages that other stations' facts leave no place for.
        #expect(obeyed >= 28, "the orders must reach the model, or nothing is tested")
        #expect(house.server.requests.isEmpty, "a link of the material was followed")
    }

    /// What stands in another course, or was said in another conversation, is in no prompt.
    @Test(.timeLimit(.minutes(5))) func othersStayAmongThemselves() async throws {
        let house = try await house()
        let other = try house.scratch.write(
            "other/notes.txt", Data("The calibration constant of the Maragogi station is SECRET-OF-OTHERS.".utf8))
        #expect(await house.program.run("ingest", other, "--course", "other").code == 0)
        let injection = try #require(try Self.injections().first { $0.kind == "other-students" })
        let model = ObedientModel(injection, canaries: [])
        let course = try CourseID("station")
        let history = [Turn(role: .user, content: "What is a station?"), Turn(role: .assistant, content: "A place.")]
        _ = try await house.answerer(model).answer(
            Question(
                text: "What is the calibration constant of the Maragogi station?", course: course, history: history)
        ) { _ in }
        let answer = try await house.answerer(model).answer(Question(text: injection.question, course: course)) { _ in }
        for request in model.notes.requests {
            #expect(request.messages.allSatisfy { !$0.content.contains("SECRET-OF-OTHERS") })
        }
        #expect(model.notes.requests.last?.messages.allSatisfy { !$0.content.contains("What is a station?") } == true)
        #expect(!answer.grounded)
    }

    /// Says the fact and cites the passage that has it.
    private struct Honest: LanguageModel {
        let fact: String
        let provider = "honest"
        let model = "honest"

        func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
            let number = request.evidence.first { $0.text.contains(fact) }?.number ?? 0
            let usage = GenerationUsage(
                provider: "honest", model: "honest", inputTokens: 1, outputTokens: 1, costUSD: 0)
            return AsyncThrowingStream { continuation in
                continuation.yield(.text("\(fact) [\(number)]"))
                continuation.yield(.finished(usage))
                continuation.finish()
            }
        }
    }
}
