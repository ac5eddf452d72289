/// Begins spans and keeps those that are over until they are fetched, a bounded number: what finds no room is dropped
/// and counted, for nobody's answer waits for an exporter.
package final class Tracer: Sendable {
    /// Spans that wait to be exported.
    package static let capacity = 4_096
    /// Traces kept in mind whose sampling differs from what their ids say.
    private static let mostExceptions = 8_192
    /// How far the two clocks may part before the wall clock is read anew.
    private static let tolerance: Int64 = 20_000_000

    private struct State {
        var waiting: [SpanRecord] = []
        var dropped = 0
        var exceptions: [String: Bool] = [:]
        var exceptionOrder: [String] = []
        /// What to add to `elapsed`, in nanoseconds.
        var offset: Int64
    }

    package let sampling: TraceSampling
    private let time: any TimeSource
    private let state: Locked<State>

    package init(sampling: TraceSampling = TraceSampling(), time: any TimeSource = SystemTime()) {
        self.sampling = sampling
        self.time = time
        state = Locked(State(offset: Self.offset(time)))
    }

    /// Now, in nanoseconds since 1970: the wall clock, but finer than its milliseconds.
    package var moment: Int64 {
        let (offset, elapsed) = (Self.offset(time), time.elapsed.nanoseconds)
        return state.withLock { state in
            if abs(state.offset - offset) > Self.tolerance { state.offset = offset }
            return state.offset + elapsed
        }
    }

    private static func offset(_ time: any TimeSource) -> Int64 {
        time.now.milliseconds * 1_000_000 - time.elapsed.nanoseconds
    }

    /// - Parameters:
    ///   - trace: 32 hexadecimal digits.
    ///   - parent: a span of the same trace; nil for its first.
    ///   - start: nanoseconds since 1970; now unless it says otherwise.
    package func span(
        _ name: String, _ kind: SpanRecord.Kind, in trace: String, under parent: String?, from start: Int64? = nil
    ) -> Span {
        let start = start ?? moment
        return Span(
            self,
            SpanRecord(
                traceID: trace, id: String(RandomIdentifier.make().suffix(16)), parentID: parent, name: name,
                kind: kind, start: start, end: start))
    }

    func keep(_ record: SpanRecord) {
        state.withLock { state in
            if state.waiting.count < Self.capacity { state.waiting.append(record) } else { state.dropped += 1 }
        }
    }

    /// The oldest that wait, which are the caller's from now on.
    package func take(_ most: Int) -> [SpanRecord] {
        state.withLock { state in
            let taken = Array(state.waiting.prefix(most))
            state.waiting.removeFirst(taken.count)
            return taken
        }
    }

    /// Spans that found no room.
    package var dropped: Int { state.withLock { $0.dropped } }

    // MARK: - What a trace's id does not say

    /// Keeps in mind how a trace is sampled, for its jobs whose queue does not carry that.
    package func note(_ trace: String, isSampled: Bool) {
        guard sampling.takes(trace) != isSampled else { return }
        state.withLock { state in
            if state.exceptions.updateValue(isSampled, forKey: trace) == nil { state.exceptionOrder.append(trace) }
            // Half at once: one by one, each would move all the others.
            guard state.exceptionOrder.count > Self.mostExceptions else { return }
            for old in state.exceptionOrder.prefix(Self.mostExceptions / 2) { state.exceptions[old] = nil }
            state.exceptionOrder.removeFirst(Self.mostExceptions / 2)
        }
    }

    /// - Parameter stored: what was decided when the job was accepted, where its queue carries that.
    package func takes(_ trace: String, stored: Bool?) -> Bool {
        sampling.takes(trace, parentIsSampled: stored ?? state.withLock { $0.exceptions[trace] })
    }
}

extension Duration {
    /// The duration in whole nanoseconds, rounded toward zero.
    package var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
