/// How long each part of a call may take.
package struct HTTPTimeouts: Sendable, Equatable {
    /// From the start until the connection stands, name resolution and TLS included.
    package var connect: Duration
    /// From the connection, or the last byte of the request's body that went out, to the response's first byte.
    package var firstByte: Duration
    /// Between two bytes of the response; the reader's own pauses do not count.
    package var silence: Duration
    /// The whole call, from its start to the last byte.
    package var total: Duration

    package init(connect: Duration, firstByte: Duration, silence: Duration, total: Duration) {
        self.connect = connect
        self.firstByte = firstByte
        self.silence = silence
        self.total = total
    }
}

/// The clocks of one call: a value that is told what happened when, and says what is overdue.
struct TransferTimers {
    private let timeouts: HTTPTimeouts
    private let start: Duration
    private var phase: Phase

    private enum Phase {
        case connecting
        case waiting(since: Duration)
        case receiving(last: Duration)
        case paused
    }

    init(_ timeouts: HTTPTimeouts, start: Duration) {
        self.timeouts = timeouts
        self.start = start
        phase = .connecting
    }

    var hasResponse: Bool {
        switch phase {
        case .connecting, .waiting: false
        case .receiving, .paused: true
        }
    }

    var isConnecting: Bool { if case .connecting = phase { true } else { false } }

    /// The connection stands, or another byte of the request went out.
    mutating func progressed(at now: Duration) {
        if !hasResponse { phase = .waiting(since: now) }
    }

    mutating func received(at now: Duration) { phase = .receiving(last: now) }

    /// The reader is behind: the peer cannot send.
    mutating func paused() { phase = .paused }

    mutating func resumed(at now: Duration) { if case .paused = phase { phase = .receiving(last: now) } }

    /// When the next limit is reached if nothing happens, and which one that is.
    var next: (at: Duration, code: HTTPClientError.Code) {
        let whole = (start + timeouts.total, HTTPClientError.Code.deadline)
        let part: (Duration, HTTPClientError.Code) =
            switch phase {
            case .connecting: (start + timeouts.connect, .connectTimeout)
            case .waiting(let since): (since + timeouts.firstByte, .firstByteTimeout)
            case .receiving(let last): (last + timeouts.silence, .stalled)
            case .paused: whole
            }
        return part.0 < whole.0 ? part : whole
    }
}
