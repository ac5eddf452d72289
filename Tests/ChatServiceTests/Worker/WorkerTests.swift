import ChatService
import Support
import TestSupport
import Testing

@Suite("Worker", .timeLimit(.minutes(10)))
struct WorkerTests {
    private let transient = AnsweringError(
        .llmUnavailable, "All language models are down.", isRetryable: true, cause: "http_503")

    @Test("A question becomes its answer, told step by step")
    func success() async throws {
        let house = try ChatHouse()
        let source = try JSONText.decode(
            Source.self, from: #"{"marker":1,"documentId":"d","title":"Aula 1","passage":"Recursão é…"}"#)
        let answering = ScriptedAnswering([
            [
                .report(.retrieving), .report(.generating(sources: [source])), .report(.delta(stream: 1, "Answer ")),
                .report(.delta(stream: 1, "to: O que é recursão?")),
            ]
        ])
        let accepted = try await house.ask()
        let story = try await house.working(answering) { try await house.story(accepted) }
        #expect(story.map(\.seq) == Array(1...Int64(story.count)))
        #expect(story.states == [.queued, .retrieving, .generating])
        #expect(story.shownText == "Answer to: O que é recursão?")
        let completed = try #require(story.completion)
        #expect(completed.answer == ScriptedAnswering.answer(to: "O que é recursão?"))
        #expect(completed.conversationId == accepted.conversationID && completed.traceId == "trace")
        let generating = story.compactMap { frame -> [Source]? in
            if case .status(let status) = frame.event { status.sources } else { nil }
        }
        #expect(generating == [[source]])
        let messages = try await house.store.messages(of: accepted.conversationID, user: .local, after: nil, limit: 9)
        #expect(messages?.items.last?.id == completed.messageId)
        // The whole job has five minutes, by the clock that never goes back.
        #expect(answering.questions.map(\.deadline) == [.seconds(290)])
    }

    @Test("A stream that begins anew is told as 'retrying', and its text counts from 0")
    func restartedStream() async throws {
        let house = try ChatHouse()
        let source = try JSONText.decode(
            Source.self, from: #"{"marker":1,"documentId":"d","title":"Aula 1","passage":"Recursão é…"}"#)
        let shown = Latch()
        let answering = ScriptedAnswering([
            [
                .report(.generating(sources: [source])), .report(.delta(stream: 1, "Half ")), .wait(shown),
                .report(.restarted(stream: 2)), .report(.delta(stream: 2, "Answer to: a")),
            ]
        ])
        let accepted = try await house.ask("a")
        let story = try await house.working(answering) {
            try await house.until(accepted) { if case .messageDelta = $0 { true } else { false } }
            shown.open()
            return try await house.story(accepted)
        }
        let told = story.compactMap { frame -> ChatEvent.Status? in
            if case .status(let status) = frame.event, status.state != .queued { status } else { nil }
        }
        #expect(told.map(\.state) == [.generating, .retrying] && told.map(\.attempt) == [1, 1])
        #expect(told.map(\.sources) == [[source], [source]])
        let deltas = story.compactMap { frame -> ChatEvent.Delta? in
            if case .messageDelta(let delta) = frame.event { delta } else { nil }
        }
        #expect(deltas.map(\.stream) == [1, 2] && deltas.map(\.index) == [0, 0])
        #expect(story.shownText == story.completion?.answer.content)
    }

    @Test("A waiting worker starts at once when a question arrives, and sees the conversation so far")
    func wakes() async throws {
        let house = try ChatHouse()
        let answering = ScriptedAnswering()
        try await house.working(answering) {
            // Asleep over an empty queue; the clock is never wound here.
            await house.time.untilSleeping(1)
            let first = try await house.ask("1")
            _ = try await house.story(first)
            let second = try await house.ask("2", conversation: first.conversationID, session: first.sessionID)
            _ = try await house.story(second)
        }
        #expect(
            answering.questions.map(\.history)
                == [[], [Turn(role: .user, content: "1"), Turn(role: .assistant, content: "Answer to: 1")]])
    }

    @Test("Failures that pass are tried again, later, and the text begins anew")
    func transientFailures() async throws {
        let house = try ChatHouse()
        let answering = ScriptedAnswering([
            [.report(.delta(stream: 1, "wrong")), .fail(transient)],
            [.fail(transient)],
            [.report(.delta(stream: 1, "right"))],
        ])
        let accepted = try await house.ask()
        let story = try await house.working(answering) {
            for attempt in 1...2 {
                try await house.until(accepted) {
                    $0 == .status(ChatEvent.Status(jobId: accepted.jobID, state: .retrying, attempt: attempt))
                }
                try await house.untilDue(accepted)
            }
            return try await house.story(accepted)
        }
        #expect(story.states.filter { $0 == .retrying }.count == 2)
        #expect(story.shownText == "right")
        #expect(story.completion != nil)
        #expect(answering.questions.count == 3)
    }

    @Test("A job that always fails ends after five tries, in the dead letters and with the provider's code")
    func poison() async throws {
        let house = try ChatHouse()
        let answering = ScriptedAnswering([[.fail(transient)]])
        let accepted = try await house.ask()
        let story = try await house.working(answering) {
            for attempt in 1...4 {
                try await house.until(accepted) {
                    $0 == .status(ChatEvent.Status(jobId: accepted.jobID, state: .retrying, attempt: attempt))
                }
                try await house.untilDue(accepted)
            }
            return try await house.story(accepted)
        }
        let failure = try #require(story.failure)
        #expect(failure.code == .llmUnavailable && failure.retryable)
        #expect(failure.message == "All language models are down.")
        #expect(failure.details.attempts == 5 && failure.details.cause == "http_503")
        #expect(answering.questions.count == 5)
        #expect(try await house.store.record(job: accepted.jobID)?.status == .failed)
        #expect(try await house.store.deadLetters().map(\.failures) == [Array(repeating: "http_503", count: 5)])
    }

    @Test("What cannot go better is not tried again")
    func permanentFailure() async throws {
        let house = try ChatHouse()
        let gone = AnsweringError(.courseUnavailable, "There is no course 'algoritmos' any more.")
        let accepted = try await house.ask()
        let story = try await house.working(ScriptedAnswering([[.fail(gone)]])) { try await house.story(accepted) }
        #expect(story.failure?.code == .courseUnavailable)
        #expect(story.failure?.retryable == false)
        #expect(story.states == [.queued])
    }

    @Test("An error nobody explained shows nothing of itself")
    func unexplained() async throws {
        struct Secret: Error { let path = "/secret" }
        var limits = JobLimits()
        limits.tries = 1
        let house = try ChatHouse(limits: limits)
        let accepted = try await house.ask()
        let worker = Worker(
            queue: house.store, ledger: house.store, history: house.store, sessions: house.store,
            answering: ScriptedAnswering([[.fail(Secret())]]), running: house.running,
            parameters: {
                var one = WorkerParameters(); one.tries = 1; return one
            }(), time: house.time, log: .silent)
        let run = Task { try await worker.run() }
        let story = try await house.story(accepted)
        #expect(story.failure?.code == .internalError)
        #expect(story.failure?.message == JobErrorCode.internalError.message)
        #expect(story.failure?.details.cause == "unexplained")
        await worker.shutDown()
        try await run.value
    }

    @Test("A provider that asks to wait is waited for")
    func retryAfter() async throws {
        let house = try ChatHouse()
        let limited = AnsweringError(
            .llmUnavailable, "Too many requests.", isRetryable: true, retryAfter: .seconds(60), cause: "http_429")
        let answering = ScriptedAnswering([[.fail(limited)], []])
        let accepted = try await house.ask()
        try await house.working(answering) {
            try await house.until(accepted) { if case .status(let one) = $0 { one.state == .retrying } else { false } }
            try await house.untilGivenBack(accepted)
            house.time.advance(by: .seconds(59))
            #expect(try await house.store.lease(for: .seconds(30)) == nil)
            await house.time.untilSleeping(1)
            // And some more at random, up to the usual wait after a first try.
            house.time.advance(by: .seconds(3))
            let story = try await house.story(accepted)
            #expect(story.completion != nil)
        }
        #expect(answering.questions.count == 2)
    }

    @Test("Whoever has waited through a timeout, or would for a breaker, is told at once that it may be asked again")
    func nothingToWaitFor() async throws {
        let house = try ChatHouse()
        let open = AnsweringError(
            .llmUnavailable, "It is left alone; please ask again in 30 s.", isRetryable: true, endsJob: true,
            retryAfter: .seconds(30), cause: "circuit_open")
        let accepted = try await house.ask()
        let story = try await house.working(ScriptedAnswering([[.fail(open)]])) { try await house.story(accepted) }
        #expect(story.states == [.queued])
        let failure = try #require(story.failure)
        #expect(failure.code == .llmUnavailable && failure.retryable && failure.details.attempts == 1)
        #expect(failure.message == "It is left alone; please ask again in 30 s.")
    }

    /// Each job alone may be tried five times; together they may not: an outage shall not be multiplied.
    @Test("In an outage of two hundred questions only ten are tried again")
    func retryBudget() async throws {
        let house = try ChatHouse()
        let answering = ScriptedAnswering([[.fail(transient)]])
        try await house.working(answering) {
            for number in 0..<200 {
                let accepted = try await house.store.accept(
                    Submission(
                        user: UserID("student-\(number)"), message: "\(number)", course: try CourseID("algoritmos"),
                        traceID: "trace"))
                // Failed for good, or given back for as long as nobody winds the clock.
                try await eventually {
                    let status = try await house.store.record(job: accepted.jobID)?.status
                    return status == .failed || status == .retrying
                }
            }
            await house.time.untilSleeping(1)
            house.time.advance(by: .seconds(17))
            try await eventually { try await house.store.depth() == 0 }
        }
        #expect(answering.questions.count == 210)
    }

    @Test("A wait beyond the deadline is not begun: the job ends with the reason")
    func noTimeLeft() async throws {
        let house = try ChatHouse()
        let limited = AnsweringError(
            .llmUnavailable, "Too many requests.", isRetryable: true, retryAfter: .seconds(3600), cause: "http_429")
        let accepted = try await house.ask()
        let story = try await house.working(ScriptedAnswering([[.fail(limited)]])) { try await house.story(accepted) }
        #expect(story.failure?.code == .llmUnavailable)
    }

    @Test("A worker that lost its lease changes nothing: one answer, by the other")
    func lostLease() async throws {
        let house = try ChatHouse()
        let started = Latch()
        let goOn = Latch()
        let slow = ScriptedAnswering([[.reach(started), .wait(goOn), .report(.delta(stream: 1, "late"))]])
        let accepted = try await house.ask()
        let frozen = house.worker(slow)
        let run = Task { try await frozen.run() }
        await started.wait()
        // The first worker is stuck for longer than its lease; a second one takes over and answers.
        let stolen = try await house.steal(accepted)
        let answer = ScriptedAnswering.answer(to: "from the second")
        #expect(try await house.store.finish(stolen, with: .answered(answer, messageID: RandomIdentifier.make())))
        await house.publish(accepted)
        goOn.open()
        await frozen.shutDown()
        try await run.value
        let story = try await house.story(accepted)
        #expect(story.filter { $0.event.isTerminal }.count == 1)
        #expect(story.completion?.answer.content == "Answer to: from the second")
        let messages = try await house.store.messages(of: accepted.conversationID, user: .local, after: nil, limit: 9)
        #expect(messages?.items.filter { $0.role == .assistant }.count == 1)
    }

    @Test("The lease of a long answer is renewed")
    func renewal() async throws {
        let house = try ChatHouse()
        let started = Latch()
        let goOn = Latch()
        let accepted = try await house.ask()
        try await house.working(ScriptedAnswering([[.reach(started), .wait(goOn)]])) {
            await started.wait()
            // The deadline and the renewal sleep; no poll does, the only slot is busy.
            for _ in 0..<9 {
                await house.time.untilSleeping(2)
                house.time.advance(by: .seconds(10))
                try await house.untilRenewed(accepted)
            }
            #expect(try await house.store.lease(for: .seconds(30)) == nil)
            goOn.open()
            let story = try await house.story(accepted)
            #expect(story.completion != nil)
        }
    }

    @Test("Cancelling reaches a running job at once")
    func cancellation() async throws {
        let house = try ChatHouse()
        let started = Latch()
        let never = Latch()
        let accepted = try await house.ask()
        try await house.working(ScriptedAnswering([[.reach(started), .wait(never)], []])) {
            await started.wait()
            #expect(try await house.store.end(job: accepted.jobID, with: JobFailure(.cancelled)))
            house.running.cancel(accepted.jobID)
            await house.publish(accepted)
            let failure = try await house.story(accepted).failure
            #expect(failure?.code == .cancelled)
            // The slot is free again.
            let next = try await house.story(try await house.ask("next"))
            #expect(next.completion != nil)
        }
        #expect(try await house.store.record(job: accepted.jobID)?.status == .cancelled)
        #expect(try await house.store.deadLetters().isEmpty)
    }

    @Test("An answer that takes too long is given up at the deadline")
    func deadline() async throws {
        let house = try ChatHouse()
        let started = Latch()
        let never = Latch()
        let accepted = try await house.ask()
        try await house.working(ScriptedAnswering([[.reach(started), .wait(never)]])) {
            await started.wait()
            await house.time.untilSleeping(2)
            house.time.advance(by: .seconds(290))
            let failure = try await house.story(accepted).failure
            #expect(failure?.code == .deadlineExceeded)
        }
    }

    @Test("Shutting down finishes what is in hand and takes nothing new")
    func gracefulShutdown() async throws {
        let house = try ChatHouse()
        let started = Latch()
        let goOn = Latch()
        let first = try await house.ask("1")
        let second = try await house.ask("2")
        let worker = house.worker(ScriptedAnswering([[.reach(started), .wait(goOn)]]))
        let run = Task { try await worker.run() }
        await started.wait()
        await worker.shutDown()
        goOn.open()
        try await run.value
        #expect(try await house.store.record(job: first.jobID)?.status == .completed)
        #expect(try await house.store.record(job: second.jobID)?.status == .queued)
    }

    @Test("When the grace is over, what is still in hand is handed back and the try does not count")
    func handsBack() async throws {
        let house = try ChatHouse()
        let started = Latch()
        let never = Latch()
        let accepted = try await house.ask()
        let worker = house.worker(ScriptedAnswering([[.reach(started), .wait(never)]]))
        let run = Task { try await worker.run() }
        await started.wait()
        await worker.shutDown()
        run.cancel()
        try await run.value
        let lease = try #require(try await house.store.lease(for: .seconds(30)))
        #expect(lease.job.id == accepted.jobID && lease.tries == 1 && lease.attempt == 2)
    }

    @Test("Four slots work at once")
    func concurrency() async throws {
        var limits = JobLimits()
        limits.activePerUser = 4
        let house = try ChatHouse(limits: limits)
        let latches = (0..<4).map { _ in Latch() }
        let goOn = Latch()
        let answering = ScriptedAnswering(latches.map { [.reach($0), .wait(goOn)] })
        var asked: [Accepted] = []
        for number in 0..<4 { asked.append(try await house.ask("\(number)")) }
        try await house.working(answering, concurrency: 4) {
            for latch in latches { await latch.wait() }
            goOn.open()
            for accepted in asked {
                let story = try await house.story(accepted)
                #expect(story.completion != nil)
            }
        }
    }
}
