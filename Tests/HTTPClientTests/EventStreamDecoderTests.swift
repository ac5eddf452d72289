import Testing

@testable import HTTPClient

@Suite struct EventStreamDecoderTests {
    typealias Event = EventStreamDecoder.Event

    struct Case: Sendable, CustomTestStringConvertible {
        let stream: String
        let events: [Event]

        init(_ stream: String, _ events: Event...) {
            self.stream = stream
            self.events = events
        }

        var testDescription: String { stream.debugDescription }
    }

    /// The first five are the standard's own examples (section 9.2.6).
    static let cases = [
        Case("data: YHOO\ndata: +2\ndata: 10\n\n", Event(data: "YHOO\n+2\n10")),
        Case(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            Event(data: "first event", lastEventID: "1"), Event(data: "second event"), Event(data: " third event")),
        Case("data\n\ndata\ndata\n\ndata:", Event(data: ""), Event(data: "\n")),
        Case("data:test\n\ndata: test\n\n", Event(data: "test"), Event(data: "test")),
        Case("event: add\ndata: 73857293\n\n", Event(type: "add", data: "73857293")),
        Case("data: a\r\rdata: b\r\n\r\ndata: c\n\n", Event(data: "a"), Event(data: "b"), Event(data: "c")),
        Case("\u{feff}data: bom\n\n\u{feff}data: not a field\n\n", Event(data: "bom")),
        Case("data: ação 👩‍🏫 数\n\n", Event(data: "ação 👩‍🏫 数")),
        Case("event: x\n\ndata: type is forgotten\n\n", Event(data: "type is forgotten")),
        Case("id: 7\n\ndata: a\n\n", Event(data: "a", lastEventID: "7")),
        Case("id: 7\nid: 8\u{0}9\ndata: a\n\n", Event(data: "a", lastEventID: "7")),
        Case("unknown: x\nDATA: x\n data: x\ndata: y\n\n", Event(data: "y")),
        Case("data: never ended\n"), Case(""), Case("\n\n\n"), Case(":\n\n"),
    ]

    @Test(arguments: cases)
    func readsWhole(_ test: Case) throws {
        var decoder = EventStreamDecoder()
        #expect(try decoder.feed(Array(test.stream.utf8)) == test.events)
    }

    @Test(arguments: cases)
    func readsCutAtEveryByte(_ test: Case) throws {
        let bytes = Array(test.stream.utf8)
        for cut in bytes.indices {
            var decoder = EventStreamDecoder()
            #expect(try decoder.feed(bytes[..<cut]) + decoder.feed(bytes[cut...]) == test.events)
        }
    }

    @Test(arguments: cases)
    func readsByteByByte(_ test: Case) throws {
        var decoder = EventStreamDecoder()
        #expect(try test.stream.utf8.flatMap { try decoder.feed([$0]) } == test.events)
    }

    /// A carriage return ends the line at once; nobody waits for the line feed that may follow.
    @Test func dispatchesBeforeTheLineFeed() throws {
        var decoder = EventStreamDecoder()
        #expect(try decoder.feed(Array("data: a\r\n\r".utf8)) == [Event(data: "a")])
        #expect(try decoder.feed(Array("\ndata: b\n\n".utf8)) == [Event(data: "b")])
    }

    @Test func keepsTheRetryTime() throws {
        var decoder = EventStreamDecoder()
        _ = try decoder.feed(Array("retry: 1500\nretry: 2s\nretry: 99999999999999999999999\n".utf8))
        #expect(decoder.retryMilliseconds == 1500)
    }

    @Test func replacesInvalidUTF8() throws {
        var decoder = EventStreamDecoder()
        #expect(try decoder.feed(Array("data: a".utf8) + [0xff] + Array("b\n\n".utf8)) == [Event(data: "a\u{fffd}b")])
    }

    @Test(arguments: ["data: 0123456789", "data: 01234\ndata: 56789\n"])
    func refusesWhatIsTooLong(_ stream: String) {
        var decoder = EventStreamDecoder(limit: 10)
        #expect(throws: EventStreamDecoder.TooLong(limit: 10)) { try decoder.feed(Array(stream.utf8)) }
    }

    @Test func takesExactlyTheLimit() throws {
        var decoder = EventStreamDecoder(limit: 10)
        #expect(try decoder.feed(Array("data: 0123\n\ndata: 4567\n\n".utf8)).count == 2)
    }
}
