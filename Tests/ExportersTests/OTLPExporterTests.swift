import Foundation
import HTTPClient
import Support
import TestSupport
import Testing

@testable import Exporters

@Suite struct DeliveryRuleTests {
    private static let rule = DeliveryRule()

    @Test(arguments: [200, 202, 204]) func taken(_ status: Int) {
        #expect(
            Self.rule.step(after: .answered(status: status, retryAfter: nil), attempt: 1, spent: .zero) == .delivered)
    }

    @Test(arguments: [301, 400, 401, 403, 404, 413, 500, 501]) func refusedForGood(_ status: Int) {
        #expect(Self.rule.step(after: .answered(status: status, retryAfter: nil), attempt: 1, spent: .zero) == .givenUp)
    }

    @Test(arguments: [429, 502, 503, 504]) func laterPerhaps(_ status: Int) {
        let outcome = DeliveryRule.Outcome.answered(status: status, retryAfter: nil)
        func step(_ attempt: Int, _ spent: Duration = .zero) -> DeliveryRule.Step {
            Self.rule.step(after: outcome, attempt: attempt, spent: spent, random: 0.5)
        }
        #expect(step(1) == .again(after: .milliseconds(500)))
        #expect(step(4) == .again(after: .seconds(4)))
        #expect(step(5) == .givenUp)
        #expect(step(1, .milliseconds(59_600)) == .givenUp)
        #expect(Self.rule.step(after: .failed, attempt: 2, spent: .zero, random: 0.5) == .again(after: .seconds(1)))
    }

    @Test func whatTheCollectorAsksForCounts() {
        func step(_ wait: Duration) -> DeliveryRule.Step {
            Self.rule.step(
                after: .answered(status: 503, retryAfter: wait), attempt: 1, spent: .zero, random: 0)
        }
        #expect(step(.seconds(7)) == .again(after: .seconds(7)))
        #expect(step(.seconds(600)) == .givenUp)
    }
}

@Suite struct OTLPExporterTests {
    private struct House {
        let tracer = Tracer()
        let metrics = Metrics()
        let time = ManualTime()
        let lines = Locked<[String]>([])
        let exporter: OTLPExporter
        let http = HTTPClient(log: .silent)

        init(_ collector: ScriptedServer, _ more: [String: String] = [:]) throws {
            let environment = [
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_HEADERS": "api-key=k%201",
            ].merging(more) { $1 }
            let settings = try #require(try OTLPSettings(environment, service: "gepeto", version: "0.1.0"))
            let lines = lines
            exporter = OTLPExporter(
                settings, tracer: tracer, metrics: metrics, http: http, time: time,
                log: Log(level: .info) { line in lines.withLock { $0.append(line) } })
        }

        func run(_ body: () async throws -> Void) async throws {
            let running = Task { try await exporter.run() }
            try await body()
            await exporter.shutDown()
            try await running.value
            await http.shutDown()
        }

        func spans(_ count: Int) {
            for _ in 0..<count { tracer.span("s", .within, in: RandomIdentifier.make(), under: nil).end() }
        }

        func figure(_ signal: String, _ outcome: String) async -> Double? {
            await metrics.families().first { $0.name == "gepeto_telemetry_items_total" }?.samples
                .first { $0.labels == ["signal": signal, "outcome": outcome] }?.value
        }
    }

    private static let onlySpans = ["OTEL_METRICS_EXPORTER": "none"]
    private static let onlyFigures = ["OTEL_TRACES_EXPORTER": "none"]

    @Test func spansGoInBatches() async throws {
        let collector = try ScriptedServer([.response(200, "{}")])
        let house = try House(collector, Self.onlySpans)
        house.spans(513)
        try await house.run {
            await house.time.untilSleeping(2)
            house.time.advance(by: .seconds(1))
            try await eventually { collector.requests.count == 2 }
        }
        let first = collector.requests[0]
        #expect(first.line == "POST /v1/traces HTTP/1.1" && first.header("api-key") == "k 1")
        #expect(first.header("content-type") == "application/json")
        let sizes = collector.requests.map { $0.body.components(separatedBy: "\"spanId\"").count - 1 }
        #expect(sizes == [512, 1])
        #expect(await house.figure("spans", "delivered") == 513)
    }

    @Test func figuresGoAtTheirInterval() async throws {
        let collector = try ScriptedServer([.response(200, "{}")])
        let house = try House(collector, Self.onlyFigures)
        try await house.run {
            await house.time.untilSleeping(2)
            house.time.advance(by: .seconds(60))
            try await eventually { collector.requests.count == 1 }
        }
        // The second at the end.
        #expect(collector.requests.map(\.line) == ["POST /v1/metrics HTTP/1.1", "POST /v1/metrics HTTP/1.1"])
        #expect(collector.requests[0].body.contains(#""name":"gepeto_telemetry_items_total""#))
    }

    @Test func theEndTellsTheRest() async throws {
        let collector = try ScriptedServer([.response(200, "{}")])
        let house = try House(collector, Self.onlySpans)
        try await house.run {
            await house.time.untilSleeping(2)
            house.spans(3)
        }
        #expect(collector.requests.count == 1)
        #expect(await house.figure("spans", "delivered") == 3)
    }

    @Test func aCollectorThatIsBusyIsAskedAgain() async throws {
        let collector = try ScriptedServer([
            .response(503, headers: ["Retry-After: 5"], ""), .response(429, ""), .response(200, "{}"),
        ])
        let house = try House(collector, Self.onlySpans)
        house.spans(1)
        try await house.run {
            await house.time.untilSleeping(2)
            house.time.advance(by: .seconds(1))
            try await eventually { collector.requests.count == 1 }
            await house.time.untilSleeping(2)
            house.time.advance(by: .milliseconds(4_900))
            #expect(collector.requests.count == 1, "not before the collector wants it")
            try await eventually {
                house.time.advance(by: .milliseconds(500))
                return collector.requests.count == 3
            }
            try await eventually { await house.figure("spans", "delivered") == 1 }
        }
        #expect(Set(collector.requests.map(\.body)).count == 1, "the same each time")
        #expect(house.lines.withLock { $0 }.isEmpty)
    }

    @Test func whatIsRefusedIsLostAndToldOnce() async throws {
        let collector = try ScriptedServer([.response(401, "no"), .response(401, "no"), .response(200, "{}")])
        let house = try House(collector, Self.onlySpans)
        try await house.run {
            for number in 1...3 {
                house.spans(2)
                await house.time.untilSleeping(2)
                house.time.advance(by: .seconds(1))
                try await eventually { collector.requests.count == number }
            }
            try await eventually { await house.figure("spans", "delivered") == 2 }
        }
        #expect(await house.figure("spans", "lost") == 4)
        let lines = house.lines.withLock { $0 }
        #expect(lines.count == 2 && lines[0].contains("collector_401") && lines[1].contains("delivered again"))
        #expect(!lines.joined().contains("k 1"))
    }

    @Test func whatTheCollectorLeavesOutIsCounted() async throws {
        let collector = try ScriptedServer([
            .response(200, #"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}"#)
        ])
        let house = try House(collector, Self.onlySpans)
        house.spans(5)
        try await house.run { await house.time.untilSleeping(2) }
        #expect(await house.figure("spans", "delivered") == 3)
        #expect(await house.figure("spans", "refused") == 2)
    }

    @Test(arguments: [
        ("", 0), ("{}", 0), ("nonsense", 0), (#"{"partialSuccess":{"rejectedDataPoints":4}}"#, 4),
        (#"{"partialSuccess":{"rejectedSpans":"-1"}}"#, 0), (#"{"partialSuccess":null}"#, 0),
    ])
    func answersAreReadWithCare(_ answer: String, _ refused: Int) {
        #expect(OTLPSender.refused(Array(answer.utf8)) == refused)
    }

    @Test func whatFoundNoRoomIsCounted() async throws {
        let collector = try ScriptedServer([.response(200, "{}")])
        let house = try House(collector, Self.onlySpans)
        house.spans(Tracer.capacity + 7)
        try await house.run { await house.time.untilSleeping(2) }
        #expect(await house.figure("spans", "dropped") == 7)
        #expect(collector.requests.count == Tracer.capacity / 512)
    }

    @Test func aCollectorThatIsSilentDoesNotHoldUpTheEnd() async throws {
        let collector = try ScriptedServer([[.untilPeerCloses]])
        let house = try House(collector)
        house.spans(1)
        let running = Task { try await house.exporter.run() }
        await house.time.untilSleeping(2)
        house.time.advance(by: .seconds(60))
        try await eventually { collector.requests.count == 2 }
        await house.exporter.shutDown()
        let isOver = Latch()
        let winding = Task {
            try await eventually {
                house.time.advance(by: .seconds(1))
                return isOver.isOpen
            }
        }
        try await running.value
        isOver.open()
        try await winding.value
        #expect(await house.figure("spans", "lost") == 1)
        await house.http.shutDown()
    }
}
