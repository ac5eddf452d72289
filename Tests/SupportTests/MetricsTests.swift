import Foundation
import TestSupport
import Testing

@testable import Support

@Suite struct MetricsTests {
    /// What `Tests/EndToEnd/metrics_check.py` has Prometheus's own parser read.
    private static let sample = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/metrics/sample.txt")

    @Test func theTextIsTheOneThatPrometheusReads() async throws {
        let metrics = Metrics()
        let plain = metrics.counter("plain_total", "Without labels.")
        plain.add()
        plain.add(2.5)
        let labelled = metrics.counter("labelled_total", "Of all kinds:\n\\ and \"quoted\".", labels: ["kind", "code"])
        labelled.add(1, ["kind": "b", "code": "x"])
        labelled.add(3, ["kind": "a", "code": "a \"quote\", a \\ and\na line; ção"])
        labelled.series(["kind": "c", "code": ""])
        metrics.gauge("level", "Read when asked.") {
            [([:], -0.25), (["of": "nan"], Double.nan), (["of": "much"], .infinity), (["of": "little"], -.infinity)]
        }
        metrics.gauge("nothing", "Has nothing to say.") { [] }
        let times = metrics.histogram("seconds", "Durations.", labels: ["route"], buckets: [0.005, 0.1, 1, 2.5])
        for value in [0.001, 0.005, 0.0050001, 0.1, 3, 1e9] { times.observe(value, ["route": "/api/{id}"]) }
        _ = metrics.histogram("empty_seconds", "Nothing yet.", buckets: [1])
        metrics.collect {
            [
                MetricFamily(.gauge, "together", "Two that are read at once.", [.init(1e21, ["n": "1"])]),
                MetricFamily(
                    .gauge, "together", "Ignored.", [.init(12_345_678_901, ["n": "2"]), .init(7, ["n": "1"])]),
            ]
        }
        let text = await metrics.text()
        let sample = try String(contentsOf: Self.sample, encoding: .utf8)
        #expect(text == sample)
    }

    @Test func aCounterNeverFalls() {
        let counter = Metrics().counter("c_total", "c").series([:])
        for amount: Double in [1, -1, .nan, .infinity, -.infinity, 0, 2] { counter.add(amount) }
        #expect(counter.value == 3)
    }

    @Test func bucketsHoldTheirBoundAndSumUp() {
        let bounds = [0.1, 0.2, 0.4]
        let series = Histogram("h", "h", [], bounds).series([:])
        var random = LinearCongruential(seed: 7)
        let values = (0..<500).map { _ in Double(random.next() % 60) / 100 }
        for value: Double in values + [.nan, .infinity] { series.observe(value) }
        let samples = series.samples([:])
        for (bound, sample) in zip(bounds + [Double.infinity], samples) {
            #expect(sample.value == Double(values.count { $0 <= bound }))
        }
        #expect(abs(samples[4].value - values.reduce(0, +)) < 1e-9 && samples[4].suffix == "_sum")
        #expect(samples[5].value == 500 && samples[5].suffix == "_count")
    }

    @Test func labelsWithoutEndCostABoundedNumberOfSeries() throws {
        let counter = Counter("c_total", "c", ["a", "b"])
        for index in 0..<2_000 { counter.add(1, ["a": "\(index)", "b": "x"]) }
        #expect(counter.family.samples.count == 501)
        let rest = try #require(counter.family.samples.first { $0.labels == ["a": "other", "b": "other"] })
        #expect(rest.value == 1_500)
    }

    @Test func manyThreadsLoseNothing() async {
        let metrics = Metrics()
        let counter = metrics.counter("c_total", "c", labels: ["n"])
        let histogram = metrics.histogram("h", "h", buckets: [1])
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.add(1, ["n": "\(task % 2)"])
                        histogram.observe(0.5)
                        if task == 0 { _ = counter.family }
                    }
                }
            }
        }
        #expect(counter.family.samples.map(\.value) == [4_000, 4_000])
        #expect(histogram.series([:]).count == 8_000)
    }

    @Test func theProcessKnowsWhatItTakes() throws {
        let time = ManualTime()
        let figures = ProcessFigures(time: time)
        time.advance(by: .seconds(90))
        let values = Dictionary(uniqueKeysWithValues: figures.families.map { ($0.name, $0.samples.first?.value) })
        let resident = try #require(values["process_resident_memory_bytes"] ?? nil)
        let virtual = try #require(values["process_virtual_memory_bytes"] ?? nil)
        #expect(resident > 1e6 && virtual > resident)
        #expect(try #require(values["process_threads"] ?? nil) >= 1)
        let open = try #require(values["process_open_fds"] ?? nil)
        let most = try #require(values["process_max_fds"] ?? nil)
        #expect(open >= 3 && open <= most)
        #expect(try #require(values["process_cpu_seconds_total"] ?? nil) > 0)
        #expect(values["gepeto_uptime_seconds"] == 90)
    }
}
