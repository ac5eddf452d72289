import LLM
import Support
import TestSupport
import Testing

@testable import ChatService

/// What becomes of sentences that nothing they cite supports.
@Suite struct RedraftTests {
    private static let stack =
        "A stack is a list where the last element in is the first one out. Push adds an element on top."

    private func ask(
        _ model: any LanguageModel, _ unsupported: UnsupportedSentences, deadline: Duration? = nil,
        time: any TimeSource = SystemTime()
    ) async throws -> (Answer, [AnsweringStep]) {
        let shelf = try CourseShelf()
        try await shelf.add(Self.stack, title: "Structures", section: ["Stacks"], pages: 3...3)
        var settings = Answerer.Settings()
        settings.unsupported = unsupported
        let embedder = shelf.embedder
        let answerer = Answerer(
            library: shelf, model: model, embed: { try await embedder.embed($0) }, settings: settings, time: time,
            log: .silent)
        let steps = Locked<[AnsweringStep]>([])
        let question = Question(text: "What is a stack?", course: shelf.file.course, deadline: deadline)
        let answer = try await answerer.answer(question) { step in steps.withLock { $0.append(step) } }
        return (answer, steps.withLock { $0 })
    }

    private static let bad = "Push adds an element on top [1]. The first element in is the last one out [1]."
    private static let good = "Push adds an element on top [1]. The last element in is the first one out [1]."

    @Test func markedSentencesStay() async throws {
        let model = ScriptedModel([.says(Self.bad)])
        let (answer, steps) = try await ask(model, .mark)
        #expect(answer.content == Self.bad && steps.text == Self.bad)
        #expect(answer.claims.map(\.verdict) == [.supported, .unsupported])
        #expect(answer.citations.map(\.verdict) == [.unsupported] && answer.citations.first?.supported == false)
        #expect(model.requests.count == 1)
    }

    @Test func theModelIsToldAndAskedOnceMore() async throws {
        let model = ScriptedModel([
            .says(Self.bad),
            .says("Push adds an element ", "on top [1]. The last element in is the first one out [1]."),
        ])
        let (answer, steps) = try await ask(model, .regenerate)
        #expect(answer.content == Self.good && answer.grounded)
        #expect(answer.claims.map(\.verdict) == [.supported, .supported])
        #expect(steps.filter { $0 == .restarted(stream: 2) }.count == 1)
        #expect(steps.text == answer.content)
        #expect(answer.metadata.tokensInput == 20 && answer.metadata.tokensOutput == 3, "both generations are paid for")
        let second = try #require(model.requests.last)
        #expect(model.requests.count == 2)
        #expect(second.messages.suffix(2).map(\.role) == [.assistant, .user])
        #expect(second.messages.last?.content.contains("- The first element in is the last one out [1].") == true)
        #expect(second.messages.last?.content.contains("- Push") == false)
    }

    @Test func whatIsStillUnsupportedIsLeftOut() async throws {
        let model = ScriptedModel([.says(Self.bad), .says(Self.bad)])
        let (answer, steps) = try await ask(model, .regenerate)
        #expect(answer.content == "Push adds an element on top [1].")
        #expect(answer.claims.map(\.verdict) == [.supported] && answer.grounded)
        #expect(steps.text == answer.content)
        #expect(model.requests.count == 2, "once, not again and again")
    }

    @Test func aSecondGenerationThatFailsCostsNoAnswer() async throws {
        let failure = LanguageModelError(.overloaded, provider: "scripted", model: "script")
        for shown in [[], [GenerationEvent.text("Half of")]] {
            let model = ScriptedModel([.says(Self.bad), .init(shown, error: failure)])
            let (answer, steps) = try await ask(model, .regenerate)
            #expect(answer.content == "Push adds an element on top [1].")
            #expect(steps.text == answer.content)
        }
    }

    @Test func withoutTimeItIsOnlyLeftOut() async throws {
        let time = ManualTime()
        let model = ScriptedModel([.says(Self.bad)])
        let (answer, steps) = try await ask(model, .regenerate, deadline: time.elapsed + .seconds(3), time: time)
        #expect(answer.content == "Push adds an element on top [1]." && steps.text == answer.content)
        #expect(model.requests.count == 1)
    }

    @Test func nothingLeftIsARefusal() async throws {
        let model = ScriptedModel([.says("The first element in is the last one out [1].")])
        let (answer, steps) = try await ask(model, .regenerate)
        #expect(answer.content.hasPrefix("The course material does not cover this."))
        #expect(answer.citations.isEmpty && !answer.grounded && steps.text == answer.content)
    }

    @Test(
        arguments: [
            ("One [1]. Two [1].", [(0, 8)], "Two [1]."), ("One [1]. Two [1].", [(9, 17)], "One [1]."),
            ("- One [1].\n- Two [1].\n- Three [1].", [(13, 21)], "- One [1].\n- Three [1]."),
            ("One.\n\nTwo.\n\nThree.", [(6, 10)], "One.\n\nThree."), ("1. One\n2. Two", [(3, 6), (10, 13)], ""),
            ("One", [], "One"), ("Não. Sim.", [(0, 5)], "Sim."),
        ] as [(String, [(Int, Int)], String)])
    func leavingOut(_ content: String, _ ranges: [(Int, Int)], _ expected: String) {
        let claims = ranges.map { AnswerClaim(start: $0.0, end: $0.1, verdict: .unsupported) }
        #expect(Redraft.withoutUnsupported(content, claims) == expected)
    }
}
