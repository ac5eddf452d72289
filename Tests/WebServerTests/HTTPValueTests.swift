import Glibc
import Support
import Testing

@testable import WebServer

@Suite struct HTTPValueTests {
    @Test func fieldsCompareNamesWithoutCase() {
        var fields: HTTPFields = ["Content-Type": "a", "X": "1"]
        fields.append("x", "2, 3 ,,\"4\"")
        #expect(fields["content-TYPE"] == "a")
        #expect(fields.all("X") == ["1", "2, 3 ,,\"4\""])
        #expect(fields.list("x") == ["1", "2", "3", "\"4\""])
        #expect(fields.listContains("x", "3"))
        fields["x"] = "5"
        #expect(fields.map(\.name) == ["Content-Type", "x"])
        fields["X"] = nil
        #expect(fields.count == 1)
        // No other letters are folded: K (U+212A, Kelvin) is not k.
        #expect(!HTTPFields.equal("\u{212A}", "k"))
    }

    /// Expected values from Python: `email.utils.formatdate(seconds, usegmt=True)`.
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ]) func formatsDates(_ seconds: Int, _ expected: String) {
        #expect(HTTPDate.format(seconds: seconds) == expected)
    }

    @Test func targetsAreDecodedBySegment() throws {
        let target = try RequestTarget("/a%2Fb/%C3%A9//?q=a+b%2B&x&y=1=2&q=z")
        #expect(target.segments == ["a/b", "é", "", ""])
        #expect(target.query.map(\.name) == ["q", "x", "y", "q"])
        #expect(target.query.map(\.value) == ["a b+", "", "1=2", "z"])
        #expect(try RequestTarget("/a+b").segments == ["a+b"], "a plus in a path is a plus")
        #expect(try RequestTarget("/").segments == [""])
    }

    @Test(arguments: ["/%", "/%4", "/%zz", "/%00", "/%ff", "/%c3", "/?a=%", "/?%ed%a0%80"])
    func malformedTargetsAreRefused(_ target: String) {
        #expect { try RequestTarget(target) } throws: { ($0 as? HTTPError)?.status == 400 }
    }

    @Test func aResponseHeadCannotBeBrokenByItsFields() {
        let fields: HTTPFields = [
            "x": "a\r\nSet-Cookie: evil", "bad name": "b", "content-length": "9", "Transfer-Encoding": "chunked",
            "": "c",
        ]
        var bytes: [UInt8] = []
        ResponseHead.append(
            to: &bytes, status: 200, fields: fields, framing: .length(3), keepsAlive: true, isHTTP10: false,
            date: Array("D".utf8))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "HTTP/1.1 200 OK\r\ndate: D\r\nx: aSet-Cookie: evil\r\ncontent-length: 3\r\n\r\n")
    }

    @Test(arguments: [
        (ResponseFraming.none, true, false, "\r\n"),
        (.chunked, true, false, "transfer-encoding: chunked\r\n\r\n"),
        (.untilClose, false, true, "connection: close\r\n\r\n"),
        (.length(0), true, true, "content-length: 0\r\nconnection: keep-alive\r\n\r\n"),
    ]) func framing(_ framing: ResponseFraming, _ keepsAlive: Bool, _ isHTTP10: Bool, _ expected: String) {
        var bytes: [UInt8] = []
        ResponseHead.append(
            to: &bytes, status: 299, fields: [:], framing: framing, keepsAlive: keepsAlive, isHTTP10: isHTTP10,
            date: Array("D".utf8))
        #expect(String(decoding: bytes, as: UTF8.self) == "HTTP/1.1 299 Status\r\ndate: D\r\n" + expected)
    }

    @Test func chunksCarryTheirSizeInHexadecimal() {
        #expect(ResponseHead.chunk([]) == [])
        #expect(ResponseHead.chunk(Array("hello, world".utf8)) == Array("c\r\nhello, world\r\n".utf8))
    }

    @Test(arguments: [
        (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-4", .part(2..<5)), ("bytes=5-", .part(5..<10)),
        ("bytes=-3", .part(7..<10)), ("bytes=-99", .part(0..<10)), ("bytes=8-99", .part(8..<10)),
        ("Bytes=1-1", .part(1..<2)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
        ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=0-99999999999999999999", .part(0..<10)),
        ("bytes=4-2", .whole), ("bytes=a-b", .whole), ("bytes=-", .whole), ("bytes=1-2,4-5", .whole),
        ("lines=1-2", .whole),
        ("bytes=1", .whole),
    ]) func ranges(_ field: String?, _ expected: ByteRange) {
        #expect(ByteRange.parse(field, size: 10) == expected)
    }

    @Test func nothingOfAnEmptyFileCanBeHad() {
        #expect(ByteRange.parse("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange.parse("bytes=-1", size: 0) == .unsatisfiable)
    }

    @Test func entityTagsCompareWeakly() {
        #expect(FileResponse.matches(["\"b\"", "W/\"a\""], "\"a\""))
        #expect(FileResponse.matches(["*"], "\"a\""))
        #expect(!FileResponse.matches(["\"b\""], "\"a\""))
    }

    @Test func problemsShowNothingOfUnknownErrors() async {
        struct Secret: Error { let password = "hunter2" }
        let response = HTTPResponse.problem(Secret())
        guard case .bytes(let bytes) = response.body else {
            Issue.record("a problem has a body")
            return
        }
        #expect(response.status == 500)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("hunter2"))
        #expect(HTTPResponse.problem(HTTPError.methodNotAllowed([.get])).headers["allow"] == "GET")
    }

    @Test func errorsSayWhatToDo() {
        #expect(WebServerError(errno: EADDRINUSE, host: "127.0.0.1", port: 8000).description.contains("Port 8000"))
        #expect(WebServerError(errno: EACCES, host: "127.0.0.1", port: 80).kind == .permissionDenied)
        #expect(WebServerError(errno: EADDRNOTAVAIL, host: "192.0.2.1", port: 80).kind == .addressNotAvailable)
        #expect(WebServerError(errno: EMFILE, host: "127.0.0.1", port: 80).kind == .unavailable)
    }
}
