import HTTPClient
import Support
import TestSupport
import Testing

@testable import LLM

@Suite(.timeLimit(.minutes(10))) struct ResilientModelTests {
    private typealias Model = ScriptedTakes
    private let time = ManualTime()

    /// A policy that waits for nothing, so that no clock need be wound.
    private static func hasty(_ change: (inout ResilientModel.Policy) -> Void = { _ in }) -> ResilientModel.Policy {
        var policy = ResilientModel.Policy()
        policy.backoff = Backoff(base: .zero, cap: .zero)
        change(&policy)
        return policy
    }

    private func resilient(
        _ model: any LanguageModel, _ change: (inout ResilientModel.Policy) -> Void = { _ in }
    ) -> ResilientModel {
        ResilientModel(model, policy: Self.hasty(change), time: time)
    }

    private func health(_ model: ResilientModel) throws -> ModelHealth { try #require(model.health.first) }

    // MARK: Retries

    private static let worthRetry: Set<LanguageModelError.Code> = [
        .rateLimited, .overloaded, .serverError, .unreachable, .truncatedStream, .emptyAnswer,
    ]

    @Test(arguments: LanguageModelError.Code.allCases)
    func onlyWhatMayPassIsRetriedAndOnce(_ code: LanguageModelError.Code) async {
        let base = Model("a", .init(error: code, retryAfter: .zero))
        let error = await resilient(base).failure().error
        #expect(error?.code == code)
        #expect(base.calls == (Self.worthRetry.contains(code) ? 2 : 1))
    }

    @Test func aRetryMayAnswer() async throws {
        let base = Model("a", .init(error: .serverError), .good("a"))
        #expect(try await resilient(base).events() == [.text("answer"), .finished(Model.usage("a"))])
        #expect(base.calls == 2)
    }

    @Test func nothingIsRetriedOnceTextWasShown() async {
        let base = Model("a", .init(events: [.text("half")], error: .truncatedStream))
        let (events, error) = await resilient(base).failure()
        #expect(events == [.text("half")] && error?.code == .truncatedStream)
        #expect(base.calls == 1)
    }

    @Test func aShortWaitIsWaited() async throws {
        let base = Model("a", .init(error: .rateLimited, retryAfter: .milliseconds(700)), .good("a"))
        let model = resilient(base)
        async let events = model.events()
        await time.untilSleeping(1)
        time.advance(by: .milliseconds(699))
        #expect(base.calls == 1)
        time.advance(by: .milliseconds(1))
        #expect(try await events.usage?.provider == "a")
    }

    @Test func noWaitGoesBeyondTheDeadlineOrTheTimeForTheFirstText() async {
        for isDeadline in [true, false] {
            let base = Model("a", .init(error: .rateLimited, retryAfter: .seconds(1)))
            var request = GenerationRequest.sample
            if isDeadline { request.deadline = .seconds(0.9) } else { request.firstTextBy = .seconds(0.9) }
            #expect(await resilient(base).failure(request).error?.code == .rateLimited)
            #expect(base.calls == 1)
        }
    }

    @Test func anOutageIsNotMultiplied() async {
        // A breaker that never opens: the budget alone.
        let base = Model("a", .init(error: .serverError))
        let model = resilient(base) {
            $0.breaker.windowCalls = 1_000
            $0.breaker.minimumCalls = 1_000
        }
        for _ in 0..<200 { _ = await model.failure() }
        #expect(base.calls == 210)
    }

    // MARK: The breaker

    @Test func tenFailuresOpenItAndThenNobodyIsAsked() async throws {
        let base = Model("a", .init(error: .serverError))
        let model = resilient(base)
        for _ in 0..<5 { _ = await model.failure() }
        #expect(base.calls == 10)
        let error = await model.failure().error
        #expect(error?.code == .circuitOpen && error?.retryAfter == .seconds(30))
        #expect(base.calls == 10)
        let health = try health(model)
        #expect(health.breaker == .open && health.opensLeft == .seconds(30) && !health.isWell)
        #expect(health.calls == 10 && health.failures == 10 && health.slow == 0 && health.inFlight == 0)
    }

    @Test func goodProbesCloseIt() async throws {
        let base = Model(
            "a", .init(error: .serverError), .init(error: .serverError), .init(error: .serverError),
            .init(error: .serverError), .good("a"))
        let model = resilient(base) {
            $0.breaker.minimumCalls = 4
            $0.breaker.openTime = .seconds(5)
        }
        for _ in 0..<2 { _ = await model.failure() }
        #expect(try health(model).breaker == .open)
        time.advance(by: .seconds(5))
        #expect(try health(model).breaker == .halfOpen)
        for _ in 0..<2 { #expect(try await model.events().usage?.provider == "a") }
        #expect(try health(model).breaker == .closed)
        #expect(try health(model).isWell)
    }

    private static let countsAsFailure: Set<LanguageModelError.Code> = [
        .serverError, .overloaded, .unreachable, .timeout, .truncatedStream, .malformedResponse, .emptyAnswer,
    ]
    private static let opensAtOnce: Set<LanguageModelError.Code> = [
        .badKey, .forbidden, .modelNotFound, .quotaExceeded, .misconfigured,
    ]

    @Test(arguments: LanguageModelError.Code.allCases)
    func whatCountsAsFailure(_ code: LanguageModelError.Code) async throws {
        let base = Model("a", .init(error: code))
        let model = resilient(base) { $0.attempts = 1 }
        _ = await model.failure()
        let health = try health(model)
        #expect(health.failures == (Self.countsAsFailure.contains(code) ? 1 : 0))
        #expect(health.calls == health.failures, "what says nothing is not counted at all")
        #expect((health.breaker == .open) == Self.opensAtOnce.contains(code))
        #expect((health.pauseLeft != nil) == (code == .rateLimited))
    }

    @Test func whatOnlyAPersonCanMendIsToldAgainWithoutACall() async throws {
        let base = Model("a", .init(error: .badKey), .good("a"))
        let model = resilient(base)
        for _ in 0..<3 { #expect(await model.failure().error?.code == .badKey) }
        #expect(base.calls == 1)
        #expect(try health(model).opensLeft == .seconds(300))
        time.advance(by: .seconds(300))
        #expect(try await model.events().usage?.provider == "a")
    }

    @Test func aCancelledQuestionSaysNothing() async throws {
        let base = Model("a", .init(events: [.text("half")], hangs: true))
        let model = resilient(base)
        let task = Task { for try await _ in model.generate(.sample) {} }
        try await base.untilAsked(1)
        task.cancel()
        _ = await task.result
        try await eventually { try health(model).inFlight == 0 }
        #expect(try health(model).calls == 0)
        #expect(base.cancelled == 1)
    }

    @Test func cancelledProbesDoNotWedgeIt() async throws {
        let failure = Model.Take(error: .serverError)
        let base = Model("a", failure, failure, .init(hangs: true), .init(hangs: true), .init(hangs: true), .good("a"))
        let model = resilient(base) { $0.breaker.minimumCalls = 2 }
        _ = await model.failure()
        time.advance(by: .seconds(30))
        let tasks = (0..<3).map { _ in Task { for try await _ in model.generate(.sample) {} } }
        try await base.untilAsked(5)
        #expect(await model.failure().error?.code == .circuitOpen, "three probes at once")
        var patient = GenerationRequest.sample
        patient.waitsForPlace = true
        patient.firstTextBy = time.elapsed + .seconds(15)
        #expect(await model.failure(patient).error?.code == .circuitOpen, "nobody waits for the end of a probe")
        for task in tasks { task.cancel() }
        try await eventually { try health(model).inFlight == 0 }
        for _ in 0..<2 { #expect(try await model.events().usage?.provider == "a") }
        #expect(try health(model).breaker == .closed)
    }

    // MARK: Slow, late

    @Test func aLateFirstTextIsSlow() async throws {
        let begin = Latch()
        let base = Model("a", .good("a", begin: begin))
        let model = resilient(base)
        async let events = model.events()
        try await base.untilAsked(1)
        time.advance(by: .seconds(20))
        begin.open()
        _ = try await events
        #expect(try health(model).slow == 1)
    }

    @Test func theFirstTextIsWaitedForSoLongAndNotLonger() async throws {
        let base = Model("a", .init(events: [.text("")], hangs: true))
        let model = resilient(base)
        var request = GenerationRequest.sample
        request.firstTextBy = .seconds(15)
        async let failure = model.failure(request)
        await time.untilSleeping(1)
        time.advance(by: .seconds(15))
        #expect(await failure.error?.code == .timeout)
        #expect(base.calls == 1, "who timed out is not asked again")
        #expect(base.cancelled == 1)
        #expect(try health(model).failures == 1)
    }

    @Test func whoHadLittleTimeIsNotBlamed() async throws {
        let model = resilient(Model("a", .init(hangs: true)))
        var request = GenerationRequest.sample
        request.firstTextBy = .seconds(4)
        async let failure = model.failure(request)
        await time.untilSleeping(1)
        time.advance(by: .seconds(4))
        #expect(await failure.error?.code == .timeout)
        #expect(try health(model).calls == 0)
    }

    @Test func onceTextHasComeTheTimeForTheFirstIsNoLimit() async throws {
        let goOn = Latch()
        let base = Model("a", .init(events: [.text("a")], hangs: true))
        let model = resilient(base)
        var request = GenerationRequest.sample
        request.firstTextBy = .seconds(15)
        let task = Task {
            for try await event in model.generate(request) where event == .text("a") { goOn.open() }
        }
        await goOn.wait()
        time.advance(by: .seconds(16))
        #expect(try health(model).inFlight == 1 && base.cancelled == 0)
        task.cancel()
        _ = await task.result
    }

    // MARK: The bulkhead

    @Test func noMoreThanTheLimitAtOnce() async throws {
        let go = Latch()
        let base = Model("a", .good("a", begin: go))
        let model = resilient(base) { $0.concurrency = 2 }
        let tasks = (0..<2).map { _ in Task { try await model.events() } }
        try await base.untilAsked(2)
        #expect(await model.failure().error?.code == .busy)
        var patient = GenerationRequest.sample
        patient.waitsForPlace = true
        patient.firstTextBy = .seconds(15)
        let waiting = Task { [patient] in try await model.events(patient) }
        // Its sleep is the wait for a place.
        await time.untilSleeping(1)
        #expect(base.calls == 2)
        go.open()
        for task in tasks { _ = try await task.value }
        #expect(try await waiting.value.usage?.provider == "a")
        #expect(try health(model).limit == 2)
    }

    /// Counts those who are inside at once; some answer, some fail, all after a few turns of the scheduler.
    private final class CrowdedModel: LanguageModel {
        let provider = "a"
        let model = "m"
        private let inside = Locked<(now: Int, most: Int, calls: Int)>((0, 0, 0))
        var most: Int { inside.withLock { $0.most } }

        func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
            let number = inside.withLock { inside in
                inside = (inside.now + 1, max(inside.most, inside.now + 1), inside.calls + 1)
                return inside.calls
            }
            return AsyncThrowingStream { continuation in
                let task = Task {
                    for _ in 0..<(number % 7) { await Task.yield() }
                    if number % 5 == 0 {
                        continuation.finish(throwing: LanguageModelError(.serverError, provider: "a", model: "m"))
                    } else {
                        continuation.yield(.text("x"))
                        continuation.yield(.finished(ScriptedTakes.usage("a")))
                        continuation.finish()
                    }
                }
                continuation.onTermination = { [inside] _ in
                    inside.withLock { $0.now -= 1 }
                    task.cancel()
                }
            }
        }
    }

    @Test func aCrowdEntersByTurnsAndLeavesNobodyInside() async throws {
        let base = CrowdedModel()
        let model = resilient(base) {
            $0.concurrency = 4
            $0.breaker.failureRate = 1
        }
        var patient = GenerationRequest.sample
        patient.waitsForPlace = true
        patient.firstTextBy = .seconds(15)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask { [patient] in
                    // A third goes away after the first event; what is thrown does not matter here.
                    do { for try await _ in model.generate(patient) where number % 3 == 0 { return } } catch {}
                }
            }
        }
        try await eventually { try health(model).inFlight == 0 }
        #expect(base.most <= 4 && base.most > 1)
    }

    @Test func whoWaitsInVainIsToldSo() async throws {
        let base = Model("a", .init(hangs: true))
        let model = resilient(base) { $0.concurrency = 1 }
        let task = Task { try await model.events() }
        try await base.untilAsked(1)
        var patient = GenerationRequest.sample
        patient.waitsForPlace = true
        patient.firstTextBy = .seconds(15)
        async let failure = model.failure(patient)
        await time.untilSleeping(1)
        time.advance(by: .seconds(15))
        #expect(await failure.error?.code == .busy)
        task.cancel()
        _ = await task.result
    }

    @Test func whoAsksForHalfAMinuteIsNotAskedForHalfAMinute() async throws {
        let base = Model("a", .init(error: .rateLimited, retryAfter: .seconds(30)), .good("a"))
        let model = resilient(base)
        #expect(await model.failure().error?.retryAfter == .seconds(30))
        time.advance(by: .seconds(10))
        let refused = await model.failure().error
        #expect(refused?.code == .rateLimited && refused?.retryAfter == .seconds(20))
        #expect(try health(model).pauseLeft == .seconds(20) && !(try health(model).isWell))
        #expect(base.calls == 1)
        time.advance(by: .seconds(20))
        #expect(try await model.events().usage?.provider == "a")
    }

    // MARK: With a real provider's model

    @Test func aTotalOutageOfTwoHundredQuestions() async throws {
        let server = try ScriptedServer([.response(500, "{}")])
        let model = resilient(try Fixture.openai.model(at: server.url, client: HTTPClient(log: .silent)))
        var open = 0
        for _ in 0..<200 {
            if await model.failure().error?.code == .circuitOpen { open += 1 }
            time.advance(by: .seconds(1))
        }
        // 10 that open it; then every half minute 2 probes: 200 s have at most 7 such.
        #expect(server.requests.count <= 10 + 7 * 2)
        #expect(server.requests.count <= Int(200 * 1.1) + 20, "what the plan allows")
        #expect(open >= 180)
    }
}
