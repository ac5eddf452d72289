import Foundation
import Support
import Testing

@testable import Exporters

/// What is posted, byte by byte; `Tests/EndToEnd/otlp_check.py` has it read by opentelemetry-proto.
@Suite struct OTLPMessagesTests {
    private static func text(_ message: some Encodable) throws -> String {
        String(decoding: try OTLP.bytes(message), as: UTF8.self)
    }

    @Test func spansInTheProtocolsJSON() throws {
        let span = SpanRecord(
            traceID: "4bf92f3577b34da6a3ce929d0e0e4736", id: "00f067aa0ba902b7", parentID: "b7ad6b7169203331",
            name: "chat llama", kind: .client, start: 1_733_788_120_000_000_001, end: 1_733_788_120_500_000_000,
            attributes: [
                .init("gen_ai.usage.input_tokens", .number(9_007_199_254_740_993)), .init("a", .flag(true)),
                .init("b", .real(0.5)), .init("c", .text("ç/\"")),
            ], failure: "timeout")
        #expect(
            try Self.text(OTLPTraces([span], of: [("service.name", "gepeto")])) == """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"gepeto"}}]},\
                "scopeSpans":[{"scope":{"name":"gepeto"},"spans":[{"attributes":[\
                {"key":"gen_ai.usage.input_tokens","value":{"intValue":"9007199254740993"}},\
                {"key":"a","value":{"boolValue":true}},{"key":"b","value":{"doubleValue":0.5}},\
                {"key":"c","value":{"stringValue":"ç/\\""}}],"endTimeUnixNano":"1733788120500000000","flags":1,"kind":3,\
                "name":"chat llama","parentSpanId":"b7ad6b7169203331","spanId":"00f067aa0ba902b7",\
                "startTimeUnixNano":"1733788120000000001","status":{"code":2,"message":"timeout"},\
                "traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}]}]}]}
                """)
        let root = SpanRecord(
            traceID: span.traceID, id: span.id, parentID: nil, name: "x", kind: .server, start: 1, end: 2)
        let text = try Self.text(OTLPTraces([root], of: []))
        #expect(!text.contains("parentSpanId") && !text.contains("status") && text.contains(#""kind":2"#))
    }

    @Test func figuresAreSumsGaugesAndHistograms() async throws {
        let metrics = Metrics()
        let counter = metrics.counter("gepeto_x_total", "Xs.", labels: ["kind"])
        counter.add(2.5, ["kind": "a"])
        metrics.gauge("gepeto_y_bytes", "Ys.") { [([:], 7), (["of": "nan"], .nan)] }
        metrics.gauge("gepeto_nothing", "None.") { [] }
        let histogram = metrics.histogram("gepeto_z_seconds", "Zs.", labels: ["route"], buckets: [0.1, 1])
        for value in [0.05, 0.5, 0.75, 9] { histogram.observe(value, ["route": "/"]) }
        histogram.observe(0.1, ["route": "/b"])
        let message = OTLPMetrics(await metrics.families(), of: [], since: 1, at: 2)
        #expect(
            try Self.text(message) == """
                {"resourceMetrics":[{"resource":{"attributes":[]},"scopeMetrics":[{"metrics":[\
                {"description":"Xs.","name":"gepeto_x_total","sum":{"aggregationTemporality":2,"dataPoints":[\
                {"asDouble":2.5,"attributes":[{"key":"kind","value":{"stringValue":"a"}}],"startTimeUnixNano":"1",\
                "timeUnixNano":"2"}],"isMonotonic":true},"unit":"1"},\
                {"description":"Ys.","gauge":{"dataPoints":[{"asDouble":7,"attributes":[],"timeUnixNano":"2"}]},\
                "name":"gepeto_y_bytes","unit":"By"},\
                {"description":"Zs.","histogram":{"aggregationTemporality":2,"dataPoints":[\
                {"attributes":[{"key":"route","value":{"stringValue":"/"}}],"bucketCounts":["1","2","1"],"count":"4",\
                "explicitBounds":[0.1,1],"startTimeUnixNano":"1","sum":10.3,"timeUnixNano":"2"},\
                {"attributes":[{"key":"route","value":{"stringValue":"/b"}}],"bucketCounts":["1","0","0"],"count":"1",\
                "explicitBounds":[0.1,1],"startTimeUnixNano":"1","sum":0.1,"timeUnixNano":"2"}]},\
                "name":"gepeto_z_seconds","unit":"s"}],"scope":{"name":"gepeto"}}]}]}
                """)
    }

    @Test(arguments: [
        ("gepeto_llm_cost_usd_total", "USD"), ("process_resident_memory_bytes", "By"),
        ("process_cpu_seconds_total", "s"),
        ("gepeto_jobs", "1"),
    ])
    func unitsByName(_ name: String, _ unit: String) { #expect(OTLPMetrics.unit(of: name) == unit) }
}
