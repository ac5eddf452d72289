import Support
import WebServer

/// The trace of a request or of an action over a socket, while it is handled; there is none where tracing is off.
final class RequestTrace: Sendable {
    @TaskLocal static var current: RequestTrace?

    let traceID: String
    /// Whether it is recorded; carried on to the jobs that are accepted in it.
    let isSampled: Bool
    private let tracer: Tracer
    private let span: Span?

    /// - Parameters:
    ///   - name: the route's pattern, or the action's name, with its method.
    ///   - parent: the request's `traceparent`.
    init(_ tracer: Tracer, _ name: String, parent: TraceParent?, traceID: String = RandomIdentifier.make()) {
        self.tracer = tracer
        self.traceID = parent?.traceID ?? traceID
        isSampled = tracer.sampling.takes(self.traceID, parentIsSampled: parent?.isSampled)
        span = isSampled ? tracer.span(name, .server, in: self.traceID, under: parent?.spanID) : nil
    }

    /// A handler of a route whose requests are followed.
    static func following(
        _ handler: @escaping Router.Handler, _ method: HTTPMethod, _ pattern: String, _ tracer: Tracer
    ) -> Router.Handler {
        let name = "\(method.rawValue) \(pattern)"
        return { request in
            let trace = RequestTrace(
                tracer, name, parent: request.headers["traceparent"].flatMap(TraceParent.init))
            trace.span?.set("http.request.method", .text(method.rawValue))
            trace.span?.set("http.route", .text(pattern))
            defer { trace.span?.end() }
            do {
                let response = try await $current.withValue(trace) { try await handler(request) }
                trace.answered(response.status, nil)
                return response
            } catch is CancellationError {
                trace.span?.fail("cancelled")
                throw CancellationError()
            } catch {
                trace.answered(Problem(error).status, error.label)
                throw TracedFailure(cause: error, traceID: trace.traceID)
            }
        }
    }

    /// The same for what comes over a socket.
    static func following<Result>(
        _ name: String, _ traceID: String, _ tracer: Tracer?, _ work: () async throws -> Result
    ) async throws -> Result {
        guard let tracer else { return try await work() }
        let trace = RequestTrace(tracer, name, parent: nil, traceID: traceID)
        defer { trace.span?.end() }
        do {
            return try await $current.withValue(trace) { try await work() }
        } catch {
            trace.span?.fail(error.label)
            throw error
        }
    }

    /// Before a job is accepted, whose worker may be quick.
    /// - Parameter traceID: the job's, which may be another than the request's.
    func accepting(_ traceID: String) { tracer.note(TraceParent.trace(of: traceID), isSampled: isSampled) }

    /// Notes that a job was accepted: the work of its worker is a child of this request's.
    func accepted(job: String, traceID: String) {
        let trace = TraceParent.trace(of: traceID)
        span?.become(TraceParent.span(ofJob: job), in: trace)
        span?.set("gepeto.job.id", .text(job))
        if trace != traceID { span?.set("gepeto.trace.id", .text(traceID)) }
    }

    private func answered(_ status: Int, _ label: String?) {
        span?.set("http.response.status_code", .number(status))
        if status >= 500 {
            span?.fail(label ?? "\(status)")
        } else if let label {
            span?.set("error.type", .text(label))
        }
    }
}

/// What a handler threw, with the trace in which it did: the client is told the id under which it is found.
struct TracedFailure: ExplainedError {
    let cause: any Error
    let traceID: String

    var label: String { cause.label }
    var description: String { cause.sentence }
}

extension TraceContext {
    /// The trace id under which the request is recorded, else that of its `traceparent`, or a new one.
    static func traceID(_ request: HTTPRequest?) -> String {
        RequestTrace.current?.traceID ?? request?.headers["traceparent"].flatMap(TraceParent.init)?.traceID
            ?? RandomIdentifier.make()
    }
}
