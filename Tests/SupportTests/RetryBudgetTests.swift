import Support
import TestSupport
import Testing

@Suite struct RetryBudgetTests {
    @Test func withoutSuccessThereAreTenRetriesAndOneAMinute() {
        var budget = RetryBudget(at: .zero)
        var retries = 0
        for second in 0..<300 where budget.takeRetry(at: .seconds(second)) { retries += 1 }
        #expect(retries == 10 + 4)
    }

    @Test func tenSuccessesPayForOneRetry() {
        var budget = RetryBudget(capacity: 1, refill: .seconds(1_000_000), at: .zero)
        #expect(budget.takeRetry(at: .zero) == true)
        for _ in 0..<9 { budget.succeeded(wasRetry: false) }
        #expect(budget.takeRetry(at: .zero) == false)
        for _ in 0..<2 { budget.succeeded(wasRetry: false) }
        #expect(budget.takeRetry(at: .zero) == true)
        #expect(budget.takeRetry(at: .zero) == false)
    }

    @Test func aRetryThatSucceedsCostsNothing() {
        var budget = RetryBudget(at: .zero)
        for _ in 0..<1_000 {
            #expect(budget.takeRetry(at: .zero) == true)
            budget.succeeded(wasRetry: true)
        }
    }

    @Test func nothingIsSavedBeyondTheCapacityAndNoClockGoesBack() {
        var budget = RetryBudget(capacity: 2, at: .seconds(1_000))
        for _ in 0..<1_000 { budget.succeeded(wasRetry: false) }
        #expect(budget.takeRetry(at: .seconds(100_000)) == true)
        #expect(budget.takeRetry(at: .seconds(50)) == true)
        #expect(budget.takeRetry(at: .seconds(50)) == false)
        #expect(budget.takeRetry(at: .seconds(100_050)) == false)
        #expect(budget.takeRetry(at: .seconds(100_060)) == true)
    }

    /// Whatever happens: retries are no more than the capacity, a tenth of the first calls that went well, and what the
    /// time gave back, the retries that went well not counted.
    @Test(arguments: 1...20)
    func theSumIsKept(_ seed: Int) {
        var random = LinearCongruential(seed: UInt64(seed))
        var budget = RetryBudget(at: .zero)
        var now = Duration.zero
        var (retries, good, goodRetries) = (0, 0, 0)
        let share = Double.random(in: 0...1, using: &random)
        for _ in 0..<2_000 {
            now += .milliseconds(.random(in: 0...500, using: &random))
            if Double.random(in: 0..<1, using: &random) < share {
                good += 1
                budget.succeeded(wasRetry: false)
            } else if budget.takeRetry(at: now) {
                retries += 1
                guard Double.random(in: 0..<1, using: &random) < share else { continue }
                goodRetries += 1
                budget.succeeded(wasRetry: true)
            }
            let given = 10 + 0.1 * Double(good) + now.inSeconds / 60 + Double(goodRetries)
            #expect(Double(retries) <= given + 1e-6)
        }
    }
}
