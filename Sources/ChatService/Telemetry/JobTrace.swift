import Support

/// The spans of one lease: how long the job waited for it, and the attempt, below the request that accepted the job.
enum JobTrace {
    /// Runs `work` as an attempt at the lease's job; nothing but that where tracing is off.
    /// - Parameter name: of the span, from a closed set.
    static func attempt(
        _ name: String, at lease: Lease, _ tracer: Tracer?, _ work: () async -> Void
    ) async {
        guard let tracer, let span = begin(name, lease, tracer) else { return await work() }
        await Span.$current.withValue(span) { await work() }
        span.end()
    }

    private static func begin(_ name: String, _ lease: Lease, _ tracer: Tracer) -> Span? {
        let job = lease.job
        let trace = TraceParent.trace(of: job.traceID)
        guard tracer.takes(trace, stored: job.isSampled) else { return nil }
        let parent = TraceParent.span(ofJob: job.id)
        if lease.attempt == 1 {
            // By another process's clock, which may be ahead of ours.
            let accepted = min(job.acceptedAt.milliseconds * 1_000_000, tracer.moment)
            tracer.span("wait in line", .within, in: trace, under: parent, from: accepted).end()
        }
        let span = tracer.span(name, .consumer, in: trace, under: parent)
        span.set("gepeto.job.id", .text(job.id))
        span.set("gepeto.attempt", .number(lease.attempt))
        span.set("gepeto.course", .text(job.course.name))
        if let mode = job.task.question?.mode { span.set("gepeto.mode", .text(mode.rawValue)) }
        return span
    }

    /// Notes on the attempt's span how it ended.
    static func note<Value>(_ ending: LeasedWork.Ending<Value>) {
        guard let span = Span.current else { return }
        switch ending {
        case .done: break
        case .failed(let error): span.fail(error.label)
        case .leaseLost: span.fail("lease_lost")
        case .overdue: span.fail(JobErrorCode.deadlineExceeded.rawValue)
        case .cancelled: span.set("gepeto.ending", .text("cancelled"))
        case .stopped: span.set("gepeto.ending", .text("handed_back"))
        }
    }
}
