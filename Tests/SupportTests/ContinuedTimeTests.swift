import Support
import TestSupport
import Testing

@Suite("Time carried over a restart")
struct ContinuedTimeTests {
    @Test("The next process of a boot goes on with the steady clock of the one before, however the wall clock was set")
    func restart() throws {
        let time = ManualTime(boot: "a")
        time.advance(by: .seconds(50))
        let origin = try #require(ContinuedTime.origin(of: time))
        let before = time.steady
        time.setWallClock(by: .seconds(-3600))
        time.advance(by: .seconds(5))
        time.restart()
        let next = ContinuedTime(time, origin: origin)
        #expect(next.steady == before + .seconds(5))
        #expect(next.now == time.now && next.elapsed == time.elapsed && next.uptime == time.uptime)
        time.advance(by: .seconds(7))
        #expect(next.steady == before + .seconds(12))
        #expect(ContinuedTime.origin(of: next) == origin)
    }

    @Test("An origin that no clock can have had changes nothing", arguments: [Int64.min, .max, 4_000_000_000_000_000])
    func unsound(milliseconds: Int64) {
        let time = ManualTime(boot: "a")
        let next = ContinuedTime(time, origin: Timestamp(milliseconds: milliseconds))
        #expect(next.steady == time.steady)
    }

    @Test("A clock that no other process can read has no origin")
    func alone() {
        #expect(ContinuedTime.origin(of: ManualTime()) == nil)
    }

    @Test("The machine's own clock names its boot and goes on")
    func machine() throws {
        let (first, second) = (SystemTime(), SystemTime())
        let uptime = try #require(first.uptime)
        #expect(uptime.boot == second.uptime?.boot && uptime.boot.contains("-") && uptime.duration > .zero)
        let origin = try #require(ContinuedTime.origin(of: first))
        let later = ContinuedTime(second, origin: origin)
        #expect(later.steady - first.steady < .seconds(60) && later.steady >= first.steady - .milliseconds(5))
    }
}

private func - (moment: Timestamp, duration: Duration) -> Timestamp { moment + (.zero - duration) }
