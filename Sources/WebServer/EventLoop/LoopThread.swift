import Glibc

/// A thread of the system's own for one event loop.
enum LoopThread {
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        let ended: @Sendable () -> Void

        init(body: @escaping @Sendable () -> Void, ended: @escaping @Sendable () -> Void) {
            self.body = body
            self.ended = ended
        }
    }

    /// Runs `body` on a new thread and then calls `ended` there; false when the system has no thread left.
    static func start(_ ended: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () -> Void) -> Bool {
        let start = Unmanaged.passRetained(Start(body: body, ended: ended))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.body()
                start.ended()
                return nil
            }, start.toOpaque())
        if result != 0 { start.release() }
        return result == 0
    }
}
