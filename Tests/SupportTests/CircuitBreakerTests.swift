import TestSupport
import Testing

@testable import Support

@Suite struct CircuitBreakerTests {
    private typealias Outcome = CircuitBreaker.Outcome

    private func settings(_ change: (inout CircuitBreaker.Settings) -> Void = { _ in }) -> CircuitBreaker.Settings {
        var settings = CircuitBreaker.Settings()
        change(&settings)
        return settings
    }

    /// Makes calls that end at once.
    private func call(_ breaker: inout CircuitBreaker, _ outcome: Outcome, times: Int = 1, at now: Duration) {
        for _ in 0..<times {
            if let permit = breaker.permit(at: now) { breaker.report(permit, outcome, at: now) }
        }
    }

    @Test func theDefaultsAreThoseOfTheContract() {
        let settings = CircuitBreaker.Settings()
        #expect(settings.windowCalls == 20 && settings.windowTime == .seconds(60) && settings.failureRate == 0.5)
        #expect(settings.minimumCalls == 10 && settings.slowCall == .seconds(20))
        #expect(settings.openTime == .seconds(30) && settings.probes == 3)
    }

    @Test func halfOfTenOpensIt() {
        var breaker = CircuitBreaker()
        call(&breaker, .good, times: 5, at: .zero)
        call(&breaker, .failed, times: 2, at: .zero)
        call(&breaker, .slow, times: 2, at: .zero)
        #expect(breaker.state(at: .zero) == .closed, "nine calls are not enough")
        call(&breaker, .failed, at: .seconds(1))
        #expect(breaker.state(at: .seconds(1)) == .open)
        #expect(breaker.openLeft(at: .seconds(1)) == .seconds(30))
        #expect(breaker.permit(at: .seconds(30.9)) == nil)
        #expect(breaker.tally(at: .seconds(1)).failed == 3 && breaker.tally(at: .seconds(1)).slow == 2)
    }

    @Test func oldCallsAreForgotten() {
        var breaker = CircuitBreaker()
        call(&breaker, .failed, times: 9, at: .zero)
        call(&breaker, .failed, at: .seconds(60))
        #expect(breaker.state(at: .seconds(60)) == .closed, "the nine are a minute old")
        #expect(breaker.tally(at: .seconds(60)).calls == 1)
    }

    @Test func onlyTheLastTwentyCount() {
        var breaker = CircuitBreaker(settings { $0.minimumCalls = 20 })
        call(&breaker, .failed, times: 9, at: .zero)
        call(&breaker, .good, times: 20, at: .zero)
        call(&breaker, .failed, times: 9, at: .zero)
        #expect(breaker.state(at: .zero) == .closed, "nine of the last twenty")
        call(&breaker, .failed, at: .zero)
        #expect(breaker.state(at: .zero) == .open)
    }

    @Test func twoOfThreeProbesSettleIt() {
        for (outcomes, state) in [
            ([Outcome.good, .good], CircuitBreaker.State.closed), ([.failed, .slow], .open),
            ([.good, .failed, .good], .closed), ([.failed, .good, .failed], .open),
        ] {
            var breaker = CircuitBreaker()
            call(&breaker, .failed, times: 10, at: .zero)
            let now = Duration.seconds(30)
            #expect(breaker.state(at: now) == .halfOpen)
            for outcome in outcomes { call(&breaker, outcome, at: now) }
            #expect(breaker.state(at: now) == state, "\(outcomes)")
            #expect(breaker.tally(at: now).calls == (state == .closed ? 0 : 10))
        }
    }

    @Test func noMoreThanThreeProbesAtOnce() {
        var breaker = CircuitBreaker()
        call(&breaker, .failed, times: 10, at: .zero)
        let permits = (0..<5).compactMap { _ in breaker.permit(at: .seconds(30)) }
        #expect(permits.count == 3)
        breaker.report(permits[0], .good, at: .seconds(31))
        #expect(breaker.permit(at: .seconds(31)) == nil, "three in all, until their verdict is settled")
        breaker.report(permits[1], nil, at: .seconds(31))
        #expect(breaker.permit(at: .seconds(31)) != nil, "one that was cancelled gives its place back")
    }

    @Test func aLostProbeDoesNotWedgeIt() {
        var breaker = CircuitBreaker()
        call(&breaker, .failed, times: 10, at: .zero)
        let lost = (0..<3).compactMap { _ in breaker.permit(at: .seconds(30)) }
        #expect(breaker.permit(at: .seconds(149)) == nil)
        call(&breaker, .good, times: 2, at: .seconds(150))
        #expect(breaker.state(at: .seconds(150)) == .closed)
        for permit in lost { breaker.report(permit, .failed, at: .seconds(150)) }
        #expect(breaker.tally(at: .seconds(150)).calls == 0, "a report of another state says nothing")
    }

    @Test func aReportCountsOnce() throws {
        var breaker = CircuitBreaker()
        call(&breaker, .failed, times: 10, at: .zero)
        let permit = breaker.permit(at: .seconds(30))
        let probe = try #require(permit)
        for _ in 0..<3 { breaker.report(probe, .failed, at: .seconds(30)) }
        #expect(breaker.state(at: .seconds(30)) == .halfOpen)
    }

    @Test func whatOnlyAPersonCanMendOpensItAtOnce() {
        var breaker = CircuitBreaker()
        breaker.open(for: .seconds(300), at: .zero)
        #expect(breaker.openLeft(at: .seconds(299)) == .seconds(1))
        breaker.open(for: .seconds(10), at: .seconds(1))
        #expect(breaker.openLeft(at: .seconds(299)) == .seconds(1), "never shorter than it was")
        #expect(breaker.permit(at: .seconds(300)) != nil)
    }

    @Test func aClockThatGoesBackChangesNothing() {
        var breaker = CircuitBreaker()
        call(&breaker, .failed, times: 10, at: .seconds(100))
        #expect(breaker.permit(at: .zero) == nil)
        #expect(breaker.openLeft(at: .zero) == .seconds(30))
        #expect(breaker.permit(at: .seconds(130)) != nil)
    }

    // MARK: Against a reference

    /// What the breaker must do, as plainly as it can be said: everything that happened is kept and counted anew.
    private struct Reference {
        enum Phase: Equatable { case closed, open(Duration), halfOpen }

        struct Probe {
            let period: Int
            let start: Duration
            var isOut = true
        }

        let settings: CircuitBreaker.Settings
        var phase = Phase.closed
        var period = 0
        var permits: [Probe] = []
        /// In the order of the reports.
        var reports: [(period: Int, end: Duration, outcome: Outcome)] = []

        /// The number of a permit.
        mutating func permit(at now: Duration) -> Int? {
            if case .open(let until) = phase, now >= until { (phase, period) = (.halfOpen, period + 1) }
            if case .open = phase { return nil }
            if phase == .halfOpen {
                for index in permits.indices where now - permits[index].start >= settings.probeTime {
                    permits[index].isOut = false
                }
                let settled = reports.filter { $0.period == period }.count
                guard probesOut + settled < settings.probes else { return nil }
            }
            permits.append(Probe(period: period, start: now))
            return permits.count - 1
        }

        var probesOut: Int { permits.filter { $0.period == period && $0.isOut }.count }

        mutating func report(_ index: Int, _ outcome: Outcome?, at now: Duration) {
            guard permits[index].period == period, phase != .halfOpen || permits[index].isOut else { return }
            permits[index].isOut = false
            guard let outcome else { return }
            reports.append((period, now, outcome))
            let own = reports.filter { $0.period == period }
            if phase == .closed {
                let window = own.suffix(settings.windowCalls).filter { now - $0.end < settings.windowTime }
                let bad = window.filter { $0.outcome != .good }.count
                if window.count >= settings.minimumCalls, reaches(bad, of: window.count) { open(at: now) }
            } else {
                let good = own.filter { $0.outcome == .good }.count
                if reaches(own.count - good, of: settings.probes) {
                    open(at: now)
                } else if !reaches(settings.probes - good, of: settings.probes) {
                    (phase, period) = (.closed, period + 1)
                }
            }
        }

        private func reaches(_ bad: Int, of all: Int) -> Bool {
            bad > 0 && Double(bad) >= settings.failureRate * Double(all)
        }

        private mutating func open(at now: Duration) {
            (phase, period) = (.open(now + settings.openTime), period + 1)
        }

        func state(at now: Duration) -> CircuitBreaker.State {
            switch phase {
            case .closed: .closed
            case .open(let until): now < until ? .open : .halfOpen
            case .halfOpen: .halfOpen
            }
        }
    }

    /// 300 runs of 400 random events: permits, reports good, bad, slow and none, late ones, lost probes, time standing
    /// still and leaping. After each the breaker and the reference must agree, and the promises hold.
    @Test(arguments: 1...6)
    func randomEventsAgreeWithTheReference(_ seed: Int) {
        var random = LinearCongruential(seed: UInt64(seed))
        var seen: Set<CircuitBreaker.State> = []
        for _ in 0..<50 {
            let settings = settings {
                // Binary fractions: both sides compute with them exactly.
                $0.failureRate = [0.25, 0.5, 0.75, 1].randomElement(using: &random) ?? 0.5
                $0.windowCalls = .random(in: 3...12, using: &random)
                $0.minimumCalls = .random(in: 1...$0.windowCalls, using: &random)
                $0.probes = .random(in: 1...4, using: &random)
            }
            var breaker = CircuitBreaker(settings)
            var reference = Reference(settings: settings)
            var open: [(permit: CircuitBreaker.Permit, number: Int)] = []
            var (now, latest) = (Duration.zero, Duration.zero)
            var reported = 0
            let badness = Double.random(in: 0...1, using: &random)
            for _ in 0..<400 {
                switch Int.random(in: 0..<20, using: &random) {
                case 0: now += .milliseconds(.random(in: 0...180_000, using: &random))
                case 1...3: now += .milliseconds(.random(in: 0...5_000, using: &random))
                case 4...11:
                    let (permit, number) = (breaker.permit(at: now), reference.permit(at: now))
                    latest = now
                    #expect((permit == nil) == (number == nil))
                    // Now and then a call is lost: nobody reports it.
                    if let permit, let number, Int.random(in: 0..<20, using: &random) > 0 {
                        open.append((permit, number))
                    }
                    if reference.phase == .halfOpen { #expect(reference.probesOut <= settings.probes) }
                default:
                    guard let place = open.indices.randomElement(using: &random) else { continue }
                    let (permit, number) = open.remove(at: place)
                    let isBad = Double.random(in: 0..<1, using: &random) < badness
                    let outcome: Outcome? =
                        Int.random(in: 0..<6, using: &random) == 0
                        ? nil : isBad ? [.failed, .slow].randomElement(using: &random) : .good
                    let before = reference.phase
                    // A clock that is behind is taken for the latest one seen.
                    let behind = now - .milliseconds(.random(in: 0...1_000, using: &random))
                    breaker.report(permit, outcome, at: behind)
                    latest = max(latest, behind)
                    reference.report(number, outcome, at: latest)
                    if outcome != nil { reported += 1 }
                    if before == .closed, case .open = reference.phase {
                        #expect(reported >= settings.minimumCalls, "opened below the minimum")
                        reported = 0
                    }
                }
                seen.insert(breaker.state(at: now))
                #expect(breaker.state(at: now) == reference.state(at: now))
                #expect((breaker.openLeft(at: now) == nil) == (breaker.state(at: now) != .open))
            }
        }
        #expect(seen.count == 3)
    }
}
