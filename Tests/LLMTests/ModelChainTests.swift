import HTTPClient
import Support
import TestSupport
import Testing

@testable import LLM

@Suite struct ModelChainTests {
    /// A model with a script: its n-th generation yields the n-th list of events and then fails or ends.
    private final class ScriptedChainModel: LanguageModel {
        struct Take: Sendable {
            var events: [GenerationEvent] = []
            var error: LanguageModelError.Code?
            var retryAfter: Duration?
        }

        let provider: String
        let model = "m"
        private let takes: [Take]
        private let count = Locked(0)

        init(_ provider: String, _ takes: Take...) {
            self.provider = provider
            self.takes = takes
        }

        var calls: Int { count.withLock { $0 } }

        func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
            let index = count.withLock { count in
                defer { count += 1 }
                return count
            }
            return AsyncThrowingStream { continuation in
                let take = takes[min(index, takes.count - 1)]
                for event in take.events { continuation.yield(event) }
                continuation.finish(
                    throwing: take.error.map {
                        LanguageModelError($0, provider: provider, model: model, retryAfter: take.retryAfter)
                    })
            }
        }
    }

    /// A clock that notes the sleeps and jumps over them.
    private final class JumpingTime: TimeSource {
        private let state = Locked<(elapsed: Duration, sleeps: [Duration])>((.zero, []))

        var now: Timestamp { Timestamp(milliseconds: 0) }
        var steady: Timestamp { now }
        var elapsed: Duration { state.withLock { $0.elapsed } }
        var sleeps: [Duration] { state.withLock { $0.sleeps } }

        func sleep(for duration: Duration) async throws {
            state.withLock { state in
                state.elapsed += duration
                state.sleeps.append(duration)
            }
        }
    }

    private typealias Model = ScriptedChainModel
    private let time = JumpingTime()

    private func chain(_ models: Model..., attempts: Int = 2) -> ModelChain {
        ModelChain(models, policy: .init(attemptsPerModel: attempts), time: time)
    }

    private func usage(_ provider: String) -> GenerationUsage {
        GenerationUsage(provider: provider, model: "m", inputTokens: 1, outputTokens: 2, costUSD: nil)
    }

    private func good(_ provider: String, _ text: String = "answer") -> Model.Take {
        .init(events: [.text(text), .finished(usage(provider))])
    }

    @Test func theFirstThatAnswersIsEnough() async throws {
        let (a, b) = (Model("a", good("a")), Model("b", good("b")))
        #expect(try await chain(a, b).events() == [.text("answer"), .finished(usage("a"))])
        #expect(b.calls == 0)
        #expect(chain(a, b).provider == "a")
    }

    @Test(arguments: LanguageModelError.Code.allCases.filter { $0 != .deadlineExceeded })
    func theNextOneTakesOver(_ code: LanguageModelError.Code) async throws {
        let (a, b) = (Model("a", .init(error: code)), Model("b", good("b")))
        #expect(try await chain(a, b).events() == [.text("answer"), .finished(usage("b"))])
        let isRetryable = LanguageModelError(code, provider: "a", model: "m").isRetryable
        #expect(a.calls == (isRetryable ? 2 : 1))
        #expect(time.sleeps.count == (isRetryable ? 1 : 0))
    }

    @Test func whatMayPassIsTriedAgain() async throws {
        let a = Model("a", .init(error: .rateLimited, retryAfter: .milliseconds(700)), good("a"))
        let b = Model("b", good("b"))
        #expect(try await chain(a, b).events().usage?.provider == "a")
        #expect(time.sleeps == [.milliseconds(700)])
    }

    @Test func aLongWaitIsNotWaited() async throws {
        let a = Model("a", .init(error: .rateLimited, retryAfter: .seconds(30)))
        #expect(try await chain(a, Model("b", good("b"))).events().usage?.provider == "b")
        #expect(a.calls == 1)
        #expect(time.sleeps.isEmpty)
    }

    @Test func aBrokenAnswerIsBegunAnew() async throws {
        let a = Model("a", .init(events: [.text("half an"), .text(" ans")], error: .truncatedStream))
        let b = Model("b", good("b", "whole"))
        #expect(
            try await chain(a, b).events() == [
                .text("half an"), .text(" ans"), .restarted(provider: "b", model: "m"), .text("whole"),
                .finished(usage("b")),
            ])
        #expect(a.calls == 1, "what has shown text is not asked again while there is another")
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

    @Test func theLastModelMayReplaceItself() async throws {
        let a = Model("a", .init(events: [.text("half")], error: .truncatedStream), good("a", "whole"))
        #expect(
            try await chain(a).events() == [
                .text("half"), .restarted(provider: "a", model: "m"), .text("whole"), .finished(usage("a")),
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

    @Test func theLastFailureIsTold() async throws {
        let (a, b) = (Model("a", .init(error: .badKey)), Model("b", .init(error: .overloaded)))
        let (events, error) = await chain(a, b, attempts: 3).failure()
        #expect(events.isEmpty)
        #expect(error?.code == .overloaded)
        #expect(error?.provider == "b")
        #expect(b.calls == 3)
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

    @Test func noWaitGoesBeyondTheDeadline() async throws {
        let a = Model("a", .init(error: .rateLimited, retryAfter: .seconds(1)))
        var request = GenerationRequest.sample
        request.deadline = .milliseconds(900)
        #expect(try await chain(a, Model("b", good("b"))).events(request).usage?.provider == "b")
        #expect(time.sleeps.isEmpty)
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
        while server.requests.isEmpty { await Task.yield() }
        task.cancel()
        await server.peerClosed()
        #expect(server.requests.count == 1)
    }
}
