import CLinux
import Glibc

/// epoll and the eventfd that wakes it.
///
/// Sendable because both descriptors are fixed for its life and the system calls on them may be made from any thread.
final class Poller: Sendable {
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let readable = Interest(rawValue: GEPETO_READABLE | GEPETO_PEER_SHUT)
        static let writable = Interest(rawValue: GEPETO_WRITABLE)
        /// Each ring is one event, so that nobody has to silence the bell.
        static let ringing = Interest(rawValue: GEPETO_READABLE | GEPETO_EDGE)
        /// Wake one of the loops that share the descriptor, not all.
        static let acceptable = Interest(rawValue: GEPETO_READABLE | GEPETO_EXCLUSIVE)
    }

    struct Event {
        let token: UInt64
        private let events: UInt32

        init(_ ready: gepeto_ready) {
            token = ready.token
            events = ready.events
        }

        var isReadable: Bool { events & (GEPETO_READABLE | GEPETO_PEER_SHUT) != 0 }
        /// Both directions are shut, or the connection failed.
        var isBroken: Bool { events & (GEPETO_HUNG_UP | GEPETO_FAILED) != 0 }
    }

    private let epoll: Int32
    private let bell: Int32
    /// The token of the wake-up event; connections have generations, which this has not.
    static let bellToken = UInt64.max

    init() throws(WebServerError) {
        // Not yet in its place: once all is set, `deinit` closes it, also when this throws.
        let epoll = gepeto_epoll_create()
        guard epoll >= 0 else { throw .resources(errno: errno) }
        let bell = gepeto_eventfd()
        guard bell >= 0 else {
            let code = errno
            Glibc.close(epoll)
            throw .resources(errno: code)
        }
        self.epoll = epoll
        self.bell = bell
        add(bell, .ringing, token: Self.bellToken)
    }

    deinit {
        Glibc.close(bell)
        Glibc.close(epoll)
    }

    @discardableResult
    func add(_ descriptor: Int32, _ interest: Interest, token: UInt64) -> Bool {
        gepeto_epoll_control(epoll, Int32(GEPETO_EPOLL_ADD), descriptor, interest.rawValue, token) == 0
    }

    func change(_ descriptor: Int32, _ interest: Interest, token: UInt64) {
        _ = gepeto_epoll_control(epoll, Int32(GEPETO_EPOLL_CHANGE), descriptor, interest.rawValue, token)
    }

    func remove(_ descriptor: Int32) {
        _ = gepeto_epoll_control(epoll, Int32(GEPETO_EPOLL_REMOVE), descriptor, 0, 0)
    }

    /// Waits for events, at most `milliseconds`; appends them to `events`.
    func wait(milliseconds: Int32, _ events: inout [Event]) {
        withUnsafeTemporaryAllocation(of: gepeto_ready.self, capacity: 256) { ready in
            let count = gepeto_epoll_wait(epoll, ready.baseAddress, 256, milliseconds)
            for index in 0..<max(0, Int(count)) { events.append(Event(ready[index])) }
        }
    }

    /// Makes `wait` return. From any thread.
    func ring() {
        var one: UInt64 = 1
        _ = Glibc.write(bell, &one, 8)
    }
}
