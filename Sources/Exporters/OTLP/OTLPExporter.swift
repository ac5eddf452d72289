import HTTPClient
import Support

/// Posts what the process tells of itself to a collector: spans in batches as they end, figures at an interval.
///
/// Nobody waits for it. What the collector does not take in time is dropped and counted; at a shutdown it is told the
/// rest, for a few seconds at most. It is to be ended last, so that it hears of all that others still do.
package final class OTLPExporter: Service {
    /// Spans of one message.
    private static let portion = 512
    /// How long a shutdown waits for a call that is under way, and for the last one.
    private static let farewell = Duration.seconds(1)

    package let name = "telemetry"
    private let settings: OTLPSettings
    private let tracer: Tracer
    private let metrics: Metrics
    private let spans: OTLPSender?
    private let figures: OTLPSender?
    private let time: any TimeSource
    private let log: Log
    /// When the process began to count, nanoseconds since 1970.
    private let start: Int64
    private let items: Counter
    private let droppedBefore = Locked(0)
    private let trouble = Locked<String?>(nil)
    private let stopping = Latch()

    package init(
        _ settings: OTLPSettings, tracer: Tracer, metrics: Metrics, http: HTTPClient,
        time: any TimeSource = SystemTime(),
        log: Log
    ) {
        self.settings = settings
        self.tracer = tracer
        self.metrics = metrics
        self.time = time
        self.log = log
        start = tracer.moment
        func sender(_ url: String?) -> OTLPSender? {
            url.map {
                OTLPSender(
                    url: $0, headers: settings.headers, timeout: settings.timeout, rule: DeliveryRule(), http: http,
                    time: time)
            }
        }
        (spans, figures) = (sender(settings.tracesURL), sender(settings.metricsURL))
        items = metrics.counter(
            "gepeto_telemetry_items_total",
            "Spans and figures for the collector: delivered, refused by it, lost, or dropped for want of room.",
            labels: ["signal", "outcome"])
        for outcome in ["delivered", "dropped", "lost"] { items.series(["signal": "spans", "outcome": outcome]) }
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepOn(self.settings.spanDelay) { await self.exportSpans() } }
            group.addTask { await self.keepOn(self.settings.metricInterval) { await self.exportFigures() } }
        }
    }

    package func shutDown() async { stopping.open() }

    /// Does it now and then, and once more at the end.
    private func keepOn(_ interval: Duration, _ export: @escaping @Sendable () async -> Void) async {
        while !stopping.isOpen && !Task.isCancelled {
            await pause(interval)
            if !stopping.isOpen && !Task.isCancelled { await bounded(export) }
        }
        await bounded(export)
    }

    /// A collector that is silent does not hold up the end.
    private func bounded(_ export: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await export() }
            group.addTask {
                await self.stopping.wait()
                // Cancelled when the export is over; nothing to do then.
                try? await self.time.sleep(for: Self.farewell)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func pause(_ interval: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled when the process ends; nothing to do then.
            group.addTask { try? await self.time.sleep(for: interval) }
            group.addTask { await self.stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func exportSpans() async {
        let dropped = tracer.dropped
        let news = droppedBefore.withLock { before in
            defer { before = dropped }
            return dropped - before
        }
        count(news, "spans", "dropped")
        while true {
            let records = tracer.take(Self.portion)
            guard !records.isEmpty else { return }
            // Without an address for them nothing is traced.
            guard let spans else { continue }
            await deliver(OTLPTraces(records, of: settings.attributes), of: records.count, "spans", by: spans)
            guard records.count == Self.portion else { return }
        }
    }

    private func exportFigures() async {
        guard let figures else { return }
        let families = await metrics.families()
        let message = OTLPMetrics(families, of: settings.attributes, since: start, at: tracer.moment)
        await deliver(message, of: families.count, "figures", by: figures)
    }

    private func deliver(
        _ message: some Encodable & Sendable, of number: Int, _ signal: String, by sender: OTLPSender
    ) async {
        guard let body = try? OTLP.bytes(message) else { return count(number, signal, "lost") }
        switch await sender.send(body, until: stopping) {
        case .delivered(let refused):
            count(number - min(refused, number), signal, "delivered")
            count(min(refused, number), signal, "refused")
            if trouble.withLock({ $0.take() }) != nil { log.info("telemetry delivered again") }
        case .lost(let error):
            count(number, signal, "lost")
            let isNews = trouble.withLock { label in
                defer { label = error.label }
                return label != error.label
            }
            // Told once, not at each try.
            if isNews { log.warning("telemetry not delivered", ["error": error.label, "reason": error.description]) }
        }
    }

    private func count(_ number: Int, _ signal: String, _ outcome: String) {
        if number > 0 { items.add(Double(number), ["signal": signal, "outcome": outcome]) }
    }
}
