import Testing

@testable import WebServer

/// RFC 6455, section 5.
@Suite struct FrameDecoderTests {
    /// A frame as a client sends it.
    static func frame(
        _ opcode: UInt8, _ payload: [UInt8], final: Bool = true, reserved: UInt8 = 0, masked: Bool = true,
        length: [UInt8]? = nil
    ) -> [UInt8] {
        let key: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        var bytes = [(final ? 0x80 : 0) | reserved | opcode]
        let mask: UInt8 = masked ? 0x80 : 0
        if let length {
            bytes += [mask | length[0]] + length.dropFirst()
        } else if payload.count < 126 {
            bytes.append(mask | UInt8(payload.count))
        } else if payload.count < 65_536 {
            bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        } else {
            bytes += [mask | 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
        }
        guard masked else { return bytes + payload }
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
    }

    static func text(_ text: String, final: Bool = true) -> [UInt8] { frame(1, Array(text.utf8), final: final) }

    private static func decode(_ bytes: [UInt8], step: Int) -> (events: [FrameDecoder.Event], code: UInt16?) {
        var decoder = FrameDecoder(messageLimit: 65_536, fragmentLimit: 8)
        var events: [FrameDecoder.Event] = []
        var start = 0
        do throws(WebSocketFailure) {
            while start < bytes.count {
                var piece = bytes[start..<min(bytes.count, start + step)]
                start += piece.count
                while let event = try decoder.next(&piece) { events.append(event) }
                #expect(piece.isEmpty)
            }
            return (events, nil)
        } catch { return (events, error.code) }
    }

    static let large = [UInt8](repeating: 0x61, count: 65_536)

    static let good: [([UInt8], [FrameDecoder.Event])] = [
        // The masked example of section 5.7.
        ([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58], [.message(.text("Hello"))]),
        (text("Hel", final: false) + frame(0, Array("lo".utf8)), [.message(.text("Hello"))]),
        (
            text("Hel", final: false) + frame(9, [1, 2]) + frame(0, Array("lo".utf8)),
            [.ping([1, 2]), .message(.text("Hello"))]
        ),
        (frame(2, [0xFF, 0]) + frame(10, [3]), [.message(.binary([0xFF, 0])), .pong]),
        (text("") + frame(2, []), [.message(.text("")), .message(.binary([]))]),
        (frame(2, Array(large[..<125])), [.message(.binary(Array(large[..<125])))]),
        (frame(2, Array(large[..<126])), [.message(.binary(Array(large[..<126])))]),
        (frame(2, Array(large[..<65_535])), [.message(.binary(Array(large[..<65_535])))]),
        (frame(2, large), [.message(.binary(large))]),
        // A character cut between two fragments.
        (frame(1, [0xF0, 0x9F], final: false) + frame(0, [0x8E, 0x93]), [.message(.text("🎓"))]),
        (frame(8, []), [.close(nil)]),
        (frame(8, [0x03, 0xE8]), [.close(1000)]),
        (frame(8, [0x0F, 0xA0] + Array("adeus".utf8)), [.close(4000)]),
    ]

    @Test(arguments: good) func decodes(_ bytes: [UInt8], _ events: [FrameDecoder.Event]) {
        for step in [1, 3, bytes.count] where bytes.count < 1_000 || step > 1 {
            let result = Self.decode(bytes, step: step)
            #expect(result.events == events)
            #expect(result.code == nil)
        }
    }

    static let bad: [([UInt8], UInt16)] = [
        (frame(1, [0x61], masked: false), 1002),
        (frame(1, [0x61], reserved: 0x40), 1002), (frame(1, [0x61], reserved: 0x20), 1002),
        (frame(1, [0x61], reserved: 0x10), 1002),
        (frame(3, []), 1002), (frame(7, []), 1002), (frame(11, []), 1002), (frame(15, []), 1002),
        (frame(9, [], final: false), 1002), (frame(8, [], final: false), 1002),
        (frame(9, Array(large[..<126])), 1002), (frame(8, Array(large[..<126])), 1002),
        (frame(0, [0x61]), 1002),
        (text("a", final: false) + text("b"), 1002), (text("a", final: false) + frame(2, [1]), 1002),
        // Lengths that are not in their shortest form, and one with its top bit set.
        (frame(2, [], length: [126, 0, 125]), 1002), (frame(2, [], length: [127, 0, 0, 0, 0, 0, 0, 255, 255]), 1002),
        (frame(2, [], length: [127, 0x80, 0, 0, 0, 0, 0, 0, 0]), 1002),
        (frame(2, [], length: [127, 255, 255, 255, 255, 255, 255, 255, 255]), 1002),
        (frame(2, [], length: [127, 0x7F, 255, 255, 255, 255, 255, 255, 255]), 1009),
        (frame(2, large + [1]), 1009), (frame(2, large, final: false) + frame(0, [1]), 1009),
        ((0..<9).flatMap { frame($0 == 0 ? 2 : 0, [], final: false) }, 1008),
        // Text that is not UTF-8: at once, also in the middle of a message.
        (frame(1, [0xFF], final: false), 1007), (frame(1, [0xC0, 0x80]), 1007), (frame(1, [0xE0, 0x80, 0x80]), 1007),
        (frame(1, [0xED, 0xA0, 0x80]), 1007), (frame(1, [0xF4, 0x90, 0x80, 0x80]), 1007), (frame(1, [0xC3]), 1007),
        (frame(1, [0xC3], final: false) + frame(0, [0x28]), 1007),
        // Close frames.
        (frame(8, [0x03]), 1002), (frame(8, [0, 0]), 1002), (frame(8, [0x03, 0xE7]), 1002),
        (frame(8, [0x03, 0xEC]), 1002), (frame(8, [0x03, 0xED]), 1002), (frame(8, [0x03, 0xEE]), 1002),
        (frame(8, [0x03, 0xF7]), 1002), (frame(8, [0x07, 0xD0]), 1002), (frame(8, [0x13, 0x88]), 1002),
        (frame(8, [0x03, 0xE8, 0xFF]), 1007), (frame(8, [0x03, 0xE8, 0xC3]), 1007),
    ]

    @Test(arguments: bad) func fails(_ bytes: [UInt8], _ code: UInt16) {
        for step in [1, 5, bytes.count] where bytes.count < 1_000 || step > 1 {
            let result = Self.decode(bytes, step: step)
            #expect(result.code == code)
            #expect(result.events.isEmpty)
        }
    }

    @Test func anIncompleteCharacterFailsAtItsLastByteOnly() {
        let result = Self.decode(Self.frame(1, [0xE2, 0x82], final: false), step: 1)
        #expect(result.code == nil)
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]) func encodesTheShortestLength(_ count: Int) {
        let payload = [UInt8](repeating: 7, count: count)
        let bytes = WebSocketFrame.binary(payload).bytes
        let header: [UInt8] =
            count < 126
            ? [0x82, UInt8(count)]
            : count < 65_536
                ? [0x82, 126, UInt8(count >> 8), UInt8(count & 255)]
                : [0x82, 127, 0, 0, 0, 0, 0, UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255)]
        #expect(bytes == header + payload)
    }

    @Test func aLongReasonIsCutBetweenCharacters() {
        let bytes = WebSocketFrame.close(1001, String(repeating: "é", count: 100)).bytes
        #expect(bytes.count == 2 + 2 + 122)
        #expect(String(validating: bytes[4...], as: UTF8.self) != nil)
    }

    /// The standard library's decoder is the independent reference.
    @Test func validatorAgreesWithTheStandardLibrary() {
        let alphabet: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1,
            0xF4, 0xF5, 0xFF,
        ]
        let triples: [[UInt8]] = alphabet.flatMap { first in
            alphabet.flatMap { second in alphabet.map { [first, second, $0] } }
        }
        let leads: [UInt8] = [0xF0, 0xF1, 0xF4]
        let quadruples: [[UInt8]] = triples.flatMap { triple in leads.map { [$0] + triple } }
        for bytes in triples + quadruples {
            var validator = UTF8Validator()
            let isValid = validator.accept(bytes) && validator.isComplete
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }
}
