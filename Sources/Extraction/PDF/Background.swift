import Glibc
import Support

/// A blocking call on a thread of its own, whose result is waited for: two tools at once, or one ahead of its reader.
///
/// Only for the extractor's process, which has nothing else to do meanwhile. A plain thread: Dispatch looks at its workers
/// in /proc now and then, which the sandbox does not let it, and then ends the process with SIGILL.
final class Background<Value: Sendable>: Sendable {
    private let value = Locked<Value?>(nil)
    /// Joined once; nil when the call was made at once because the system has no thread left.
    private let thread: Locked<pthread_t?>

    init(_ body: @escaping @Sendable () -> Value) {
        let value = value
        let start = Unmanaged.passRetained(
            ThreadStart {
                let result = body()
                value.withLock { $0 = result }
            })
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        self.thread = Locked(code == 0 ? thread : nil)
        if code != 0 { start.takeRetainedValue().body() }
    }

    deinit { _ = wait() }

    /// Blocks until the call has returned.
    func wait() -> Value? {
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let running { pthread_join(running, nil) }
        return value.withLock { $0 }
    }
}

/// What a new thread is to do. Outside the generic class, for a C function knows no type parameters.
private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
