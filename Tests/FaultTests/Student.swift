import ChatService
import Support
import TestSupport

/// A client as it should be: one session, a few conversations, questions repeated under their key when nobody said how
/// they fared, and a subscription that is cut at odd moments and resumed behind the last event.
final class Student: Sendable {
    private struct State {
        var isAsking = true
        var accepted: Set<String> = []
        var ended: Set<String> = []
        var lastSeq: Int64 = 0
    }

    private let number: Int
    private let user: UserID
    private let run: FaultRun
    private let state = Locked(State())

    init(_ number: Int, of run: FaultRun) {
        self.number = number
        user = UserID("student-\(number)")
        self.run = run
    }

    /// Whether all is asked and all that was promised has ended before this client's eyes.
    var isDone: Bool { state.withLock { !$0.isAsking && $0.accepted.isSubset(of: $0.ended) } }

    /// Asks, and reads until the task is cancelled.
    func live(questions: Int) async {
        var numbers = LinearCongruential(seed: run.setting.seed &* 1_000 &+ UInt64(number))
        guard let session = await openSession() else { return }
        let choices = LinearCongruential(seed: numbers.next())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.read(session, choices) }
            var conversations: [String] = []
            for question in 0..<questions {
                guard await pause(0...4_000, &numbers) else { break }
                // The same conversation, another one, a new one.
                let known = conversations.randomElement(using: &numbers)
                let conversation = Int.random(in: 0..<4, using: &numbers) == 0 ? nil : known
                guard
                    let accepted = await ask(
                        Tag.make(student: number, question: question), session, conversation, &numbers)
                else { continue }
                if !conversations.contains(accepted.conversationID) { conversations.append(accepted.conversationID) }
                if Int.random(in: 0..<10, using: &numbers) == 0, await pause(0...1_500, &numbers) {
                    await cancel(accepted.jobID)
                }
            }
            state.withLock { $0.isAsking = false }
        }
    }

    private func openSession() async -> String? {
        while !Task.isCancelled {
            let process = await run.process()
            if let id = try? await process.store.createSession(owner: user), run.recorder.note(process.number, { _ in })
            {
                return id
            }
            // The disk is full, or the process gone.
            guard (try? await run.setting.world.sleep(for: .milliseconds(500))) != nil else { return nil }
        }
        return nil
    }

    // MARK: Asking

    private func ask(
        _ tag: String, _ session: String, _ conversation: String?, _ numbers: inout LinearCongruential
    ) async -> Accepted? {
        let hasKey = Int.random(in: 0..<4, using: &numbers) > 0
        let submission = Submission(
            user: user, message: "\(StackCourse.question) \(tag)", course: run.setting.course.id, traceID: tag,
            conversationID: conversation, sessionID: session,
            idempotency: hasKey ? Submission.Idempotency(key: tag, fingerprint: tag) : nil)
        var mayBeThere = false
        while true {
            let process = await run.process()
            do {
                let accepted = try await process.store.accept(submission)
                if promised(accepted, tag, by: process) { return accepted }
            } catch {
                let outcome: Chronicle.Ask.Outcome = mayBeThere ? .unknown : .refused
                let isKnown = run.recorder.note(process.number) {
                    $0.asks.append(Chronicle.Ask(tag: tag, outcome: outcome))
                }
                if isKnown { return nil }
            }
            mayBeThere = true
            if !hasKey || Task.isCancelled {
                run.recorder.note { $0.asks.append(Chronicle.Ask(tag: tag, outcome: .unknown)) }
                return nil
            }
        }
    }

    private func promised(_ accepted: Accepted, _ tag: String, by process: ServerProcess) -> Bool {
        let promise = Chronicle.Promise(
            job: accepted.jobID, conversation: accepted.conversationID, session: accepted.sessionID,
            at: run.setting.world.elapsed)
        let isKnown = run.recorder.note(process.number) {
            $0.asks.append(Chronicle.Ask(tag: tag, outcome: .accepted(promise)))
        }
        if isKnown { state.withLock { _ = $0.accepted.insert(accepted.jobID) } }
        return isKnown
    }

    /// As `DELETE /api/jobs/{jobId}` does.
    private func cancel(_ job: String) async {
        let process = await run.process()
        // A full disk: then it is not cancelled.
        guard (try? await process.store.end(job: job, with: JobFailure(.cancelled))) == true else { return }
        process.running.cancel(job)
        await process.publisher.publish(job: job)
    }

    private func pause(_ milliseconds: ClosedRange<Int>, _ numbers: inout LinearCongruential) async -> Bool {
        let time = Duration.milliseconds(Int.random(in: milliseconds, using: &numbers))
        return (try? await run.setting.world.sleep(for: time)) != nil
    }

    // MARK: Reading

    private func read(_ session: String, _ choices: LinearCongruential) async {
        var numbers = choices
        var connection = 0
        while !Task.isCancelled {
            let process = await run.process()
            connection += 1
            let events = Int.random(in: 1...12, using: &numbers)
            let name = connection
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.follow(session, process, connection: name, events: events) }
                group.addTask { await process.died.wait() }
                await group.next()
                group.cancelAll()
            }
            _ = await pause(0...200, &numbers)
        }
    }

    /// One connection: until it is cut behind so many events, the process dies, or the task is cancelled.
    private func follow(_ session: String, _ process: ServerProcess, connection: Int, events limit: Int) async {
        let last = state.withLock { $0.lastSeq }
        let after = last == 0 ? nil : last
        guard var subscription = try? await process.store.subscribe(to: session, after: after) else { return }
        let reading = Chronicle.Reading(
            client: "student-\(number)", session: session, after: after, epoch: subscription.epoch)
        var place = 0
        let isKnown = run.recorder.note(process.number) { chronicle in
            place = chronicle.readings.count
            chronicle.readings.append(reading)
        }
        guard isKnown else { return }
        var left = limit
        while left > 0, let events = try? await subscription.next() {
            for event in events.prefix(left) {
                guard let seen = Self.seen(event, at: run.setting.world.elapsed) else { continue }
                let isKnown = run.recorder.note(process.number) { [place] in $0.readings[place].events.append(seen) }
                guard isKnown else { return }
                state.withLock { state in
                    state.lastSeq = seen.seq
                    if seen.word.isTerminal { state.ended.insert(seen.job) }
                }
                left -= 1
            }
        }
        if left == 0 { run.noteCut() }
    }

    private static func seen(_ event: LoggedEvent, at time: Duration) -> Chronicle.Seen? {
        guard let frame = try? JSONText.decode(EventFrame.self, from: event.frame), let job = event.jobID,
            let word = Chronicle.Word(frame.event)
        else { return nil }
        return Chronicle.Seen(seq: frame.seq, job: job, word: word, at: time)
    }
}
