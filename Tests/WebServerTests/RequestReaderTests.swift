import Testing

@testable import WebServer

@Suite struct RequestReaderTests {
    /// All events of a stream of bytes fed `step` at a time, body pieces joined; the last entry is the error, if any.
    private static func events(_ text: String, step: Int, bodyLimit: Int = 100) -> [String] {
        var reader = RequestReader(limits: ServerLimits())
        var input = InputBuffer()
        var events: [String] = []
        let bytes = Array(text.utf8)
        var fed = 0
        while fed < bytes.count {
            let end = min(bytes.count, fed + step)
            bytes[fed..<end].withUnsafeBytes { input.append($0) }
            fed = end
            do {
                while let event = try reader.next(&input) {
                    switch event {
                    case .head(let head):
                        reader.bodyLimit = bodyLimit
                        events.append("\(head.method?.rawValue ?? "?") \(head.target)")
                    case .body(let piece):
                        let text = String(decoding: piece, as: UTF8.self)
                        if events.last?.hasPrefix("body ") == true {
                            events[events.count - 1] += text
                        } else {
                            events.append("body " + text)
                        }
                    case .end: events.append("end")
                    }
                }
            } catch {
                events.append("error \(error.status)")
                return events
            }
        }
        return events
    }

    private static let get = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let post = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    private static let chunked =
        "PUT /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"

    static let streams: [(String, [String])] = [
        (get, ["GET /1", "end"]),
        (get + get, ["GET /1", "end", "GET /1", "end"]),
        (post + get, ["POST /2", "body hello", "end", "GET /1", "end"]),
        (chunked + post + get, ["PUT /3", "body abcde", "end", "POST /2", "body hello", "end", "GET /1", "end"]),
        (post + "X\n", ["POST /2", "body hello", "end", "error 400"]),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", ["POST /", "error 413"]),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n"
                + String(repeating: "x", count: 100)
                + "\r\n0\r\n\r\n", ["POST /", "body " + String(repeating: "x", count: 100), "end"]
        ),
    ]

    @Test(arguments: streams) func reads(_ text: String, _ expected: [String]) {
        for step in [1, 2, 13, text.utf8.count] { #expect(Self.events(text, step: step) == expected) }
    }

    @Test func chunkedBodyOverItsLimitIsRefused() {
        let text =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n"
            + String(repeating: "x", count: 101)
            + "\r\n0\r\n\r\n"
        for step in [1, 64, text.utf8.count] { #expect(Self.events(text, step: step).last == "error 413") }
    }

    @Test func anEmptyBufferKeepsNoMemory() {
        var spare: [UInt8] = []
        spare.reserveCapacity(1_000)
        let capacity = spare.capacity
        var input = InputBuffer()
        input.borrow(&spare)
        #expect(spare.capacity == 0)
        [1, 2, 3].withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in input.append(bytes) }
        input.drop(2)
        input.giveBack(&spare)
        input.trim()
        #expect(!input.isEmpty && spare.capacity == 0)
        // What is not understood yet stays.
        var other: [UInt8] = [9]
        input.borrow(&other)
        #expect(other == [9])
        input.drop(input.count)
        input.giveBack(&spare)
        #expect(input.isEmpty && input.bytes.capacity == 0 && spare.capacity == capacity)

        var left = InputBuffer([1])
        left.drop(5)
        #expect(left.isEmpty)
        left.trim()
        #expect(left.bytes.capacity == 0)
    }
}
