import Glibc

/// A moment, in whole milliseconds since 1970 (UTC). What is kept on disk and sent to clients is made of these.
package struct Timestamp: Sendable, Hashable, Comparable, Codable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Whole seconds since 1970, the unit of `timestamp` in the contract.
    package var seconds: Int64 { milliseconds / 1000 }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(milliseconds: left.milliseconds + right.milliseconds)
    }
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }
}

extension Duration {
    /// The duration in whole milliseconds, rounded toward zero.
    package var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }

    /// The duration in seconds.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Where the time comes from: the system in production, a hand-wound clock in tests.
package protocol TimeSource: Sendable {
    /// The wall clock, for what people read: comparable between processes, may jump.
    var now: Timestamp { get }
    /// The wall clock as it stood when the process began, carried on by `elapsed`: what is due and when a job must end
    /// is made of it, so that a clock that is set neither ends nor freezes what waits. It survives a restart as well as
    /// the wall clock does.
    var steady: Timestamp { get }
    /// A clock that never goes back, for measuring and for deadlines within one process.
    var elapsed: Duration { get }
    /// Returns after `duration` by `elapsed`.
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func sleep(for duration: Duration) async throws
}

/// The machine's clocks.
package struct SystemTime: TimeSource {
    /// What to add to the monotonic clock, in milliseconds; found once, so that it is the same for the whole process.
    private static let offset = milliseconds(CLOCK_REALTIME) - milliseconds(CLOCK_MONOTONIC)

    package init() {}

    package var now: Timestamp { Timestamp(milliseconds: Self.milliseconds(CLOCK_REALTIME)) }

    package var steady: Timestamp { Timestamp(milliseconds: Self.offset + Self.milliseconds(CLOCK_MONOTONIC)) }

    package var elapsed: Duration {
        let time = Self.read(CLOCK_MONOTONIC)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        let time = read(clock)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
