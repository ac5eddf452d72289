import Support

/// Sends the steps of one attempt to the session in their order, text coalesced.
final class EventPump: Sendable {
    private struct Place {
        var stream = 0
        var index = 0
        var hasShown = false
        /// Once known; every later status has them.
        var sources: [Source]?
    }

    private let lease: Lease
    private let sessions: any Sessions
    private let coalescing: Duration
    private let time: any TimeSource
    private let log: Log
    private let buffer = Locked(DeltaBuffer())
    private let closed = Latch()
    private let ticks: AsyncStream<Void>
    private let tick: AsyncStream<Void>.Continuation

    init(lease: Lease, sessions: any Sessions, coalescing: Duration, time: any TimeSource, log: Log) {
        self.lease = lease
        self.sessions = sessions
        self.coalescing = coalescing
        self.time = time
        self.log = log
        (ticks, tick) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func report(_ step: AnsweringStep) {
        buffer.withLock { $0.add(step) }
        tick.yield()
    }

    /// Sends what was reported until `close`; states and the first piece of text go at once, the next piece within the
    /// coalescing time.
    /// Returns when the states are stored, too.
    func run() async {
        await withDiscardingTaskGroup { group in
            var place = Place()
            for await _ in ticks {
                let steps = buffer.withLock { $0.take() }
                await send(steps, &place, &group)
                if steps.contains(where: \.isText) { await pause() }
            }
            await send(buffer.withLock { $0.take() }, &place, &group)
        }
    }

    /// Ends `run`, which sends what is still waiting first, unless it is to be dropped.
    func close(dropping: Bool) {
        if dropping { buffer.withLock { _ = $0.take() } }
        closed.open()
        tick.finish()
    }

    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.closed.wait() }
            // Cancelled when the pump is closed; nothing to do then.
            group.addTask { try? await self.time.sleep(for: self.coalescing) }
            await group.next()
            group.cancelAll()
        }
    }

    private func send(_ steps: [AnsweringStep], _ place: inout Place, _ group: inout DiscardingTaskGroup) async {
        for step in steps {
            let event = event(step, &place)
            guard event.isDurable else {
                // The first piece is what a student waits for; one more span a piece would tell nothing more.
                let span = place.hasShown ? nil : Span.current?.child("deliver first text", .producer)
                place.hasShown = true
                await note { try await self.sessions.append(event, to: self.lease.job.sessionID) }
                span?.end()
                continue
            }
            // A student need not wait for the disk to see that work goes on: the first text would wait behind it.
            await note {
                guard let store = try await self.sessions.tell(event, to: self.lease.job.sessionID) else { return }
                group.addTask { await self.note(store) }
            }
        }
    }

    /// The answer matters more than a word about its progress; the terminal event has the whole text.
    private func note<Outcome>(_ work: () async throws -> Outcome) async {
        do {
            _ = try await work()
        } catch {
            log.warning("progress not told", ["error": error.label])
        }
    }

    private func event(_ step: AnsweringStep, _ place: inout Place) -> ChatEvent {
        let id = lease.job.id
        switch step {
        case .retrieving:
            return .status(ChatEvent.Status(jobId: id, state: .retrieving, attempt: lease.attempt))
        case .generating(let sources):
            place.sources = sources
            return .status(
                ChatEvent.Status(jobId: id, state: .generating, attempt: lease.attempt, sources: sources))
        case .restarted:
            // What was shown is void; the text that follows has the next `stream`.
            return .status(
                ChatEvent.Status(jobId: id, state: .retrying, attempt: lease.attempt, sources: place.sources))
        case .delta(let stream, let text):
            if stream != place.stream { (place.stream, place.index) = (stream, 0) }
            defer { place.index += 1 }
            return .messageDelta(
                ChatEvent.Delta(
                    jobId: id, attempt: lease.attempt, stream: stream, index: place.index, content: text))
        }
    }
}

extension AnsweringStep {
    fileprivate var isText: Bool { if case .delta = self { true } else { false } }
}
