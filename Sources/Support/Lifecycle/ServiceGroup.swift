/// Runs services together and ends them in reverse order.
///
/// Ending means: each service, the last first, is asked to shut down and is waited for. Shortly before the grace period is
/// over, the one that is waited for is cancelled, so that those it leans on still end in their order: a worker hands its
/// jobs back, and then the server tells its sockets. When the grace period is over, all that still runs is cancelled. A
/// service that ends by itself or throws ends the group.
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

    /// What is left of the grace period when services begin to be cancelled one after another.
    private var handover: Duration { min(.seconds(2), grace / 2) }

    /// Returns when every service has ended after `stop` returned; throws what the first failing service threw.
    /// - Parameter stop: returns when the group shall end, at SIGTERM for example.
    package func run(until stop: @escaping @Sendable () async -> Void) async throws {
        let ended = services.map { _ in Latch() }
        let failure = Locked<(any Error)?>(nil)
        let stopping = Latch()
        let cuts = services.map { _ in Latch() }

        await withTaskGroup(of: Void.self) { group in
            for (index, service) in services.enumerated() {
                group.addTask {
                    do {
                        try await Self.run(service, until: cuts[index])
                        log.debug("service ended", ["service": service.name])
                    } catch is CancellationError where stopping.isOpen {
                        // Cut off by the end of the grace period: late, but not a failure.
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
            let late = Latch()
            let orderly = Task {
                for (index, service) in services.enumerated().reversed() {
                    let isLate = late.isOpen
                    await service.shutDown()
                    await wait(for: ended[index], until: isLate ? nil : late)
                    guard !ended[index].isOpen else { continue }
                    log.warning("service cancelled, the grace period is nearly over", ["service": service.name])
                    cuts[index].open()
                    await ended[index].wait()
                }
            }
            let watchdog = Task {
                try await time.sleep(for: grace - handover)
                late.open()
                try await time.sleep(for: handover)
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

    /// Runs the service; cancelled when `cut` is opened.
    private static func run(_ service: any Service, until cut: Latch) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            group.addTask {
                await cut.wait()
                throw CancellationError()
            }
            do {
                try await group.next()
            } catch is CancellationError {
                // Cut off, or cancelled from without: its own outcome counts.
                group.cancelAll()
                try await group.next()
            }
            group.cancelAll()
        }
    }

    /// Returns when the service has ended or has had its time: until `late`, or, when it was asked after that, its share
    /// of what is left.
    private func wait(for ended: Latch, until late: Latch?) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await ended.wait() }
            group.addTask {
                if let late {
                    await late.wait()
                } else {
                    // Ends early when the service has ended.
                    try? await time.sleep(for: handover / services.count)
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
