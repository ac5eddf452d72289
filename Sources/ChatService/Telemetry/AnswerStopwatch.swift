import Support

/// Takes the times of one attempt at a question by the steps it reports.
struct AnswerStopwatch: Sendable {
    private struct State {
        var retrieving: Duration?
        var hasShown = false
    }

    private let job: Job
    private let metrics: ChatMetrics
    private let time: any TimeSource
    private let state = Locked(State())

    init(_ lease: Lease, _ metrics: ChatMetrics, _ time: any TimeSource) {
        job = lease.job
        self.metrics = metrics
        self.time = time
    }

    func note(_ step: AnsweringStep) {
        switch step {
        case .retrieving:
            state.withLock { $0.retrieving = time.elapsed }
        case .generating:
            found()
        case .delta:
            let isFirst = state.withLock { state in
                defer { state.hasShown = true }
                return !state.hasShown
            }
            guard isFirst else { return }
            // A question that the course does not cover has text at once.
            found()
            metrics.firstDelta.observe(metrics.age(job, at: time.steady))
        case .restarted:
            metrics.restarts.add()
        }
    }

    private func found() {
        let began = state.withLock { state in
            defer { state.retrieving = nil }
            return state.retrieving
        }
        if let began { metrics.retrieval.observe(time.elapsed - began) }
    }
}
