import Glibc
import Support

/// Writes the golden signals to the log now and then, in CloudWatch's form: no agent and no collector are needed.
package final class EMFWriter: Service {
    /// CloudWatch's own grain.
    package static let interval = Duration.seconds(60)
    /// Of all that gepeto writes there.
    private static let namespace = "gepeto"

    package let name = "embedded metrics"
    private let signals: GoldenSignals
    private let metrics: Metrics
    private let interval: Duration
    private let time: any TimeSource
    private let write: @Sendable (String) -> Void
    private let stopping = Latch()

    package init(
        _ metrics: Metrics, service: String, interval: Duration = EMFWriter.interval,
        time: any TimeSource = SystemTime(), write: @escaping @Sendable (String) -> Void = EMFWriter.standardOutput
    ) {
        signals = GoldenSignals(namespace: Self.namespace, service: service)
        self.metrics = metrics
        self.interval = interval
        self.time = time
        self.write = write
    }

    package func run() async throws {
        var before: [MetricFamily]?
        while !stopping.isOpen && !Task.isCancelled {
            await pause()
            guard !Task.isCancelled else { return }
            let now = await metrics.families()
            for document in signals.documents(now, since: before) { document.line(at: time.now).map(write) }
            before = now
        }
    }

    package func shutDown() async { stopping.open() }

    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled when the process ends; nothing to do then.
            group.addTask { try? await self.time.sleep(for: self.interval) }
            group.addTask { await self.stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// One `write(2)` a line, as `Log` does on the other descriptor.
    package static let standardOutput: @Sendable (String) -> Void = { line in
        var line = line
        line.withUTF8 { bytes in _ = Glibc.write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
    }
}
