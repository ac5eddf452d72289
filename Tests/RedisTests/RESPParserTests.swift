import Support
import TestSupport
import Testing

@testable import Redis

@Suite struct RESPParserTests {
    private func parse(_ pieces: [[UInt8]], _ limits: RESPParser.Limits = .init()) throws -> [RESPValue] {
        var parser = RESPParser(limits: limits)
        var replies: [RESPValue] = []
        for piece in pieces { try parser.feed(piece, into: &replies) }
        return replies
    }

    private func parse(_ text: String, _ limits: RESPParser.Limits = .init()) throws -> [RESPValue] {
        try parse([Array(text.utf8)], limits)
    }

    private func encode(_ value: RESPValue) -> [UInt8] {
        switch value {
        case .text(let text): Array("+\(text)\r\n".utf8)
        case .error(let text): Array("-\(text)\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .bytes(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
        case .null: Array("$-1\r\n".utf8)
        case .array(let values): Array("*\(values.count)\r\n".utf8) + values.flatMap(encode)
        }
    }

    private func random(_ depth: Int, _ generator: inout LinearCongruential) -> RESPValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .text(String(repeating: "ok", count: Int.random(in: 0..<4, using: &generator)))
        case 1: return .error("ERR no")
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .null
        case 4:
            let count = Int.random(in: 0..<40, using: &generator)
            return .bytes((0..<count).map { _ in [10, 13, 36, 42, 0, 255].randomElement(using: &generator) ?? 0 })
        default:
            return .array((0..<Int.random(in: 0..<5, using: &generator)).map { _ in random(depth - 1, &generator) })
        }
    }

    @Test func theExamplesOfTheSpecification() throws {
        #expect(try parse("+OK\r\n") == [.text("OK")])
        #expect(try parse("-WRONGTYPE Operation\r\n") == [.error("WRONGTYPE Operation")])
        #expect(try parse(":-9223372036854775808\r\n:0\r\n") == [.integer(.min), .integer(0)])
        #expect(
            try parse("$5\r\nhello\r\n$0\r\n\r\n$-1\r\n*-1\r\n") == [
                .bytes(Array("hello".utf8)), .bytes([]), .null, .null,
            ])
        #expect(
            try parse("*0\r\n*3\r\n:1\r\n*1\r\n$1\r\na\r\n+b\r\n") == [
                .array([]), .array([.integer(1), .array([.bytes([97])]), .text("b")]),
            ])
        #expect(try parse("*2\r\n*1\r\n*1\r\n*0\r\n+a\r\n") == [.array([.array([.array([.array([])])]), .text("a")])])
    }

    @Test func aStreamCutAnywhereReadsTheSame() throws {
        var generator = LinearCongruential(seed: 5)
        for _ in 0..<60 {
            let values = (0..<3).map { _ in random(3, &generator) }
            let bytes = values.flatMap(encode)
            #expect(try parse([bytes]) == values)
            #expect(try parse(bytes.map { [$0] }) == values)
            for cut in bytes.indices {
                #expect(try parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == values, "cut at \(cut)")
            }
        }
    }

    @Test func everyPrefixIsIncompleteNotWrong() throws {
        var generator = LinearCongruential(seed: 6)
        for _ in 0..<100 {
            let value = random(3, &generator)
            let bytes = encode(value)
            for end in 0..<bytes.count { #expect(try parse([Array(bytes[..<end])]).isEmpty) }
        }
    }

    @Test(arguments: [
        "x", "HTTP/1.1 400", "\r\n", "+a\nb\r\n", "+a\rb", ":\r\n", ":-\r\n", ":+1\r\n", ":1 \r\n",
        ":9223372036854775808\r\n", ":99999999999999999999999\r\n", "$-2\r\n", "$1\r\nab\r\n", "$2\r\nab\rx", "*-2\r\n",
        "*1\r\n!", "$9999999999\r\n", "*9999999999\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n", ">1\r\n+a\r\n", "$a\r\n",
    ])
    func garbageIsRefused(text: String) {
        #expect(throws: RESPViolation.self) { try parse(text) }
        #expect(throws: RESPViolation.self) { try parse(Array(text.utf8).map { [$0] }) }
    }

    @Test func boundsHoldBeforeTheBytesCome() throws {
        var limits = RESPParser.Limits()
        (limits.depth, limits.bulk, limits.elements, limits.reply, limits.line) = (2, 10, 4, 60, 5)
        for text in [
            "*1\r\n*1\r\n*1\r\n", "$11\r\n", "*5\r\n", "*2\r\n*2\r\n:1\r\n:1\r\n*1\r\n", "+123456", "-1234567\r\n",
            "*4\r\n$10\r\n0123456789\r\n$10\r\n0123456789\r\n$10\r\n0123456789\r\n$10\r\n",
        ] {
            #expect(throws: RESPViolation.tooLarge, "\(text)") { try parse(text, limits) }
            #expect(throws: RESPViolation.tooLarge, "\(text)") { try parse(Array(text.utf8).map { [$0] }, limits) }
        }
        // Reply after reply is not one reply.
        let small = "*2\r\n$10\r\n0123456789\r\n+12345\r\n"
        #expect(try parse(String(repeating: small, count: 50), limits).count == 50)
    }

    @Test func randomBytesNeverReadDifferently() {
        var generator = LinearCongruential(seed: 7)
        let alphabet = Array("+-:$*0123\r\n\r\n\r\na".utf8)
        var complete = 0
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 1..<40, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            let whole = try? parse([bytes])
            let bytewise = try? parse(bytes.map { [$0] })
            #expect(whole == bytewise)
            complete += whole?.count ?? 0
        }
        #expect(complete > 0)
    }

    @Test func aLongBulkStringInPiecesIsReadInLinearTime() throws {
        let bytes = [UInt8](repeating: 7, count: 4 << 20)
        var parser = RESPParser()
        var replies: [RESPValue] = []
        try parser.feed(Array("$\(bytes.count)\r\n".utf8), into: &replies)
        for start in stride(from: 0, to: bytes.count, by: 4_096) {
            try parser.feed(bytes[start..<start + 4_096], into: &replies)
            #expect(parser.isAmidReply)
        }
        try parser.feed(Array("\r\n".utf8), into: &replies)
        #expect(replies == [.bytes(bytes)] && !parser.isAmidReply)
    }
}
