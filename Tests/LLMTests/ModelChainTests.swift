import HTTPClient
import Support
import TestSupport
import Testing

@testable import LLM

@Suite struct ModelChainTests {
    private typealias Model = ScriptedTakes
    private let time = ManualTime()

    private func chain(_ models: any LanguageModel..., budget: Duration = .seconds(15)) -> ModelChain {
        ModelChain(models, policy: .init(firstTextBudget: budget), time: time)
    }

    private func usage(_ provider: String) -> GenerationUsage { Model.usage(provider) }
    private func good(_ provider: String, _ text: String = "answer") -> Model.Take { .good(provider, text) }

    @Test func theFirstThatAnswersIsEnough() async throws {
        let (a, b) = (Model("a", good("a")), Model("b", good("b")))
        #expect(try await chain(a, b).events() == [.text("answer"), .finished(usage("a"))])
        #expect(b.calls == 0)
        #expect(chain(a, b).provider == "a")
    }

    @Test(arguments: LanguageModelError.Code.allCases.filter { $0 != .deadlineExceeded })
    func theNextOneTakesOver(_ code: LanguageModelError.Code) async throws {
        let (a, b) = (Model("a", .init(error: code)), Model("b", isLocal: true, good("b")))
        #expect(try await chain(a, b).events() == [.text("answer"), .finished(usage("b"))])
        #expect(a.calls == (code == .busy ? 2 : 1), "who is busy is asked again when nobody else is left")
    }

    @Test func aBrokenAnswerIsBegunAnew() async throws {
        let a = Model("a", .init(events: [.text("half an"), .text(" ans")], error: .truncatedStream))
        let b = Model("b", good("b", "whole"))
        #expect(
            try await chain(a, b).events() == [
                .text("half an"), .text(" ans"), .restarted(provider: "b", model: "m"), .text("whole"),
                .finished(usage("b")),
            ])
        #expect(a.calls == 1, "what has shown text is not asked again")
    }

    /// What was shown stays until the one who replaces it has something to show, and is replaced once only.
    @Test func theRestartIsAnnouncedWithTheNewText() async throws {
        let a = Model("a", .init(events: [.text("half")], error: .timeout))
        let b = Model("b", .init(error: .badKey))
        let c = Model("c", good("c", "whole"))
        #expect(
            try await chain(a, b, c).events() == [
                .text("half"), .restarted(provider: "c", model: "m"), .text("whole"), .finished(usage("c")),
            ])
    }

    @Test func emptyPiecesAreNotShown() async throws {
        let a = Model("a", .init(events: [.text("")], error: .badKey))
        #expect(try await chain(a, Model("b", good("b"))).events() == [.text("answer"), .finished(usage("b"))])
    }

    @Test func aStreamWithoutAnEndIsBroken() async throws {
        let a = Model("a", .init(events: [.text("half")]))
        let events = try await chain(a, Model("b", good("b"))).events()
        #expect(events.text == "answer")
        #expect(events.contains(.restarted(provider: "b", model: "m")))
    }

    @Test func noModelAtAll() async { #expect(await chain().failure().error?.code == .noModel) }

    @Test func aDeadlineEndsTheChain() async throws {
        let (a, b) = (Model("a", .init(error: .deadlineExceeded)), Model("b", good("b")))
        #expect(await chain(a, b).failure().error?.code == .deadlineExceeded)
        #expect(b.calls == 0)
        var request = GenerationRequest.sample
        request.deadline = .zero
        #expect(await chain(b).failure(request).error?.code == .deadlineExceeded)
        #expect(b.calls == 0)
    }

    // MARK: The time to the first text

    @Test func afterTheBudgetOnlyLocalModelsAreAsked() async throws {
        let slow = Latch()
        let a = ResilientModel(Model("a", .init(hangs: true)), time: time)
        let b = Model("b", .good("b", begin: slow))
        let (c, local) = (Model("c", good("c")), Model("local", isLocal: true, good("local")))
        let chain = chain(a, b, c, local, budget: .seconds(15))
        async let events = chain.events()
        await time.untilSleeping(1)
        time.advance(by: .seconds(15))
        #expect(try await events.usage?.provider == "local")
        #expect(b.calls == 0 && c.calls == 0)
    }

    @Test func whatIsLeftOfTheBudgetIsTheNextOnes() async throws {
        let failLate = Latch()
        let a = Model("a", .init(error: .unreachable, begin: failLate))
        let (b, local) = (Model("b", .init(hangs: true)), Model("local", isLocal: true, good("local")))
        let chain = chain(a, ResilientModel(b, time: time), local, budget: .seconds(15))
        async let events = chain.events()
        try await a.untilAsked(1)
        time.advance(by: .seconds(10))
        failLate.open()
        try await b.untilAsked(1)
        #expect(b.requests[0].firstTextBy == .seconds(15))
        await time.untilSleeping(1)
        time.advance(by: .seconds(5))
        #expect(try await events.usage?.provider == "local")
        #expect(local.requests[0].firstTextBy == nil)
    }

    /// A stream may break long after the budget's end: the time runs anew, for the student waits anew.
    @Test func aBreakStartsTheBudgetAnew() async throws {
        let broken = Latch()
        let a = Model("a", .init(events: [.text("half")], hangs: true))
        let b = Model("b", good("b", "whole"))
        let first = StoppableModel(a, until: broken)
        let chain = chain(first, b)
        async let events = chain.events()
        try await a.untilAsked(1)
        time.advance(by: .seconds(40))
        broken.open()
        #expect(try await events.text == "whole")
        #expect(b.requests[0].firstTextBy == .seconds(55))
    }

    @Test func theBusyOneIsWaitedForWhenOnlyLocalOnesAreLeft() async throws {
        let a = Model("a", .init(error: .busy), good("a"))
        let (b, local) = (Model("b", .init(error: .circuitOpen)), Model("local", isLocal: true, good("local")))
        #expect(try await chain(a, b, local).events().usage?.provider == "a")
        #expect(a.requests.map(\.waitsForPlace) == [false, true])
        #expect(b.calls == 1 && local.calls == 0)
    }

    // MARK: What is told when nobody answers

    private func verdict(_ failures: (LanguageModelError.Code, Int?)...) async -> LanguageModelError? {
        let models = failures.enumerated().map { index, failure in
            Model(
                "p\(index)", isLocal: failure.0 == .noEvidence,
                .init(error: failure.0, retryAfter: failure.1.map { .seconds($0) }))
        }
        return await ModelChain(models, time: time).failure().error
    }

    @Test func theReasonThatDecidesIsTold() async {
        #expect(await verdict((.badKey, nil), (.overloaded, nil))?.code == .overloaded, "it may pass")
        #expect(await verdict((.overloaded, 9), (.rateLimited, 5))?.retryAfter == .seconds(5), "the soonest")
        #expect(await verdict((.overloaded, nil), (.timeout, nil))?.code == .timeout, "nobody waits twice")
        #expect(await verdict((.circuitOpen, 9), (.circuitOpen, 5))?.retryAfter == .seconds(5))
        #expect(await verdict((.circuitOpen, 9), (.contextTooLong, nil))?.code == .contextTooLong)
        #expect(await verdict((.circuitOpen, 9), (.noEvidence, nil))?.code == .circuitOpen, "quotes only stand in")
        #expect(await verdict((.noEvidence, nil))?.code == .noEvidence)
    }

    // MARK: With real providers' models

    @Test func fromABrokenStreamOverADeadServiceToAGoodOne() async throws {
        let client = HTTPClient(log: .silent)
        let groq = try Fixture.groq.bytes
        let broken = try ScriptedServer([.chunked([Array(groq.prefix(groq.count / 2))], isWhole: false) + [.close]])
        let dead = try ClosedPort()
        let sound = try ScriptedServer([.chunked([Fixture.anthropic.bytes])])
        let chain = ModelChain(
            [
                try Fixture.groq.model(at: broken.url, client: client),
                try Fixture.openai.model(at: "http://127.0.0.1:\(dead.port)", client: client),
                try Fixture.anthropic.model(at: sound.url, client: client),
            ], time: time)
        let events = try await chain.events()
        #expect(events.text == Fixture.text)
        #expect(events.contains(.restarted(provider: "anthropic", model: "claude-haiku-4-5")))
        #expect(events.usage?.provider == "anthropic")
        #expect(broken.requests.count == 1)
    }

    @Test func cancellingTheChainClosesTheConnection() async throws {
        let client = HTTPClient(log: .silent)
        let server = try ScriptedServer([.openResponse() + [.untilPeerCloses]])
        let chain = ModelChain([try Fixture.groq.model(at: server.url, client: client)], time: time)
        let task = Task { for try await _ in chain.generate(.sample) {} }
        try await eventually { !server.requests.isEmpty }
        task.cancel()
        await server.peerClosed()
        #expect(server.requests.count == 1)
    }

    /// Ends another model's stream with an error when told to.
    private struct StoppableModel: LanguageModel {
        let base: Model
        let stop: Latch
        var provider: String { base.provider }
        var model: String { base.model }

        init(_ base: Model, until stop: Latch) { (self.base, self.stop) = (base, stop) }

        func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
            let events = base.generate(request)
            return AsyncThrowingStream { continuation in
                let task = Task { for try await event in events { continuation.yield(event) } }
                Task {
                    await stop.wait()
                    task.cancel()
                    continuation.finish(
                        throwing: LanguageModelError(.truncatedStream, provider: provider, model: model))
                }
            }
        }
    }
}
