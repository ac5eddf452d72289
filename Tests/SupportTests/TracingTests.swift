import Support
import TestSupport
import Testing

@Suite struct TracingTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test func aTraceParentIsReadAndWritten() throws {
        let field = "00-\(Self.trace)-00f067aa0ba902b7-01"
        let parent = try #require(TraceParent(field))
        #expect(parent == TraceParent(traceID: Self.trace, spanID: "00f067aa0ba902b7", isSampled: true))
        #expect(parent.field == field)
        #expect(TraceParent("00-\(Self.trace)-00f067aa0ba902b7-00")?.isSampled == false)
        #expect(TraceParent("cc-\(Self.trace)-00f067aa0ba902b7-03-more")?.isSampled == true)
    }

    @Test(arguments: [
        "", "00", "00-x-y-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
    ])
    func noTraceParent(_ field: String) { #expect(TraceParent(field) == nil) }

    @Test func idsAreMadeOfIds() {
        let job = RandomIdentifier.make(at: Timestamp(milliseconds: 1_733_788_120_000))
        #expect(TraceParent.span(ofJob: job) == job.suffix(16))
        for odd in ["j1", String(repeating: "0", count: 32)] {
            let span = TraceParent.span(ofJob: odd)
            #expect(span == TraceParent.span(ofJob: odd) && span.utf8.count == 16 && span.contains { $0 != "0" })
        }
        #expect(TraceParent.trace(of: Self.trace) == Self.trace)
        #expect(TraceParent.trace(of: "lesson-7").utf8.count == 32)
        #expect(TraceParent.trace(of: "lesson-7") == TraceParent.trace(of: "lesson-7"))
    }

    /// The bound is OpenTelemetry's: the last 63 bits but one of the id against the share.
    @Test func aShareIsChosenByTheTracesIDs() {
        let half = TraceSampling(share: 0.5)
        #expect(half.takes("ffffffffffffffff7fffffffffffffff"))
        #expect(!half.takes("00000000000000008000000000000000"))
        #expect(TraceSampling().takes("ffffffffffffffffffffffffffffffff"))
        #expect(!TraceSampling(share: 0).takes("00000000000000000000000000000001"))
        let taken = (0..<4_000).count { _ in TraceSampling(share: 0.25).takes(RandomIdentifier.make()) }
        // Ten standard deviations about the mean.
        #expect((726...1_274).contains(taken))
    }

    @Test func whatTheCallerDecidedCounts() {
        let none = TraceSampling(share: 0)
        #expect(none.takes(Self.trace, parentIsSampled: true) && !none.takes(Self.trace, parentIsSampled: nil))
        #expect(!TraceSampling().takes(Self.trace, parentIsSampled: false))
        #expect(TraceSampling(heedsParent: false).takes(Self.trace, parentIsSampled: false))
        let tracer = Tracer()
        #expect(tracer.takes(Self.trace, stored: nil) && !tracer.takes(Self.trace, stored: false))
        tracer.note(Self.trace, isSampled: false)
        #expect(!tracer.takes(Self.trace, stored: nil) && tracer.takes(RandomIdentifier.make(), stored: nil))
        for _ in 0..<10_000 { tracer.note(RandomIdentifier.make(), isSampled: false) }
        #expect(tracer.takes(Self.trace, stored: nil), "what was noted long ago is forgotten, not kept for ever")
    }

    @Test func aSpanTellsWhenAndHowItEnded() throws {
        let time = ManualTime()
        let tracer = Tracer(time: time)
        let first = tracer.span("POST /api/chat", .server, in: Self.trace, under: nil)
        time.advance(by: .microseconds(1_500))
        let second = first.child("retrieve")
        second.set("n", .number(1))
        second.set("n", .number(2))
        second.set("long", .text(String(repeating: "é", count: 200)))
        for index in 0..<50 { second.set("more \(index)", .flag(true)) }
        time.advance(by: .milliseconds(2))
        second.fail("timeout")
        second.end()
        first.end()
        first.end()
        let records = tracer.take(10)
        #expect(records.map(\.name) == ["retrieve", "POST /api/chat"], "each once")
        #expect(records[0].parentID == records[1].id && records[1].parentID == nil)
        #expect(records.allSatisfy { $0.traceID == Self.trace })
        #expect(records[0].end - records[0].start == 2_000_000)
        #expect(records[1].end - records[1].start == 3_500_000)
        #expect(records[0].failure == "timeout" && records[1].failure == nil)
        #expect(records[0].attributes.first == SpanRecord.Attribute("n", .number(2)))
        guard case .text(let long)? = records[0].attributes.dropFirst().first?.value else {
            Issue.record("no text")
            return
        }
        #expect(long.utf8.count <= 256 && records[0].attributes.count == 24)
    }

    @Test func theSpanThatAcceptedAJobIsKnownByIt() throws {
        let tracer = Tracer()
        let span = tracer.span("POST /api/chat", .server, in: Self.trace, under: "00f067aa0ba902b7")
        span.become("b7ad6b7169203331", in: Self.trace)
        span.end()
        let other = tracer.span("POST /api/chat", .server, in: Self.trace, under: "00f067aa0ba902b7")
        other.become("b7ad6b7169203331", in: RandomIdentifier.make())
        other.end()
        let records = tracer.take(10)
        #expect(records.map(\.id) == ["b7ad6b7169203331", "b7ad6b7169203331"])
        #expect(records.map(\.parentID) == ["00f067aa0ba902b7", nil], "a parent is of the same trace")
    }

    @Test func whatFindsNoRoomIsDroppedAndCounted() {
        let tracer = Tracer()
        for _ in 0..<Tracer.capacity + 3 { tracer.span("s", .within, in: Self.trace, under: nil).end() }
        #expect(tracer.dropped == 3)
        #expect(tracer.take(Tracer.capacity * 2).count == Tracer.capacity && tracer.take(1).isEmpty)
    }

    /// A clock that is set moves the next span, and no span ends before it began.
    @Test func aClockThatIsSetIsFollowed() {
        let time = ManualTime()
        let tracer = Tracer(time: time)
        let span = tracer.span("s", .within, in: Self.trace, under: nil)
        time.setWallClock(by: .seconds(-3_600))
        #expect(tracer.moment == time.now.milliseconds * 1_000_000)
        span.end()
        let record = tracer.take(1)
        #expect(record.first.map { $0.end - $0.start } == 0)
    }
}
