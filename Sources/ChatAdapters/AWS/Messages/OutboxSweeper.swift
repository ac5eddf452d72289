import Support

/// Sends the messages again that were not confirmed to be in their queue, or were lost. In every process with workers:
/// of two that do it at once each sends the same, which is harmless.
package final class OutboxSweeper: Service {
    package let name = "outbox"

    private let store: CloudChatStore
    private let time: any TimeSource
    private let log: Log
    private let stopping = Latch()

    package init(_ store: CloudChatStore, time: any TimeSource = SystemTime(), log: Log) {
        self.store = store
        self.time = time
        self.log = log
    }

    package func run() async throws {
        var isTroubled = false
        while !stopping.isOpen && !Task.isCancelled {
            do {
                let count = try await store.outbox.sweep()
                if count > 0 { log.info("messages sent again", ["count": "\(count)"]) }
                if isTroubled { log.info("messages can be sent again") }
                isTroubled = false
            } catch is CancellationError {
                return
            } catch {
                if !isTroubled { log.error("lost messages cannot be looked for", ["error": error.label]) }
                isTroubled = true
            }
            await pause()
        }
    }

    package func shutDown() async { stopping.open() }

    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled when the sweeper stops; nothing to do then.
            group.addTask { try? await self.time.sleep(for: self.store.parameters.sweepInterval) }
            group.addTask { await self.stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}
