import Dispatch
import Glibc

/// SIGTERM and SIGINT as something to wait for. A second signal ends the process at once, as an operator expects.
package final class TerminationSignals: Sendable {
    private let received = Latch()
    private let sources: Locked<[any DispatchSourceSignal]>

    /// Also ignores SIGPIPE and SIGXFSZ: a peer that went away, or a file that may not grow, is an error of that write,
    /// not the end of the process.
    package init() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let received = received
        sources = Locked([])
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if received.isOpen { _exit(128 + number) }
                received.open()
            }
            source.resume()
            sources.withLock { $0.append(source) }
        }
    }

    package func wait() async { await received.wait() }
}
