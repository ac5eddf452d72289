import Support

/// Takes the times of one attempt at a question by the steps it reports.
struct AnswerStopwatch: Sendable {
    private struct State {
        var retrieving: Duration?
        var search: Span?
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
            let search = Span.current?.child("retrieve")
            state.withLock { ($0.retrieving, $0.search) = (time.elapsed, search) }
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

    /// Nothing more will be reported.
    func stop() {
        let search = state.withLock { $0.search.take() }
        search?.fail("no_passages")
        search?.end()
    }

    private func found() {
        let (began, search) = state.withLock { state in
            defer { (state.retrieving, state.search) = (nil, nil) }
            return (state.retrieving, state.search)
        }
        search?.end()
        if let began { metrics.retrieval.observe(time.elapsed - began) }
    }
}
