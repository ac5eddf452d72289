/// A piece of work under way that is recorded: there is none where tracing is off, or its trace was not chosen.
package final class Span: Sendable {
    /// The work that the task does; its children inherit it.
    @TaskLocal package static var current: Span?

    private struct State {
        var record: SpanRecord
        var isOver = false
    }

    private let tracer: Tracer
    private let state: Locked<State>

    init(_ tracer: Tracer, _ record: SpanRecord) {
        self.tracer = tracer
        state = Locked(State(record: record))
    }

    package var parent: TraceParent {
        state.withLock { TraceParent(traceID: $0.record.traceID, spanID: $0.record.id, isSampled: true) }
    }

    /// - Parameter start: nanoseconds since 1970; now unless it says otherwise.
    package func child(_ name: String, _ kind: SpanRecord.Kind = .within, from start: Int64? = nil) -> Span {
        let own = parent
        return tracer.span(name, kind, in: own.traceID, under: own.spanID, from: start)
    }

    package func set(_ name: String, _ value: SpanRecord.Value) { state.withLock { $0.record.set(name, value) } }

    /// - Parameter label: from a closed set.
    package func fail(_ label: String) {
        state.withLock { state in
            state.record.failure = label
            state.record.set("error.type", .text(label))
        }
    }

    /// Takes its place as the work that accepted a job. A span below it, begun before, keeps the old place.
    /// - Parameter traceID: 32 hexadecimal digits; with another than its own it is the first of that trace.
    package func become(_ id: String, in traceID: String) {
        state.withLock { state in
            if state.record.traceID != traceID { state.record.parentID = nil }
            (state.record.traceID, state.record.id) = (traceID, id)
        }
    }

    /// Hands it over for export; once.
    package func end() {
        let moment = tracer.moment
        let record = state.withLock { state -> SpanRecord? in
            guard !state.isOver else { return nil }
            state.isOver = true
            state.record.end = max(state.record.start, moment)
            return state.record
        }
        if let record { tracer.keep(record) }
    }
}
