import Support
import Testing

@testable import Exporters

@Suite struct OTLPSettingsTests {
    private static let base = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"]

    private static func settings(_ more: [String: String]) throws -> OTLPSettings? {
        try OTLPSettings(base.merging(more) { $1 }, service: "gepeto-worker", version: "0.1.0")
    }

    @Test func withoutAnEndpointNothingIsExported() throws {
        #expect(try OTLPSettings([:], service: "s", version: "1") == nil)
        #expect(try OTLPSettings(["OTEL_EXPORTER_OTLP_ENDPOINT": ""], service: "s", version: "1") == nil)
        #expect(try Self.settings(["OTEL_SDK_DISABLED": "true"]) == nil)
        #expect(try Self.settings(["OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"]) == nil)
    }

    @Test func signalsGoBelowTheEndpointOrToTheirOwn() throws {
        let plain = try #require(try Self.settings([:]))
        #expect(plain.tracesURL == "http://collector:4318/v1/traces")
        #expect(plain.metricsURL == "http://collector:4318/v1/metrics")
        #expect(plain.sampling == TraceSampling() && plain.headers.isEmpty)
        #expect(plain.timeout == .seconds(10) && plain.metricInterval == .seconds(60))
        let own = try #require(
            try Self.settings([
                "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.example.org/base/",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/as/it/is",
            ]))
        #expect(own.tracesURL == "http://127.0.0.1:1/as/it/is")
        #expect(own.metricsURL == "https://otlp.example.org/base/v1/metrics")
        let one = try OTLPSettings(
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://m/x"], service: "s", version: "1")
        #expect(one?.tracesURL == nil && one?.metricsURL == "http://m/x")
    }

    @Test func headersAndAttributesArePercentDecoded() throws {
        let settings = try #require(
            try Self.settings([
                "OTEL_EXPORTER_OTLP_HEADERS": " api-key = a%2Cb%3D1 ,x-scope=team,",
                "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=produ%C3%A7%C3%A3o,service.version=7",
            ]))
        #expect(settings.headers.map(\.name) == ["api-key", "x-scope"])
        #expect(settings.headers.map(\.value) == ["a,b=1", "team"])
        let attributes = Dictionary(uniqueKeysWithValues: settings.attributes.map { ($0.name, $0.value) })
        #expect(attributes["deployment.environment.name"] == "produção" && attributes["service.version"] == "7")
        #expect(attributes["service.name"] == "gepeto-worker" && attributes["telemetry.sdk.language"] == "swift")
        #expect(attributes["service.instance.id"]?.utf8.count == 32)
        let named = try #require(
            try OTLPSettings(
                Self.base.merging([
                    "OTEL_SERVICE_NAME": "tutor", "OTEL_RESOURCE_ATTRIBUTES": "service.name=other",
                ]) { $1 }, service: "tutor", version: "1"))
        #expect(named.attributes.filter { $0.name == "service.name" }.map(\.value) == ["tutor"])
    }

    @Test(
        arguments: [
            ("always_on", "0.5", TraceSampling(share: 1, heedsParent: false)),
            ("always_off", nil, TraceSampling(share: 0, heedsParent: false)),
            ("traceidratio", "0.25", TraceSampling(share: 0.25, heedsParent: false)),
            ("parentbased_traceidratio", "0.25", TraceSampling(share: 0.25)),
            ("parentbased_traceidratio", nil, TraceSampling()),
            ("parentbased_always_off", nil, TraceSampling(share: 0)),
        ] as [(String, String?, TraceSampling)])
    func samplersByTheirNames(_ name: String, _ share: String?, _ sampling: TraceSampling) throws {
        var more = ["OTEL_TRACES_SAMPLER": name]
        more["OTEL_TRACES_SAMPLER_ARG"] = share
        #expect(try Self.settings(more)?.sampling == sampling)
    }

    @Test(arguments: [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c/?key=s3cret"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:s3cret@c"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "c"), ("OTEL_EXPORTER_OTLP_HEADERS", "s3cret"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "=s3cret"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=s3cret%zz"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=s3cret%0d%0ax: y"), ("OTEL_EXPORTER_OTLP_HEADERS", "a b=s3cret"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=%ff"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a"), ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
        ("OTEL_TRACES_SAMPLER_ARG", "2"), ("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_METRIC_EXPORT_INTERVAL", "1 s"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
    ])
    func aBadValueIsNamedAndNoSecretIsShown(_ name: String, _ value: String) throws {
        do {
            _ = try Self.settings([name: value])
            Issue.record("\(name)=\(value) was taken")
        } catch let error as ExporterError {
            #expect(error.description.hasPrefix(name) && !error.description.contains("s3cret"), "\(error)")
            #expect(error.description.hasSuffix("."))
        }
    }

    @Test func entriesAreBounded() {
        let many = (0...NamedValues.most).map { "a\($0)=1" }.joined(separator: ",")
        #expect(throws: ExporterError.self) { try NamedValues.parse(many, of: "X") }
        let long = "a=" + String(repeating: "x", count: NamedValues.longest + 1)
        #expect(throws: ExporterError.self) { try NamedValues.parse(long, of: "X") }
        #expect(throws: Never.self) { try NamedValues.parse("a=1,a=2", of: "X") }
    }
}
