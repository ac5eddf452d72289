import Support

/// One provider's model behind its breaker, its bulkhead and its budget of retries.
///
/// A call that may not be made fails at once: `circuit_open`, `rate_limited` while the provider has asked to be left alone,
/// `busy` while as many calls as allowed are under way. A call that fails before its first piece of text, in a way that
/// may pass, is made again once, if the wait is short and the budget allows it; never one that timed out: the student has
/// waited long enough for this model.
package final class ResilientModel: LanguageModel, HealthReporting {
    package struct Policy: Sendable {
        package var breaker = CircuitBreaker.Settings()
        /// Calls under way at once at most.
        package var concurrency = 32
        /// How often the model is asked for one answer, at least 1.
        package var attempts = 2
        /// What is waited between two attempts at most.
        package var longestWait = Duration.seconds(2)
        /// Waits where the provider asks for none.
        package var backoff = Backoff(base: .milliseconds(250), cap: .seconds(1))
        /// A call given up because the time for the first text was over counts as failed if it had at least this long.
        package var fairTime = Duration.seconds(5)

        package init() {}
    }

    private struct State {
        var gate: ModelGate
        var budget: RetryBudget
        var lastState = BreakerState.closed
        /// Of those who wait for a place.
        var waiting: [Latch] = []
    }

    package var provider: String { base.provider }
    package var model: String { base.model }
    private let base: any LanguageModel
    private let policy: Policy
    private let time: any TimeSource
    private let log: Log
    private let state: Locked<State>

    /// Questions that wait for a place at most; the next one is refused.
    private static let longestLine = 256

    package init(
        _ base: any LanguageModel, policy: Policy = Policy(), time: any TimeSource = SystemTime(), log: Log = .silent
    ) {
        self.base = base
        self.policy = policy
        self.time = time
        self.log = log.with(["provider": base.provider, "model": base.model])
        state = Locked(
            State(
                gate: ModelGate(breaker: policy.breaker, concurrency: policy.concurrency),
                budget: RetryBudget(at: time.elapsed)))
    }

    package var health: [ModelHealth] {
        let now = time.elapsed
        return state.withLock { state in
            let (breaker, limit) = (state.gate.breaker, state.gate.limit)
            let tally = breaker.tally(at: now)
            return [
                ModelHealth(
                    provider: provider, model: model, breaker: breaker.state(at: now), inFlight: limit.inFlight,
                    limit: limit.current, calls: tally.calls, failures: tally.failed, slow: tally.slow,
                    opensLeft: breaker.openLeft(at: now), pauseLeft: limit.pauseLeft(at: now))
            ]
        }
    }

    package func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        .made { try await self.run(request, into: $0) }
    }

    private typealias Continuation = GenerationStream.Continuation

    private func run(_ request: GenerationRequest, into continuation: Continuation) async throws {
        var attempt = 1
        while true {
            let pass = try await enter(request)
            let call = ModelCall(base, request, time: time)
            let ending = await call.run { continuation.yield($0) }
            let pause = leave(pass, verdict(on: ending), wasRetry: attempt > 1)
            guard let error = ending.error else { return }
            guard let failure = error as? LanguageModelError else { throw error }
            log.warning(
                "a model failed",
                [
                    "error": failure.label, "attempt": "\(attempt)", "after_text": "\(ending.hasShown)",
                    "duration_ms": "\(ending.took.milliseconds)",
                ])
            guard !ending.hasShown, failure.isWorthRetry, attempt < policy.attempts,
                let wait = wait(after: failure, attempt, pause: pause, request),
                state.withLock({ $0.budget.takeRetry(at: time.elapsed) })
            else { throw failure }
            try await time.sleep(for: wait)
            attempt += 1
        }
    }

    private func verdict(on ending: ModelCall.Ending) -> CallVerdict {
        switch ending.error {
        case nil: ending.pace.isSlow(at: time.elapsed, limit: policy.breaker.slowCall) ? .slow : .good
        case let error as LanguageModelError:
            ending.wasGivenUp && ending.took < policy.fairTime ? .silent : CallVerdict(error)
        default: .silent
        }
    }

    /// How long to wait before the model is asked again; nil when that is too long.
    private func wait(
        after failure: LanguageModelError, _ attempt: Int, pause: Duration?, _ request: GenerationRequest
    ) -> Duration? {
        let wait = max(pause ?? .zero, failure.retryAfter ?? policy.backoff.wait(afterAttempt: attempt))
        let end = [request.deadline, request.firstTextBy].compactMap(\.self).min()
        guard wait <= policy.longestWait, end.map({ time.elapsed + wait < $0 }) ?? true else { return nil }
        return wait
    }

    // MARK: The gate

    /// Returns when the call may be made.
    /// - Throws: `LanguageModelError` when it may not.
    private func enter(_ request: GenerationRequest) async throws -> ModelGate.Pass {
        while true {
            let place = Latch()
            let admission = state.withLock { state in
                let admission = state.gate.enter(at: time.elapsed)
                if case .full = admission, request.waitsForPlace, state.waiting.count < Self.longestLine {
                    state.waiting.append(place)
                }
                tell(&state)
                return admission
            }
            switch admission {
            case .entered(let pass): return pass
            case .open(let left, let cause): throw refusal(cause ?? .circuitOpen, left)
            // Probes of a provider that hangs take as long as a call may: nobody waits to learn how they end.
            case .probing: throw refusal(.circuitOpen, nil)
            case .paused(let left):
                guard left <= policy.longestWait else { throw refusal(.rateLimited, left) }
                guard request.waitsForPlace, fits(left, request) else { throw refusal(.busy, left) }
                try await time.sleep(for: left)
            case .full:
                guard request.waitsForPlace, let left = request.firstTextBy.map({ $0 - time.elapsed }), left > .zero
                else { throw refusal(.busy, nil) }
                defer { state.withLock { $0.waiting.removeAll { $0 === place } } }
                let isFree: Void? = try await withDeadline(left, time) { await place.wait() }
                try Task.checkCancellation()
                guard isFree != nil else { throw refusal(.busy, nil) }
            }
        }
    }

    private func fits(_ wait: Duration, _ request: GenerationRequest) -> Bool {
        request.firstTextBy.map { time.elapsed + wait < $0 } ?? false
    }

    private func refusal(_ code: LanguageModelError.Code, _ left: Duration?) -> LanguageModelError {
        LanguageModelError(code, provider: provider, model: model, retryAfter: left)
    }

    private func leave(_ pass: ModelGate.Pass, _ verdict: CallVerdict, wasRetry: Bool) -> Duration? {
        let (pause, waiting) = state.withLock { state in
            let pause = state.gate.leave(pass, verdict, at: time.elapsed)
            if verdict == .good || verdict == .slow { state.budget.succeeded(wasRetry: wasRetry) }
            tell(&state)
            defer { state.waiting = [] }
            return (pause, state.waiting)
        }
        for place in waiting { place.open() }
        return pause
    }

    /// Logs a change of the breaker's state.
    private func tell(_ state: inout State) {
        let now = time.elapsed
        let (before, after) = (state.lastState, state.gate.breaker.state(at: now))
        guard after != before else { return }
        state.lastState = after
        let tally = state.gate.breaker.tally(at: now)
        let figures = [
            "from": before.rawValue, "to": after.rawValue, "calls": "\(tally.calls)", "failed": "\(tally.failed)",
            "slow": "\(tally.slow)",
        ]
        if after == .open { log.warning("breaker opened", figures) } else { log.info("breaker changed", figures) }
    }
}
