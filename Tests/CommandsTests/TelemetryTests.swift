import Support
import Testing

@testable import Commands

@Suite struct TelemetryTests {
    private static func telemetry(_ environment: [String: String]) throws -> Telemetry {
        try Telemetry(try Configuration(environment: environment))
    }

    @Test func byDefaultNothingIsTold() throws {
        #expect(try Self.telemetry([:]).tracer == nil)
    }

    @Test func anEndpointTurnsItOn() throws {
        let endpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"]
        #expect(try Self.telemetry(endpoint).tracer?.sampling == TraceSampling())
        #expect(try Self.telemetry(endpoint.merging(["OTEL_TRACES_EXPORTER": "none"]) { $1 }).tracer == nil)
    }

    @Test func aBadVariableStopsTheStartByName() {
        #expect {
            try Self.telemetry(["OTEL_TRACES_SAMPLER": "some"])
        } throws: { error in
            error.label == "bad_setting" && error.sentence.hasPrefix("OTEL_TRACES_SAMPLER takes")
        }
    }

    @Test func aProcessIsCalledByItsRoleOrItsName() throws {
        #expect(try Configuration(environment: [:]).serviceName == "gepeto")
        #expect(try Configuration(environment: ["OTEL_SERVICE_NAME": "tutor"]).serviceName == "tutor")
    }
}
