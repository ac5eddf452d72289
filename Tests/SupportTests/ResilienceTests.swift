import Support
import Testing

@Suite struct ResilienceTests {
    @Test func jobWaitsAreThoseOfTheContract() {
        #expect((1...5).map { Backoff.jobs.ceiling(afterAttempt: $0) } == [2, 4, 8, 16, 16].map { .seconds($0) })
        #expect(Backoff.jobs.ceiling(afterAttempt: 1_000_000) == .seconds(16))
    }

    @Test func jitterIsFull() {
        let backoff = Backoff(base: .seconds(1), cap: .seconds(60))
        #expect(backoff.wait(afterAttempt: 3, random: 0) == .zero)
        #expect(backoff.wait(afterAttempt: 3, random: 0.5) == .seconds(2))
        for _ in 0..<100 { #expect(backoff.wait(afterAttempt: 3) < .seconds(4)) }
    }

    @Test func aBucketGivesItsBurstThenItsRate() {
        var bucket = TokenBucket(rate: 0.25, burst: 5, at: .zero)
        for _ in 0..<5 { #expect(bucket.take(at: .zero) == nil) }
        #expect(bucket.take(at: .zero) == .seconds(4))
        #expect(bucket.take(at: .seconds(3)) == .seconds(1))
        #expect(bucket.take(at: .seconds(4)) == nil)
        #expect(bucket.remaining(at: .seconds(4)) == 0)
        #expect(bucket.remaining(at: .seconds(3_600)) == 5)
    }

    @Test func aClockThatGoesBackGivesNothingAway() {
        var bucket = TokenBucket(rate: 1, burst: 1, at: .seconds(100))
        #expect(bucket.take(at: .seconds(100)) == nil)
        #expect(bucket.take(at: .seconds(50)) != nil)
        #expect(bucket.take(at: .seconds(100.5)) != nil)
        #expect(bucket.take(at: .seconds(101)) == nil)
    }
}
