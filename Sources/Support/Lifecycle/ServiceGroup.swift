/// Runs services together and ends them in reverse order.
///
/// Ending means: each service, the last first, is asked to shut down and is waited for; when the grace period is over,
/// all that still runs is cancelled. A service that ends by itself or throws ends the group.
package struct ServiceGroup: Sendable {
    private let services: [any Service]
    private let grace: Duration
    private let time: any TimeSource
    private let log: Log

    /// - Parameters:
    ///   - services: in the order in which they are started; a later one may lean on an earlier one.
    ///   - grace: for all of them together (contract, section 5: 25 s).
    package init(
        _ services: [any Service], grace: Duration = .seconds(25), time: any TimeSource = SystemTime(), log: Log
    ) {
        self.services = services
        self.grace = grace
        self.time = time
        self.log = log
    }

    /// Returns when every service has ended after `stop` returned; throws what the first failing service threw.
    /// - Parameter stop: returns when the group shall end, at SIGTERM for example.
    package func run(until stop: @escaping @Sendable () async -> Void) async throws {
        let ended = services.map { _ in Latch() }
        let failure = Locked<(any Error)?>(nil)
        let stopping = Latch()

        await withTaskGroup(of: Void.self) { group in
            for (index, service) in services.enumerated() {
                group.addTask {
                    do {
                        try await service.run()
                        log.debug("service ended", ["service": service.name])
                    } catch {
                        log.error("service failed", ["service": service.name, "error": error.label])
                        failure.withLock { $0 = $0 ?? error }
                    }
                    ended[index].open()
                    stopping.open()
                }
            }
            group.addTask {
                await stop()
                stopping.open()
            }
            await stopping.wait()
            log.info("shutting down", ["grace_seconds": "\(grace.components.seconds)"])
            let orderly = Task {
                for (index, service) in services.enumerated().reversed() {
                    await service.shutDown()
                    await ended[index].wait()
                }
            }
            let watchdog = Task {
                try await time.sleep(for: grace)
                log.warning("grace period over, cancelling what still runs")
                orderly.cancel()
                ended.forEach { $0.open() }
            }
            await orderly.value
            watchdog.cancel()
            group.cancelAll()
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
