import LLM
import Retrieval
import Support
import TestSupport
import Testing

@testable import ChatService

/// The way of a question over a real course file; only the language model is scripted.
@Suite(.timeLimit(.minutes(10)))
struct AnswererTests {
    static let stack = "A stack is a list where the last element in is the first one out. Push adds an element on top."
    static let queue = "A queue serves first whoever came first. It needs two positions, head and tail."
    static let recursion = "Recursão é quando uma função chama a si mesma. O caso base encerra a recursão."

    let shelf: CourseShelf
    let house: AnswerHouse

    init() async throws {
        shelf = try CourseShelf()
        try await shelf.add(Self.stack, title: "Structures", section: ["Structures", "Stacks"], pages: 3...4)
        try await shelf.add(Self.queue, title: "Queues")
        try await shelf.add(Self.recursion, title: "Recursão", language: "pt")
        house = AnswerHouse(shelf: shelf)
    }

    @Test func everyStepInOrder() async throws {
        let model = ScriptedModel([.says("A stack is a list where the last element in is the ", "first one out [1].")])
        let (answer, steps) = try await house.ask("What is a stack?", model)
        #expect(steps.first == .retrieving)
        guard case .generating(let sources)? = steps.dropFirst().first else {
            Issue.record("generating must follow retrieving: \(steps)")
            return
        }
        #expect(sources.map(\.marker) == Array(1...sources.count))
        let first = try #require(sources.first)
        #expect(first.passage == Self.stack && first.title == "Structures")
        #expect(first.section == "Stacks" && first.page == 3)
        #expect(steps.text == answer.content)
        #expect(answer.content == "A stack is a list where the last element in is the first one out [1].")
        #expect(answer.grounded)
        #expect(answer.metadata.provider == "scripted" && answer.metadata.model == "script")
        #expect(answer.metadata.tokens == 12 && answer.metadata.tokensInput == 10 && !answer.metadata.degraded)
    }

    @Test func citationsLeadToTheirPassages() async throws {
        let model = ScriptedModel([.says("Push adds an element on top [1]. Nobody knows the bananas [1].")])
        let (answer, _) = try await house.ask("What is a stack?", model)
        let citation = try #require(answer.citations.first)
        #expect(answer.citations.count == 1)
        #expect(citation.marker == 1 && citation.title == "Structures" && citation.page == 3)
        #expect(citation.quote == "Push adds an element on top.")
        #expect(citation.passage == Self.stack && citation.passage.contains(citation.quote))
        #expect(citation.score > 0)
        #expect(!citation.supported && !answer.grounded, "the second sentence is not in the passage")
    }

    @Test func inventedMarkersGoAlsoWhenTheStreamCutsThem() async throws {
        let model = ScriptedModel([
            .says("Push adds an element on top [", "1] and [4", "2", "] nothing else [1", ",77].")
        ])
        let (answer, steps) = try await house.ask("What is a stack?", model)
        #expect(answer.content == "Push adds an element on top [1] and nothing else [1].")
        #expect(steps.text == answer.content)
        #expect(answer.citations.map(\.marker) == [1])
    }

    @Test func aRestartedStreamBeginsAnew() async throws {
        let usage = GenerationUsage(provider: "second", model: "m", inputTokens: 1, outputTokens: 2, costUSD: nil)
        let model = ScriptedModel([
            .init([
                .text("Half a sentence [1] and ["), .restarted(provider: "second", model: "m"),
                .text("Push adds an element on top [1]."), .finished(usage),
            ])
        ])
        let (answer, steps) = try await house.ask("What is a stack?", model)
        #expect(answer.content == "Push adds an element on top [1].")
        #expect(steps.contains(.restarted(stream: 2)))
        #expect(steps.text == answer.content)
        #expect(answer.citations.count == 1)
        #expect(answer.metadata.provider == "second" && answer.metadata.costUsd == nil)
    }

    @Test(
        "No evidence: refused in the question's language, and no call is spent",
        arguments: [
            ("Who won the championship of 1970 in Mexico?", "The course material does not cover this."),
            ("Quem ganhou o campeonato mundial de 1970 no México?", "O material do curso não cobre isso."),
        ])
    func refusal(_ question: String, _ sentence: String) async throws {
        let model = ScriptedModel([.says("Brazil.")])
        let (answer, steps) = try await house.ask(question, model)
        #expect(answer.content.hasPrefix(sentence))
        #expect(answer.content.contains("\n- "), "the nearest sections are named")
        #expect(steps == [.retrieving, .delta(stream: 1, answer.content)])
        #expect(answer.citations.isEmpty && !answer.grounded)
        #expect(answer.metadata.provider == "none" && answer.metadata.costUsd == 0 && answer.metadata.tokens == 0)
        #expect(try #require(answer.metadata.evidence) < EvidenceCalibration.standard(for: shelf.file.space).threshold)
        #expect(model.requests.isEmpty)
    }

    @Test func anEmptyCourseRefuses() async throws {
        let model = ScriptedModel([.says("x")])
        let (answer, _) = try await AnswerHouse(shelf: try CourseShelf()).ask("What is a stack?", model)
        #expect(answer.content == "The course material does not cover this.")
        #expect(model.requests.isEmpty)
    }

    @Test func anUnknownCourseIsUnavailable() async throws {
        let question = Question(text: "What is a stack?", course: try CourseID("physics"))
        let error = await #expect(throws: AnsweringError.self) {
            try await house.ask(question, ScriptedModel([.says("x")]))
        }
        #expect(error?.code == .courseUnavailable && error?.isRetryable == false)
    }

    @Test func aCourseThatCannotBeReadMayBeTriedAgain() async throws {
        await shelf.file.close()
        let error = await #expect(throws: AnsweringError.self) {
            try await house.ask("What is a stack?", ScriptedModel([.says("x")]))
        }
        #expect(error?.code == .courseUnavailable && error?.isRetryable == true)
    }

    @Test func aCancelledQuestionEnds() async throws {
        let model = ScriptedModel([.init([.text("A stack is ")], hangs: true)])
        let shown = Latch()
        let answerer = house.answerer(model)
        let question = Question(text: "What is a stack?", course: shelf.file.course)
        let task = Task {
            try await answerer.answer(question) { step in
                if case .delta = step { shown.open() }
            }
        }
        await shown.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func anEmbedderThatFailsAfterTheAnswerCostsNoAnswer() async throws {
        struct Broken: Error {}
        let model = ScriptedModel([.says("Push adds an element on top [1].")])
        let answerer = Answerer(library: shelf, model: model, embed: { _ in throw Broken() }, log: .silent)
        let answer = try await answerer.answer(
            Question(text: "What is a stack?", course: shelf.file.course), report: { _ in })
        #expect(answer.citations.first?.supported == true)
    }
}
