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
    /// The wall clock as it stood when the process began, carried on by a clock that never goes back: what is due and when
    /// a job must end is made of it, so that a clock that is set neither ends nor freezes what waits. `ContinuedTime`
    /// carries it over a restart.
    var steady: Timestamp { get }
    /// What `steady` is carried on by; nil when no other process could read the same.
    var uptime: Uptime? { get }
    /// A clock that never goes back, for measuring and for deadlines within one process.
    var elapsed: Duration { get }
    /// Returns after `duration` by `elapsed`.
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func sleep(for duration: Duration) async throws
}

/// How long the machine has been up, standby included.
package struct Uptime: Sendable, Equatable {
    /// Names this start of the machine: the same for all processes that share its clock.
    package let boot: String
    package let duration: Duration

    package init(boot: String, duration: Duration) {
        self.boot = boot
        self.duration = duration
    }
}

extension TimeSource {
    package var uptime: Uptime? { nil }
}

/// The machine's clocks.
package struct SystemTime: TimeSource {
    /// What to add to the time since the boot, in milliseconds; found once, so that it is the same for the whole process.
    private static let offset = milliseconds(CLOCK_REALTIME) - milliseconds(CLOCK_BOOTTIME)
    private static let boot = bootIdentity()

    package init() {}

    package var now: Timestamp { Timestamp(milliseconds: Self.milliseconds(CLOCK_REALTIME)) }

    package var steady: Timestamp { Timestamp(milliseconds: Self.offset + Self.milliseconds(CLOCK_BOOTTIME)) }

    package var uptime: Uptime? {
        Self.boot.map { Uptime(boot: $0, duration: .milliseconds(Self.milliseconds(CLOCK_BOOTTIME))) }
    }

    package var elapsed: Duration {
        let time = Self.reading(CLOCK_MONOTONIC)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }

    /// The kernel's name for this boot, and the time namespace: a container may have a clock of its own.
    private static func bootIdentity() -> String? {
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let name = text { read(file, $0, $1) }
        let space = text { readlink("/proc/self/ns/time", $0, $1) }
        return name.isEmpty ? nil : name + " " + space
    }

    /// What `fill` writes, up to the first space; it returns how many bytes.
    private static func text(_ fill: (UnsafeMutablePointer<CChar>, Int) -> Int) -> String {
        var bytes = [CChar](repeating: 0, count: 128)
        let count = bytes.count
        let filled = bytes.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map { fill($0, count) } ?? 0 }
        let text = bytes.prefix(max(filled, 0)).map(UInt8.init(bitPattern:)).prefix { $0 > 0x20 }
        return String(decoding: text, as: UTF8.self)
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        let time = reading(clock)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func reading(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
