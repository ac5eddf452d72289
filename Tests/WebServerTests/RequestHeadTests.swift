import Testing

@testable import WebServer

/// RFC 9112, sections 2 to 6.
@Suite struct RequestHeadTests {
    private static func parse(_ text: String, limits: ServerLimits = ServerLimits()) throws(HTTPError) -> RequestHead? {
        var parser = RequestHeadParser(limits: limits)
        return try parser.parse(Array(text.utf8)[...])?.head
    }

    /// The status a head is refused with; 0 when it is accepted, -1 when more is needed.
    private static func verdict(_ bytes: [UInt8], step: Int) -> Int {
        var parser = RequestHeadParser(limits: ServerLimits())
        var count = 0
        while count < bytes.count {
            count = min(bytes.count, count + step)
            do {
                if try parser.parse(bytes[..<count]) != nil { return 0 }
            } catch { return error.status }
        }
        return -1
    }

    static let refused: [(String, Int)] = [
        // Framing that two programs could read differently.
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x4\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        // Lines.
        ("GET / HTTP/1.1\nHost: a\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX(: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\u{1}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\u{7f}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n", 400),
        // The request line.
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        ("GET /\r\nHost: a\r\n\r\n", 400),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /é HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://a@b/x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/11\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("\u{16}\u{3}\u{1}", 400),
        // Host.
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        // Expectations and sizes.
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\n", 417),
        ("GET /" + String(repeating: "a", count: 8_192) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        ("GET /" + String(repeating: "a", count: 20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 17_000) + "\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: b\r\n", count: 100) + "\r\n", 431),
    ]

    @Test(arguments: refused) func refuses(_ text: String, _ status: Int) {
        let bytes = Array(text.utf8)
        #expect(Self.verdict(bytes, step: bytes.count) == status)
        #expect(Self.verdict(bytes, step: 1) == status, "byte by byte")
        #expect(Self.verdict(bytes, step: 7) == status, "seven bytes at a time")
    }

    static let accepted = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nhOsT:a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1]:8000\r\nX: \t b \t\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: b\r\n", count: 99) + "\r\n",
    ]

    @Test(arguments: accepted) func accepts(_ text: String) throws {
        let bytes = Array(text.utf8)
        var whole = RequestHeadParser(limits: ServerLimits())
        let expected = try #require(try whole.parse(bytes[...]))
        #expect(expected.count == bytes.count)
        var parser = RequestHeadParser(limits: ServerLimits())
        for count in 1..<bytes.count { #expect(try parser.parse(bytes[..<count]) == nil) }
        #expect(try parser.parse(bytes[...])?.head == expected.head)
    }

    @Test func readsEveryPart() throws {
        let head = try #require(
            try Self.parse(
                "PATCH /a%20b?x=1 HTTP/1.1\r\nHost: h:1\r\nX-Two:  a  \r\nx-two: b\r\nContent-Length: 12\r\n"
                    + "Expect: 100-Continue\r\n\r\n"))
        #expect(head.method == .patch)
        #expect(head.target == "/a%20b?x=1")
        #expect(head.fields["HOST"] == "h:1")
        #expect(head.fields.all("X-TWO") == ["a", "b"])
        #expect(head.framing == .length(12))
        #expect(head.expectsContinue)
        #expect(head.keepsAlive)
        #expect(!head.isHTTP10)
    }

    @Test func leavesWhatFollowsTheHead() throws {
        var parser = RequestHeadParser(limits: ServerLimits())
        let bytes = Array("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2".utf8)
        #expect(try parser.parse(bytes[...])?.count == bytes.count - 6)
    }

    @Test func absoluteFormReplacesTheHost() throws {
        let head = try #require(
            try Self.parse("GET http://real:80/x?y HTTP/1.1\r\nHost: false\r\n\r\n"))
        #expect(head.target == "/x?y")
        #expect(head.fields["host"] == "real:80")
        #expect(try Self.parse("GET http://real HTTP/1.1\r\nHost: false\r\n\r\n")?.target == "/")
        #expect(try Self.parse("GET http://real?q HTTP/1.1\r\nHost: false\r\n\r\n")?.target == "/?q")
    }

    @Test(arguments: [
        ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: x, CLOSE\r\n", false),
        ("1.0", "", false), ("1.0", "Connection: keep-alive\r\n", true),
        ("1.0", "Connection: keep-alive\r\nConnection: close\r\n", false),
    ]) func keepsAlive(_ version: String, _ field: String, _ expected: Bool) throws {
        #expect(try Self.parse("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n")?.keepsAlive == expected)
    }

    @Test func expectationOfHTTP10OrWithoutBodyIsIgnored() throws {
        #expect(
            try Self.parse("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")?.expectsContinue
                == false)
        #expect(try Self.parse("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")?.expectsContinue == false)
    }
}
