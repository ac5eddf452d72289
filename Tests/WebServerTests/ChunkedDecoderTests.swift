import Testing

@testable import WebServer

/// RFC 9112, section 7.1.
@Suite struct ChunkedDecoderTests {
    /// The body, how many bytes it took, or the status it was refused with.
    private static func decode(
        _ text: String, step: Int, bodyLimit: Int = .max
    ) -> (body: String, taken: Int, status: Int, isDone: Bool) {
        var decoder = ChunkedDecoder(limits: ServerLimits())
        let bytes = Array(text.utf8)
        var body: [UInt8] = []
        var taken = 0
        do {
            while taken < bytes.count, !decoder.isDone {
                taken += try decoder.decode(
                    bytes[taken..<min(bytes.count, taken + step)], bodyLimit: bodyLimit, into: &body)
            }
            return (String(decoding: body, as: UTF8.self), taken, 0, decoder.isDone)
        } catch { return (String(decoding: body, as: UTF8.self), taken, error.status, false) }
    }

    static let good = [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("05\r\nhello\r\n000\r\n\r\n", "hello"),
        ("A\r\n0123456789\r\n1;a=b;c=\"d\"\r\nx\r\n0\r\n\r\n", "0123456789x"),
        ("a \t;x\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("3\r\n\r\n\n\r\n0\r\nA: b\r\nC:\r\n\r\n", "\r\n\n"),
    ]

    @Test(arguments: good) func decodes(_ text: String, _ body: String) {
        for step in [1, 2, 3, 5, text.utf8.count] {
            let result = Self.decode(text + "GET", step: step)
            #expect(result.body == body)
            #expect(result.isDone)
            #expect(result.taken == text.utf8.count, "what follows belongs to the next request")
        }
    }

    static let bad: [(String, Int)] = [
        ("\r\n", 400), ("g\r\n", 400), ("-1\r\n", 400), ("0x5\r\nhello\r\n", 400), ("+5\r\n", 400), (" 5\r\n", 400),
        ("5 \r\nhello\r\n", 400), ("5\nhello\r\n", 400), ("5\r\r\n", 400), ("5;\u{1}\r\n", 400), ("5;a\nb\r\n", 400),
        ("5\r\nhelloX\r\n", 400), ("5\r\nhello\n", 400), ("5\r\nhello\rX", 400),
        ("ffffffffffffffff\r\n", 400), ("7fffffffffffffff\r\n", 400), ("1000000000000000\r\n", 400),
        ("0\r\nA b\r\n\r\n", 400), ("0\r\n: b\r\n\r\n", 400), ("0\r\n b\r\n\r\n", 400), ("0\r\nA: b\0\r\n\r\n", 400),
        ("0\r\nA: b\nC: d\r\n\r\n", 400), ("0\r\n\rX", 400), ("0\r\nA: b\rX", 400), ("0\r\n\n", 400),
        ("5;" + String(repeating: "a", count: 5_000) + "\r\n", 400),
        ("0\r\nA: " + String(repeating: "a", count: 9_000) + "\r\n\r\n", 431),
        (String(repeating: "1;aaaaaaaaaaaaaaa\r\nx\r\n", count: 400), 400),
    ]

    @Test(arguments: bad) func refuses(_ text: String, _ status: Int) {
        for step in [1, 3, text.utf8.count] { #expect(Self.decode(text, step: step).status == status) }
    }

    /// However the bytes are cut: also when what follows the chunk that is too much is malformed.
    @Test(arguments: ["5\r\nhello\r\n6\r\nworld!\r\n0\r\n\r\n", "5\r\nhello\r\n6\r\nworld!BROKEN", "b\r\n"])
    func aBodyOverItsLimitIsRefusedByTheSizesOfItsChunks(_ text: String) {
        for step in [1, 3, text.utf8.count] {
            #expect(Self.decode(text, step: step, bodyLimit: 10).status == 413)
        }
        #expect(Self.decode("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", step: 1, bodyLimit: 10).body == "helloworld")
    }
}
