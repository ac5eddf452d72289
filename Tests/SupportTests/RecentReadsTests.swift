import Support
import TestSupport
import Testing

@Suite struct RecentReadsTests {
    private let time = ManualTime()
    private let reads = Locked(0)

    private func memory(most: Int) -> RecentReads<Int, Int> {
        RecentReads(lifetime: .seconds(10), most: most, time: time)
    }

    @Test func aValueIsReadOnceWithinItsLifetime() async {
        let memory = memory(most: 9)
        for _ in 0..<3 { _ = await memory.value(1) { next() } }
        #expect(reads.withLock { $0 } == 1)
        time.advance(by: .seconds(10))
        #expect(await memory.value(1) { next() } == 2)
    }

    @Test func nothingIsNotRemembered() async {
        let memory = memory(most: 9)
        #expect(await memory.value(1) { nil } == nil)
        #expect(await memory.value(1) { 7 } == 7)
    }

    @Test func whatIsReadWhileItChangesIsNotKept() async {
        let memory = memory(most: 9)
        let stale = await memory.value(1) {
            let found = next()
            await memory.changing {}
            return found
        }
        #expect(stale == 1)
        #expect(await memory.value(1) { next() } == 2)
    }

    @Test func itKeepsNoMoreThanItsMost() async {
        let memory = memory(most: 2)
        for key in 1...3 { _ = await memory.value(key) { next() } }
        // The third took the place of the others.
        _ = await memory.value(3) { next() }
        #expect(reads.withLock { $0 } == 3)
        #expect(await memory.value(1) { next() } == 4)
    }

    private func next() -> Int {
        reads.withLock { count in
            count += 1
            return count
        }
    }
}
