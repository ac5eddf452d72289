import Support

/// The mail of one event loop, and whether the loop has to be woken for it.
///
/// While answers stream to thousands of sockets, waking the loop for every piece would cost more than sending it. A loop
/// that sends many pieces naps between two turns: pieces wait for the nap's end, which is near, all else wakes it.
final class Mailbox: Sendable {
    enum Receipt: Sendable, Equatable {
        /// It will be read without anybody's doing.
        case taken
        /// It is the sender's business to wake the loop.
        case ring
        /// The loop has ended.
        case refused
    }

    enum Rest: Sendable, Equatable {
        /// Until the bell rings or a socket has something.
        case sleep
        /// The same, for a moment at most.
        case nap
    }

    private struct State {
        var mail: [Mail] = []
        /// How the loop waits, or is about to; nil while it is awake.
        var rest: Rest?
        var isClosed = false
    }

    private let state = Locked(State())

    func put(_ mail: Mail) -> Receipt {
        state.withLock { state in
            guard !state.isClosed else { return .refused }
            state.mail.append(mail)
            guard let rest = state.rest, rest == .sleep || !mail.mayWait else { return .taken }
            state.rest = nil
            return .ring
        }
    }

    // MARK: - For the loop

    /// - Returns: false when there is mail to read first.
    func rest(_ rest: Rest) -> Bool {
        state.withLock { state in
            state.rest = state.mail.isEmpty ? rest : nil
            return state.rest != nil
        }
    }

    /// Wakes up: what is put from now on is read without a ring.
    /// - Parameter mail: empty; the mail that waits takes its place, and it becomes the memory for what comes.
    /// - Returns: whether there is any.
    func take(_ mail: inout [Mail]) -> Bool {
        state.withLock { state in
            state.rest = nil
            swap(&state.mail, &mail)
            return !mail.isEmpty
        }
    }

    /// Takes nothing more.
    /// - Returns: what nobody has read.
    func close() -> [Mail] {
        state.withLock { state in
            state.isClosed = true
            defer { state.mail = [] }
            return state.mail
        }
    }
}
