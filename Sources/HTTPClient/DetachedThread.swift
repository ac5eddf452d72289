import Glibc

/// A thread of the operating system that no signal is delivered to.
///
/// SIGPIPE among them: TLS libraries write to sockets without MSG_NOSIGNAL, and a peer that went away is an error of
/// that write, not the end of the process.
package final class DetachedThread {
    private let body: @Sendable () -> Void

    package init(body: @escaping @Sendable () -> Void) { self.body = body }

    /// False when the system has no thread to give.
    package func start() -> Bool {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // Set before the thread exists, so that there is no moment without the mask.
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let context = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<DetachedThread>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard result == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
