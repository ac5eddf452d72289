import Testing

@testable import WebServer

/// Frames to a real server with the bounds of the program, and what comes back (RFC 6455).
@Suite struct WebSocketConformanceTests {
    struct Case: Sendable {
        let name: String
        let section: String
        let send: [UInt8]
        /// Frames that come back: opcode and payload.
        var answers: [Answer] = []
        /// The code of the Close that then comes, 1005 for one without; nil when the socket stays open.
        var close: UInt16?
    }

    struct Answer: Sendable, Equatable {
        let opcode: UInt8
        let payload: [UInt8]
        static func text(_ text: String) -> Answer { Answer(opcode: 1, payload: Array(text.utf8)) }
        static func binary(_ count: Int) -> Answer { Answer(opcode: 2, payload: bytes(count)) }
        static func pong(_ payload: [UInt8]) -> Answer { Answer(opcode: 10, payload: payload) }
    }

    private static let frame = FrameDecoderTests.frame
    private static func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x7A, count: count) }
    private static func text(_ text: String) -> [UInt8] { frame(1, Array(text.utf8), true, 0, true, nil) }
    private static func text(_ bytes: [UInt8], final: Bool = true) -> [UInt8] { frame(1, bytes, final, 0, true, nil) }
    private static func more(_ bytes: [UInt8], final: Bool = true) -> [UInt8] { frame(0, bytes, final, 0, true, nil) }
    private static func binary(_ bytes: [UInt8], final: Bool = true) -> [UInt8] { frame(2, bytes, final, 0, true, nil) }
    private static func control(_ opcode: UInt8, _ payload: [UInt8], final: Bool = true) -> [UInt8] {
        frame(opcode, payload, final, 0, true, nil)
    }
    private static func closing(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        control(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }
    /// The same frame under another key.
    private static func rekeyed(_ key: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        [0x82, 0x80 | UInt8(payload.count)] + key + payload.indices.map { payload[$0] ^ key[$0 & 3] }
    }

    static let messages: [Case] = [
        Case(name: "a text", section: "5.6", send: text("olá"), answers: [.text("olá")]),
        Case(name: "an empty text", section: "5.6", send: text(""), answers: [.text("")]),
        Case(name: "an empty message", section: "5.6", send: binary([]), answers: [.binary(0)]),
        Case(name: "125 bytes", section: "5.2", send: binary(bytes(125)), answers: [.binary(125)]),
        Case(name: "126 bytes", section: "5.2", send: binary(bytes(126)), answers: [.binary(126)]),
        Case(name: "127 bytes", section: "5.2", send: binary(bytes(127)), answers: [.binary(127)]),
        Case(name: "65,535 bytes", section: "5.2", send: binary(bytes(65_535)), answers: [.binary(65_535)]),
        Case(name: "65,536 bytes", section: "5.2", send: binary(bytes(65_536)), answers: [.binary(65_536)]),
        Case(name: "a mask of zeros", section: "5.3", send: rekeyed([0, 0, 0, 0], bytes(9)), answers: [.binary(9)]),
        Case(
            name: "a mask of ones", section: "5.3", send: rekeyed([255, 255, 255, 255], bytes(9)), answers: [.binary(9)]
        ),
        Case(
            name: "two fragments", section: "5.4", send: text([0x61], final: false) + more([0x62]),
            answers: [.text("ab")]),
        Case(
            name: "empty fragments", section: "5.4",
            send: binary([], final: false) + more([], final: false) + more(bytes(3), final: false) + more([]),
            answers: [.binary(3)]),
        Case(
            name: "a ping between fragments", section: "5.4",
            send: text([0x61], final: false) + control(9, [1]) + more([0x62]), answers: [.pong([1]), .text("ab")]),
        Case(
            name: "fragments up to the bound of the message", section: "10.4",
            send: binary(bytes(65_530), final: false) + more(bytes(6)), answers: [.binary(65_536)]),
        Case(
            name: "1,024 fragments", section: "10.4",
            send: binary(bytes(1), final: false) + (0..<1_022).flatMap { _ in more(bytes(1), final: false) }
                + more(bytes(1)), answers: [.binary(1_024)]),
        Case(
            name: "a character cut by a fragment", section: "5.6",
            send: text([0xF0, 0x9F], final: false) + more([0x8E], final: false) + more([0x93]), answers: [.text("🎓")]),
        Case(
            name: "U+10FFFF and noncharacters", section: "8.1", send: text("\u{10FFFF}\u{FFFE}\u{0}"),
            answers: [.text("\u{10FFFF}\u{FFFE}\u{0}")]),
        Case(name: "a ping of 125 bytes", section: "5.5.2", send: control(9, bytes(125)), answers: [.pong(bytes(125))]),
        Case(name: "an empty ping", section: "5.5.2", send: control(9, []), answers: [.pong([])]),
        Case(
            name: "a pong nobody asked for", section: "5.5.3", send: control(10, [1, 2]) + text("a"),
            answers: [.text("a")]),
        Case(
            name: "200 pings at once", section: "10.4", send: (0..<199).flatMap { _ in control(9, []) },
            answers: [Answer](repeating: .pong([]), count: 199)),
    ]

    static let violations: [Case] =
        [
            Case(name: "not masked", section: "5.1", send: [0x81, 0x01, 0x61], close: 1002),
            Case(name: "RSV1", section: "5.2", send: frame(1, [0x61], true, 0x40, true, nil), close: 1002),
            Case(name: "RSV2", section: "5.2", send: frame(1, [0x61], true, 0x20, true, nil), close: 1002),
            Case(name: "RSV3", section: "5.2", send: frame(1, [0x61], true, 0x10, true, nil), close: 1002),
            Case(name: "RSV1 on a ping", section: "5.2", send: frame(9, [], true, 0x40, true, nil), close: 1002),
            Case(
                name: "RSV1 on a continuation", section: "5.2",
                send: text([0x61], final: false) + frame(0, [], true, 0x40, true, nil), close: 1002),
        ]
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { (opcode: UInt8) in
            Case(name: "opcode \(opcode)", section: "5.2", send: control(opcode, []), close: 1002)
        } + [
            Case(
                name: "126 in two bytes of length for 125", section: "5.2",
                send: frame(2, bytes(125), true, 0, true, [126, 0, 125]), close: 1002),
            Case(
                name: "eight bytes of length for 65,535", section: "5.2",
                send: frame(2, [], true, 0, true, [127, 0, 0, 0, 0, 0, 0, 255, 255]), close: 1002),
            Case(
                name: "the top bit of a length", section: "5.2",
                send: frame(2, [], true, 0, true, [127, 0x80, 0, 0, 0, 0, 0, 0, 0]), close: 1002),
            Case(
                name: "all bits of a length", section: "5.2",
                send: frame(2, [], true, 0, true, [127, 255, 255, 255, 255, 255, 255, 255, 255]), close: 1002),
            Case(
                name: "a length of 2^63 - 1", section: "5.2",
                send: frame(2, [], true, 0, true, [127, 127, 255, 255, 255, 255, 255, 255, 255]), close: 1009),
            Case(
                name: "65,537 bytes", section: "7.4.1",
                send: frame(2, [], true, 0, true, [127, 0, 0, 0, 0, 0, 1, 0, 1]), close: 1009),
            Case(
                name: "65,537 bytes in two fragments", section: "7.4.1",
                send: binary(bytes(65_536), final: false) + more([1]), close: 1009),
            Case(
                name: "1,025 fragments", section: "10.4",
                send: binary([], final: false) + (0..<1_024).flatMap { _ in more([], final: false) }, close: 1008),
            Case(
                name: "a flood of pongs", section: "10.4", send: (0..<300).flatMap { _ in control(10, []) }, close: 1008
            ),
            Case(name: "a fragmented ping", section: "5.5", send: control(9, [], final: false), close: 1002),
            Case(name: "a fragmented pong", section: "5.5", send: control(10, [], final: false), close: 1002),
            Case(name: "a fragmented Close", section: "5.5", send: control(8, [], final: false), close: 1002),
            Case(name: "a ping of 126 bytes", section: "5.5", send: control(9, bytes(126)), close: 1002),
            Case(name: "a Close of 126 bytes", section: "5.5", send: control(8, bytes(126)), close: 1002),
            Case(name: "a continuation of nothing", section: "5.4", send: more([0x61]), close: 1002),
            Case(
                name: "a text within a text", section: "5.4", send: text([0x61], final: false) + text([0x62]),
                close: 1002),
            Case(
                name: "a message within a text", section: "5.4", send: text([0x61], final: false) + binary([0x62]),
                close: 1002),
            Case(
                name: "an unfinished text, then a ping, then another text", section: "5.4",
                send: text([0x61], final: false) + control(9, []) + text([0x62]), answers: [.pong([])], close: 1002),
        ]

    static let encodings: [Case] =
        [
            ("a byte that is never one", [0xFF]), ("an overlong slash", [0xC0, 0xAF]),
            ("an overlong zero", [0xE0, 0x80, 0x80]),
            ("a surrogate", [0xED, 0xA0, 0x80]), ("above U+10FFFF", [0xF4, 0x90, 0x80, 0x80]),
            ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
            ("a continuation alone", [0x80]), ("a character that ends too early", [0xC3, 0x28]),
            ("a character cut by the end", [0xE2, 0x82]),
        ].flatMap { (name: String, bytes: [UInt8]) -> [Case] in
            [
                Case(name: name, section: "8.1", send: text(bytes), close: 1007),
                Case(
                    name: "\(name), over fragments", section: "8.1",
                    send: text(Array(bytes.prefix(1)), final: false) + more(Array(bytes.dropFirst())), close: 1007),
            ]
        } + [
            Case(
                name: "a bad byte is found before the message ends", section: "8.1",
                send: text([0x61, 0xFF], final: false), close: 1007)
        ]

    static let closings: [Case] =
        ([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] as [UInt16])
        .map {
            Case(name: "Close \($0) is echoed", section: "7.4", send: closing($0), close: $0)
        }
        + ([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] as [UInt16]).map {
            Case(name: "Close \($0) may not be sent", section: "7.4", send: closing($0), close: 1002)
        } + [
            Case(name: "a Close without a code", section: "5.5.1", send: control(8, []), close: 1005),
            Case(name: "a Close of one byte", section: "5.5.1", send: control(8, [3]), close: 1002),
            Case(
                name: "a Close with a reason", section: "5.5.1", send: closing(1000, Array("adeus".utf8)), close: 1000),
            Case(name: "a reason of 123 bytes", section: "5.5.1", send: closing(1000, bytes(123)), close: 1000),
            Case(name: "a reason that is no UTF-8", section: "5.5.1", send: closing(1000, [0xFF]), close: 1007),
            Case(
                name: "a reason that ends within a character", section: "5.5.1", send: closing(1000, [0xC3]),
                close: 1007),
            Case(
                name: "nothing is heard after a Close", section: "5.5.1",
                send: closing(1000) + text("late") + control(9, []), close: 1000),
            Case(
                name: "a Close within a message", section: "5.5.1", send: text([0x61], final: false) + closing(1001),
                close: 1001),
        ]

    @Test(arguments: ["messages", "violations", "encodings", "closings"]) func everyCase(_ group: String) async throws {
        let groups = [
            "messages": Self.messages, "violations": Self.violations, "encodings": Self.encodings,
            "closings": Self.closings,
        ]
        let cases = try #require(groups[group])
        try await withServer(testRouter()) { server in
            for one in cases {
                for byteAtATime in [false, true] where !byteAtATime || one.send.count <= 10_000 {
                    let complaint = await Self.complaint(one, byteAtATime: byteAtATime, port: server.port)
                    #expect(complaint == nil, "\(one.name) (\(one.section)), byte at a time: \(byteAtATime)")
                }
            }
        }
    }

    private static func complaint(_ one: Case, byteAtATime: Bool, port: Int) async -> String? {
        do {
            let client = try TestClient(port: port)
            _ = try await client.upgrade()
            await client.offer(one.send, byteAtATime: byteAtATime)
            for answer in one.answers {
                let (opcode, payload) = try await client.frame()
                guard Answer(opcode: opcode, payload: payload) == answer else {
                    return "opcode \(opcode) with \(payload.prefix(20)) instead of opcode \(answer.opcode)"
                }
            }
            guard let code = one.close else {
                try await client.send(control(9, [0x2A]))
                let (opcode, payload) = try await client.frame()
                return opcode == 10 && payload == [0x2A] ? nil : "opcode \(opcode) instead of the last pong"
            }
            let (opcode, payload) = try await client.frame()
            let found = payload.count < 2 ? 1005 : UInt16(payload[0]) << 8 | UInt16(payload[1])
            guard opcode == 8, found == code else { return "opcode \(opcode), code \(found) instead of \(code)" }
            return try await client.isCutOff() ? nil : "something follows the Close"
        } catch {
            return "\(error)"
        }
    }
}
