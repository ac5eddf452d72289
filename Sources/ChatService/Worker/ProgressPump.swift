import Ingest
import Support

/// Tells a session how far its document has come: each new state at once and for good, mere progress now and then.
final class ProgressPump: Sendable {
    private struct State {
        /// New states that were not told yet, each with the latest figures; progress within the last of them replaces it.
        var waiting: [DocumentProgress] = []
        var stage: DocumentStage?
    }

    private let lease: Lease
    private let documents: any DocumentIntake
    private let sessions: any Sessions
    private let interval: Duration
    private let time: any TimeSource
    private let log: Log
    private let state = Locked(State())
    private let closed = Latch()
    private let ticks: AsyncStream<Void>
    private let tick: AsyncStream<Void>.Continuation

    init(
        lease: Lease, documents: any DocumentIntake, sessions: any Sessions, interval: Duration, time: any TimeSource,
        log: Log
    ) {
        self.lease = lease
        self.documents = documents
        self.sessions = sessions
        self.interval = interval
        self.time = time
        self.log = log
        (ticks, tick) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Quick; from any thread. States only go forward within one try, so that no more than one of each waits.
    func report(_ step: DocumentProgress) {
        state.withLock { state in
            if let last = state.waiting.last, last.state == step.state {
                state.waiting[state.waiting.count - 1] = step
            } else if state.waiting.count < DocumentStage.allCases.count {
                state.waiting.append(step)
            }
        }
        tick.yield()
    }

    /// Sends what was reported until `close`.
    func run() async {
        for await _ in ticks {
            await send()
            await pause()
        }
        await send()
    }

    /// Ends `run`.
    func close() {
        closed.open()
        tick.finish()
    }

    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.closed.wait() }
            // Cancelled when the pump is closed; nothing to do then.
            group.addTask { try? await self.time.sleep(for: self.interval) }
            await group.next()
            group.cancelAll()
        }
    }

    private func send() async {
        let steps = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for step in steps {
            let isNews = state.withLock { state in
                defer { state.stage = step.state }
                return state.stage != step.state
            }
            let status = DocumentStatus(
                jobId: lease.job.id, documentId: lease.job.task.document?.documentID ?? "", state: step.state,
                pagesDone: step.pagesDone, pagesTotal: step.pagesTotal, chunks: step.chunks, isNews: isNews)
            do {
                if isNews { try await documents.note(step.state, for: lease) }
                try await sessions.append(.documentStatus(status), to: lease.job.sessionID)
            } catch {
                // The document matters more than a word about its progress; its end is told in any case.
                log.warning("progress not told", ["error": error.label])
            }
        }
    }
}
