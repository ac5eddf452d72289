/// The clocks of `base`, whose steady time goes on where a former process of the same boot had it: so what that process
/// stored is due, and over, when it promised, whatever became of the wall clock while none ran.
package struct ContinuedTime: TimeSource {
    /// A longer way off than any clock is: such an origin was never written by this program.
    private static let longest = Duration.seconds(100 * 366 * 24 * 3600)

    private let base: any TimeSource
    private let shift: Duration

    /// - Parameter origin: `origin(of:)` in the former process, when the machine was last started as it is now.
    package init(_ base: any TimeSource, origin: Timestamp) {
        self.base = base
        let own = Self.origin(of: base)?.milliseconds ?? origin.milliseconds
        let (shift, isBeyond) = origin.milliseconds.subtractingReportingOverflow(own)
        let isSound = !isBeyond && abs(Duration.milliseconds(shift)) <= Self.longest
        self.shift = isSound ? .milliseconds(shift) : .zero
    }

    /// What the steady clock showed when the machine was started; nil when that is not known.
    package static func origin(of time: any TimeSource) -> Timestamp? {
        time.uptime.map { time.steady + (.zero - $0.duration) }
    }

    package var now: Timestamp { base.now }
    package var steady: Timestamp { base.steady + shift }
    package var uptime: Uptime? { base.uptime }
    package var elapsed: Duration { base.elapsed }
    package func sleep(for duration: Duration) async throws { try await base.sleep(for: duration) }
}

private func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }
