import Foundation
import Support
import TestSupport
import Testing

@testable import Exporters

@Suite struct EMFTests {
    private static let units: Set<String> = ["Seconds", "Count", "Percent", "None"]

    /// The rules of the specification, held against a line as CloudWatch would.
    private static func metrics(in line: String) throws -> (dimensions: [String: String], values: [String: Double]) {
        #expect(line.hasSuffix("}\n") && line.utf8.count { $0 == 10 } == 1)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let meta = try #require(root["_aws"] as? [String: Any])
        #expect((meta["Timestamp"] as? Int).map { $0 > 1_000_000_000_000 } == true)
        let directives = try #require(meta["CloudWatchMetrics"] as? [[String: Any]])
        var (dimensions, values): ([String: String], [String: Double]) = ([:], [:])
        for directive in directives {
            let namespace = try #require(directive["Namespace"] as? String)
            #expect((1...1_024).contains(namespace.utf8.count))
            for set in try #require(directive["Dimensions"] as? [[String]]) {
                #expect(set.count <= 30)
                for name in set {
                    let value = try #require(root[name] as? String)
                    #expect((1...1_024).contains(value.utf8.count) && (1...250).contains(name.utf8.count))
                    dimensions[name] = value
                }
            }
            let metrics = try #require(directive["Metrics"] as? [[String: Any]])
            #expect((1...100).contains(metrics.count))
            for metric in metrics {
                let name = try #require(metric["Name"] as? String)
                #expect(units.contains(metric["Unit"] as? String ?? "") && values[name] == nil)
                values[name] = try #require(root[name] as? Double)
            }
        }
        #expect(Set(root.keys) == Set(dimensions.keys).union(values.keys).union(["_aws"]))
        return (dimensions, values)
    }

    @Test func aLineKeepsTheRules() throws {
        var document = EMFDocument("gepeto", [("service", "gepeto-\"api\""), ("course", "a")])
        #expect(document.line(at: Timestamp(milliseconds: 1)) == nil, "nothing to say")
        document.add("A", .count, 3)
        document.add("B", .seconds, 0.25)
        document.add("absent", .count, nil)
        document.add("infinite", .count, .infinity)
        let line = try #require(document.line(at: Timestamp(milliseconds: 1_733_788_120_000)))
        let found = try Self.metrics(in: line)
        #expect(
            found.dimensions == ["service": "gepeto-\"api\"", "course": "a"] && found.values == ["A": 3, "B": 0.25])
        for number in 0..<200 { document.add("N\(number)", .none, 1) }
        #expect(
            try Self.metrics(in: try #require(document.line(at: Timestamp(milliseconds: 1_733_788_120_000)))).values
                .count == 100)
    }

    private static func figures(_ metrics: Metrics) -> (Counter, Counter, Histogram, Counter, Counter) {
        (
            metrics.counter("gepeto_questions_accepted_total", "", labels: ["mode"]),
            metrics.counter("gepeto_http_requests_total", "", labels: ["method", "route", "status"]),
            metrics.histogram("gepeto_question_first_delta_seconds", "", buckets: [1, 2, 4]),
            metrics.counter("gepeto_course_tokens_total", "", labels: ["course", "direction"]),
            metrics.counter("gepeto_course_cost_usd_total", "", labels: ["course"])
        )
    }

    @Test func whatIsCountedIsToldAsItsGain() async throws {
        let metrics = Metrics()
        let (accepted, requests, seconds, tokens, cost) = Self.figures(metrics)
        metrics.gauge("gepeto_dead_letters", "") { [([:], 4)] }
        metrics.gauge("gepeto_jobs", "") {
            [
                (["kind": "question", "state": "waiting"], 3), (["kind": "question", "state": "parked"], 2),
                (["kind": "question", "state": "leased"], 7), (["kind": "document", "state": "waiting"], 9),
            ]
        }
        accepted.add(5, ["mode": "answer"])
        requests.add(8, ["method": "GET", "route": "/", "status": "4xx"])
        tokens.add(100, ["course": "algoritmos", "direction": "input"])
        let before = await metrics.families()
        accepted.add(2, ["mode": "answer"])
        accepted.add(1, ["mode": "quiz"])
        requests.add(3, ["method": "GET", "route": "/", "status": "4xx"])
        for value in [0.5, 1.5, 1.5, 3] { seconds.observe(value) }
        tokens.add(40, ["course": "algoritmos", "direction": "output"])
        cost.add(0.5, ["course": "algoritmos"])
        tokens.series(["course": "quiet", "direction": "input"])
        let signals = GoldenSignals(namespace: "gepeto", service: "gepeto-worker")
        let lines = signals.documents(await metrics.families(), since: before)
            .compactMap { $0.line(at: Timestamp(milliseconds: 1_733_788_120_000)) }
        #expect(lines.count == 2, "no course that used nothing")
        let whole = try Self.metrics(in: lines[0])
        #expect(whole.dimensions == ["service": "gepeto-worker"])
        #expect(whole.values["QuestionsAccepted"] == 3 && whole.values["Requests4xx"] == 3)
        #expect(whole.values["DeadLetters"] == 4 && whole.values["QuestionsWaiting"] == 5)
        #expect(whole.values["QuestionsInHand"] == 7 && whole.values["FirstTextAverage"] == 1.625)
        // Of four values the 3.96th: in the bucket from 2 to 4.
        #expect(abs((whole.values["FirstTextP99"] ?? 0) - 3.92) < 1e-9)
        let course = try Self.metrics(in: lines[1])
        #expect(course.dimensions == ["service": "gepeto-worker", "course": "algoritmos"])
        #expect(course.values == ["CourseTokens": 40, "CourseCostUSD": 0.5])
        #expect(signals.documents(before, since: before)[0].metrics.contains { $0.name == "FirstTextP99" } == false)
    }

    @Test func quantilesAreReadOutOfBuckets() {
        func histogram(_ counts: [Int]) -> HistogramSnapshot {
            HistogramSnapshot(labels: [:], bounds: [1, 2, 4], counts: counts, sum: 0)
        }
        #expect(histogram([10, 0, 0, 0]).quantile(0.5) == 0.5)
        #expect(histogram([0, 10, 0, 0]).quantile(0.5) == 1.5)
        #expect(histogram([1, 0, 1, 0]).quantile(0.75) == 3)
        #expect(histogram([0, 0, 0, 5]).quantile(0.99) == 4, "no bound above the last")
    }

    @Test func theWriterSpeaksNowAndThenAndAtTheEnd() async throws {
        let (metrics, time, lines) = (Metrics(), ManualTime(), Locked<[String]>([]))
        let (accepted, _, _, _, _) = Self.figures(metrics)
        let writer = EMFWriter(metrics, service: "gepeto", time: time) { line in lines.withLock { $0.append(line) } }
        let running = Task { try await writer.run() }
        await time.untilSleeping(1)
        accepted.add(2, ["mode": "answer"])
        time.advance(by: .seconds(60))
        try await eventually { lines.withLock { $0.count } == 1 }
        await time.untilSleeping(1)
        accepted.add(1, ["mode": "answer"])
        await writer.shutDown()
        try await running.value
        let values = try lines.withLock { $0 }.map { try Self.metrics(in: $0).values["QuestionsAccepted"] }
        #expect(values == [2, 1])
    }
}
