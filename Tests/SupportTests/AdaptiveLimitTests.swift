import Support
import TestSupport
import Testing

@Suite struct AdaptiveLimitTests {
    private func enter(_ limit: inout AdaptiveLimit, _ count: Int, at now: Duration = .zero) -> [AdaptiveLimit.Entry] {
        (0..<count).compactMap { _ in
            if case .entered(let entry) = limit.enter(at: now) { entry } else { nil }
        }
    }

    @Test func aBulkheadHoldsAsManyAsItMay() {
        var limit = AdaptiveLimit(maximum: 3)
        let entries = enter(&limit, 5)
        #expect(entries.count == 3 && limit.inFlight == 3)
        #expect(limit.enter(at: .zero) == .full)
        limit.leave(entries[0], .other, at: .zero)
        #expect(enter(&limit, 2).count == 1)
    }

    @Test func aRefusalShrinksItBelowWhatWasUnderWay() {
        var limit = AdaptiveLimit(maximum: 32)
        let entries = enter(&limit, 8)
        limit.leave(entries[0], .overloaded(pause: nil), at: .zero)
        #expect(limit.current == 6)
        // The other seven were sent before: the same congestion.
        for entry in entries.dropFirst() { limit.leave(entry, .overloaded(pause: nil), at: .zero) }
        #expect(limit.current == 6 && limit.inFlight == 0)
        let next = enter(&limit, 10)
        #expect(next.count == 6)
        limit.leave(next[0], .overloaded(pause: nil), at: .zero)
        #expect(limit.current == 4)
    }

    @Test func successGrowsItByOneForAsManyCallsAsItIs() {
        var limit = AdaptiveLimit(maximum: 10)
        let entries = enter(&limit, 8)
        limit.leave(entries[0], .overloaded(pause: nil), at: .zero)
        for entry in entries.dropFirst() { limit.leave(entry, .other, at: .zero) }
        #expect(limit.current == 6)
        for _ in 0..<100 { for entry in enter(&limit, 2) { limit.leave(entry, .good, at: .zero) } }
        #expect(limit.current == 6, "two of six say nothing of a seventh")
        for entry in enter(&limit, 6) { limit.leave(entry, .good, at: .zero) }
        #expect(limit.current == 6)
        for entry in enter(&limit, 6) { limit.leave(entry, .good, at: .zero) }
        #expect(limit.current == 7)
        for _ in 0..<200 { for entry in enter(&limit, limit.current) { limit.leave(entry, .good, at: .zero) } }
        #expect(limit.current == 10)
    }

    @Test func whoAsksToBeLeftAloneIs() {
        var limit = AdaptiveLimit(maximum: 4)
        let entries = enter(&limit, 2)
        limit.leave(entries[0], .overloaded(pause: .seconds(30)), at: .zero)
        #expect(limit.enter(at: .seconds(10)) == .paused(.seconds(20)))
        limit.leave(entries[1], .overloaded(pause: .seconds(5)), at: .seconds(10))
        #expect(limit.pauseLeft(at: .seconds(10)) == .seconds(20), "the longer one holds")
        #expect(enter(&limit, 1, at: .seconds(30)).count == 1)
    }

    @Test func aDayIsNotBelieved() {
        var limit = AdaptiveLimit(maximum: 4)
        limit.leave(enter(&limit, 1)[0], .overloaded(pause: .seconds(86_400)), at: .zero)
        #expect(limit.pauseLeft(at: .zero) == .seconds(3_600))
    }

    @Test func unsaidPausesDouble() {
        var limit = AdaptiveLimit(maximum: 4)
        var pauses: [Duration] = []
        for _ in 0..<8 {
            pauses.append(limit.unsaidPause)
            limit.leave(enter(&limit, 1)[0], .overloaded(pause: nil), at: .zero)
        }
        #expect(pauses == [0.5, 1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        limit.leave(enter(&limit, 1)[0], .good, at: .zero)
        #expect(limit.unsaidPause == .milliseconds(500))
    }

    @Test(arguments: 1...10)
    func itsBoundsHold(_ seed: Int) {
        var random = LinearCongruential(seed: UInt64(seed))
        var limit = AdaptiveLimit(maximum: .random(in: 1...20, using: &random))
        var entries: [AdaptiveLimit.Entry] = []
        var now = Duration.zero
        for _ in 0..<3_000 {
            now += .milliseconds(.random(in: 0...300, using: &random))
            if Bool.random(using: &random) {
                let before = limit.inFlight
                if case .entered(let entry) = limit.enter(at: now) {
                    entries.append(entry)
                    #expect(before < limit.current && limit.pauseLeft(at: now) == nil)
                }
            } else if let index = entries.indices.randomElement(using: &random) {
                let outcomes: [AdaptiveLimit.Outcome] = [
                    .good, .good, .other, .overloaded(pause: nil), .overloaded(pause: .seconds(1)),
                ]
                limit.leave(entries.remove(at: index), outcomes.randomElement(using: &random) ?? .good, at: now)
            }
            #expect(limit.inFlight == entries.count)
            #expect((1...limit.maximum).contains(limit.current))
        }
    }
}
