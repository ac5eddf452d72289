import Support

/// Writes a run's chronicle. What a process says counts only until the moment of its death: all that was seen of it
/// before is on disk by then, and nothing that it still does in the test can be seen any more.
final class Recorder: Sendable {
    private struct State {
        var chronicle: Chronicle
        var dead: Set<Int> = []
    }

    private let state: Locked<State>

    init(_ chronicle: Chronicle = Chronicle()) { state = Locked(State(chronicle: chronicle)) }

    var chronicle: Chronicle { state.withLock { $0.chronicle } }

    /// Notes what the process with that number was seen to say.
    /// - Returns: false when it is dead: then nobody has seen it.
    @discardableResult
    func note(_ process: Int, _ body: (inout Chronicle) -> Void) -> Bool {
        state.withLock { state in
            guard !state.dead.contains(process) else { return false }
            body(&state.chronicle)
            return true
        }
    }

    /// Notes what does not depend on a process.
    func note(_ body: (inout Chronicle) -> Void) { state.withLock { body(&$0.chronicle) } }

    /// From now on nothing counts that the process says.
    /// - Parameter atThatMoment: what has to be known of that moment.
    func kill<Value>(_ process: Int, atThatMoment: () -> Value) -> Value {
        state.withLock { state in
            state.dead.insert(process)
            return atThatMoment()
        }
    }
}
