import Support
import TestSupport
import Testing

@Suite struct LifecycleTests {
    /// A service with a script: it runs until it is told to stop, and writes down what happened.
    private struct Scripted: Service {
        let name: String
        let record: Locked<[String]>
        var failsAtOnce = false
        var ignoresShutdown = false
        let stopped = Latch()
        let asked = Latch()

        struct Failure: ExplainedError {
            let label = "scripted"
            let description = "As the script says."
        }

        func run() async throws {
            record.withLock { $0.append("run \(name)") }
            if failsAtOnce { throw Failure() }
            await stopped.wait()
            record.withLock { $0.append(Task.isCancelled ? "cancelled \(name)" : "end \(name)") }
        }

        func shutDown() async {
            record.withLock { $0.append("stop \(name)") }
            asked.open()
            if !ignoresShutdown { stopped.open() }
        }
    }

    @Test func servicesEndInReverseOrder() async throws {
        let record = Locked<[String]>([])
        let group = ServiceGroup(
            [Scripted(name: "a", record: record), Scripted(name: "b", record: record)], log: .silent)
        try await group.run {}
        let events = record.withLock { $0 }.filter { !$0.hasPrefix("run") }
        #expect(events == ["stop b", "end b", "stop a", "end a"])
    }

    @Test func aFailureEndsTheGroupAndIsThrown() async {
        let record = Locked<[String]>([])
        let group = ServiceGroup(
            [Scripted(name: "a", record: record), Scripted(name: "b", record: record, failsAtOnce: true)], log: .silent)
        await #expect(throws: Scripted.Failure.self) {
            try await group.run { await Latch().wait() }
        }
        #expect(record.withLock { $0 }.contains("end a"))
    }

    @Test func whoDoesNotEndInTimeIsCancelled() async throws {
        let record = Locked<[String]>([])
        let group = ServiceGroup(
            [Scripted(name: "a", record: record, ignoresShutdown: true)], grace: .milliseconds(20), log: .silent)
        try await group.run {}
        #expect(record.withLock { $0 }.contains("cancelled a"))
    }

    @Test func whoOthersLeanOnStillEndsInOrderWhenOneIsCancelled() async throws {
        let record = Locked<[String]>([])
        let time = ManualTime()
        let worker = Scripted(name: "worker", record: record, ignoresShutdown: true)
        let group = ServiceGroup(
            [Scripted(name: "server", record: record), worker, Scripted(name: "door", record: record)],
            grace: .seconds(2), time: time, log: .silent)
        async let running: Void = group.run {}
        await worker.asked.wait()
        await time.untilSleeping(1)
        // Half of the grace is left: the worker has had its time, the end is not there yet.
        time.advance(by: .seconds(1))
        try await running
        let events = record.withLock { $0 }.filter { !$0.hasPrefix("run") }
        #expect(events == ["stop door", "end door", "stop worker", "cancelled worker", "stop server", "end server"])
    }

    @Test func aLatchLetsAllByOnceOpen() async {
        let latch = Latch()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { await latch.wait() } }
            latch.open()
            latch.open()
        }
        await latch.wait()
        #expect(latch.isOpen)
    }

    @Test func aCancelledWaiterGoesOn() async {
        let latch = Latch()
        let task = Task { await latch.wait() }
        task.cancel()
        await task.value
        #expect(!latch.isOpen)
    }

    @Test func aLockedCountIsExact() async {
        let count = Locked(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<1_000 { count.withLock { $0 += 1 } } } }
        }
        #expect(count.withLock { $0 } == 8_000)
    }
}
