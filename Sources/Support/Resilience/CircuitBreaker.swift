/// Decides whether a call to something that may be broken is worth making. A pure value; the caller passes the time in.
///
/// Closed: every call is let through and its outcome counted in a window of the last calls. When enough of them were bad,
/// failed or slow, it opens: no call is let through for a while. Then it is half open: a few calls are let through as
/// probes, and as soon as their verdict is settled it closes, with an empty window, or opens again.
///
/// Each permit is to be reported once. A report belongs to the state that gave the permit: one that comes after the state
/// has changed says nothing. Source: M. Nygard, "Release It!", chapter 5; states, window and rates as in Resilience4j, but
/// one rate for failed and slow calls together (docs/decisions/0012).
package struct CircuitBreaker: Sendable {
    /// Contract, section 5.
    package struct Settings: Sendable, Equatable {
        /// The window: the last calls, at most so many,
        package var windowCalls = 20
        /// and none that ended longer ago than this.
        package var windowTime = Duration.seconds(60)
        /// The share of bad calls, in 0...1, at which it opens; also of probes.
        package var failureRate = 0.5
        /// With fewer calls in the window it never opens. More than the window holds counts as a full window.
        package var minimumCalls = 10
        /// From when on a call that goes well is a slow one; its caller measures.
        package var slowCall = Duration.seconds(20)
        package var openTime = Duration.seconds(30)
        /// Calls let through while half open.
        package var probes = 3
        /// A probe that has not been reported after this long is taken for lost, and its place given away.
        package var probeTime = Duration.seconds(120)

        package init() {}
    }

    package enum State: String, Sendable, CaseIterable {
        case closed, open
        case halfOpen = "half_open"
    }

    package enum Outcome: Sendable, CaseIterable { case good, failed, slow }

    /// The right to make one call.
    package struct Permit: Sendable, Equatable {
        fileprivate let period: UInt64
        fileprivate let number: UInt64
    }

    /// Calls counted.
    package struct Tally: Sendable, Equatable {
        package internal(set) var calls = 0
        package internal(set) var failed = 0
        package internal(set) var slow = 0

        package init() {}

        var bad: Int { failed + slow }

        mutating func add(_ outcome: Outcome) {
            calls += 1
            switch outcome {
            case .good: break
            case .failed: failed += 1
            case .slow: slow += 1
            }
        }
    }

    private enum Phase {
        case closed
        case open(until: Duration)
        case halfOpen(Probes)
    }

    private struct Probes {
        /// When each probe that is out was let through.
        var out: [UInt64: Duration] = [:]
        var reported = Tally()
    }

    package let settings: Settings
    private var phase = Phase.closed
    private var window: CallWindow
    /// Counts changes of the phase.
    private var period: UInt64 = 0
    private var permits: UInt64 = 0
    private var latest = Duration.zero

    package init(_ settings: Settings = Settings()) {
        self.settings = settings
        window = CallWindow(size: settings.windowCalls, span: settings.windowTime)
    }

    /// Lets one call through; nil when none shall be made.
    package mutating func permit(at now: Duration) -> Permit? {
        let now = advance(to: now)
        if case .open(let until) = phase, now >= until { change(to: .halfOpen(Probes())) }
        permits += 1
        switch phase {
        case .closed: break
        case .open: return nil
        case .halfOpen(var probes):
            probes.out = probes.out.filter { now - $0.value < settings.probeTime }
            let isFull = probes.out.count + probes.reported.calls >= max(settings.probes, 1)
            if !isFull { probes.out[permits] = now }
            phase = .halfOpen(probes)
            if isFull { return nil }
        }
        return Permit(period: period, number: permits)
    }

    /// Tells how a call ended.
    /// - Parameter outcome: nil when the call says nothing of the other side: it was cancelled, or refused for its content.
    package mutating func report(_ permit: Permit, _ outcome: Outcome?, at now: Duration) {
        let now = advance(to: now)
        guard permit.period == period else { return }
        switch phase {
        case .closed:
            guard let outcome else { return }
            window.add(outcome, at: now)
            let tally = window.tally(at: now)
            guard tally.calls >= min(settings.minimumCalls, settings.windowCalls),
                isTooMuch(tally.bad, of: tally.calls)
            else { return }
            change(to: .open(until: now + settings.openTime))
        case .open: break
        case .halfOpen(var probes):
            guard probes.out.removeValue(forKey: permit.number) != nil else { return }
            if let outcome { probes.reported.add(outcome) }
            let (all, reported) = (max(settings.probes, 1), probes.reported)
            if isTooMuch(reported.bad, of: all) {
                change(to: .open(until: now + settings.openTime))
            } else if reported.calls > 0, !isTooMuch(all - (reported.calls - reported.bad), of: all) {
                // It would stay so if all that are still out went badly.
                window.clear()
                change(to: .closed)
            } else {
                phase = .halfOpen(probes)
            }
        }
    }

    /// Opens at once, for what only a person can mend: a key that is not accepted, say.
    package mutating func open(for duration: Duration, at now: Duration) {
        let now = advance(to: now)
        var end = now + duration
        if case .open(let until) = phase { end = max(end, until) }
        change(to: .open(until: end))
    }

    /// Half open from the moment on in which a probe would be let through.
    package func state(at now: Duration) -> State {
        switch phase {
        case .closed: .closed
        case .open(let until): max(now, latest) < until ? .open : .halfOpen
        case .halfOpen: .halfOpen
        }
    }

    /// How long no call will be let through; nil unless it is open.
    package func openLeft(at now: Duration) -> Duration? {
        guard case .open(let until) = phase, max(now, latest) < until else { return nil }
        return until - max(now, latest)
    }

    /// What the window holds; while it is not closed, of what made it open.
    package func tally(at now: Duration) -> Tally { window.tally(at: max(now, latest)) }

    private func isTooMuch(_ bad: Int, of calls: Int) -> Bool {
        bad > 0 && Double(bad) / Double(calls) >= settings.failureRate
    }

    private mutating func change(to next: Phase) {
        phase = next
        period += 1
    }

    /// The clock never goes back.
    private mutating func advance(to now: Duration) -> Duration {
        latest = max(latest, now)
        return latest
    }
}
