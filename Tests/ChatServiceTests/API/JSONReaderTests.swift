import Foundation
import TestSupport
import Testing

@testable import ChatService

/// The reader of request bodies against RFC 8259 and against an independent reader, Foundation's.
@Suite struct JSONReaderTests {
    private static func read(_ text: String) -> JSONValue? { try? JSONReader.value(in: Array(text.utf8)) }

    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("[]", .array([])), ("{}", .object([:])),
        ("-0.5e+3", .number(-500)), ("0", .number(0)), ("\"\"", .string("")),
        (
            #"{"a":[1,{"b":"c"}],"d":null}"#,
            .object(["a": .array([.number(1), .object(["b": .string("c")])]), "d": .null])
        ),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")), (#""\u00e9\u0000""#, .string("é\0")),
        (#""\ud83d\ude00 \uD83D\uDE00""#, .string("😀 😀")), ("\"Olá, recursão 😀\"", .string("Olá, recursão 😀")),
    ])
    func isRead(_ text: String, _ value: JSONValue) { #expect(Self.read(text) == value) }

    @Test(arguments: [
        "", " ", "nul", "True", "01", "1.", ".5", "+1", "-", "1e", "1e400", "0x1", "NaN", "\"", "\"\u{1}\"", "\"\n\"",
        #""\x""#, #""\u12g4""#, #""\u12"#, #""\ud83d""#, #""\ude00""#, #""\ud83d\ud83d""#, #""\ud83dx""#, "[1,]",
        "[,1]",
        "[1 2]", "[", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "1 2", "{} x",
        "\u{feff}{}", "[1]//", #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "{\"a\":1}\0",
    ])
    func isRefused(_ text: String) { #expect(Self.read(text) == nil) }

    @Test func depthIsBounded() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(Self.read(nested(JSONReader.deepest)) != nil)
        #expect(Self.read(nested(JSONReader.deepest + 1)) == nil)
        #expect(Self.read(String(repeating: "[", count: 1_000_000)) == nil)
        #expect(Self.read(String(repeating: "{\"a\":", count: 100_000)) == nil)
    }

    /// Random values written by Foundation, then damaged: both readers agree on each text.
    @Test func agreesWithFoundation() throws {
        var random = LinearCongruential(seed: 8259)
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = Array(
                try JSONSerialization.data(withJSONObject: Self.value(&random, depth: 0), options: .fragmentsAllowed))
            if random.next() % 2 == 0, !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] =
                    Self.damage[Int(random.next() % UInt64(Self.damage.count))]
            }
            guard String(validating: bytes, as: UTF8.self) != nil else { continue }
            let ours = try? JSONReader.value(in: bytes)
            let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            let text = String(decoding: bytes, as: UTF8.self)
            if ours == nil { refused += 1 }
            #expect((ours == nil) == (theirs == nil), "\(text)")
            if let ours, let theirs { #expect(ours == JSONValue(theirs), "\(text)") }
        }
        #expect(refused > 100)
    }

    private static let damage = Array("{}[]:,\"\\0e-+. tu\u{1}x".utf8)

    /// Names differ, for Foundation takes the last of two and the reader neither.
    private static func value(_ random: inout LinearCongruential, depth: Int) -> Any {
        switch random.next() % (depth < 3 ? 7 : 5) {
        case 0: return NSNull()
        case 1: return random.next() % 2 == 0
        case 2: return Int(random.next() % 2_000_000) - 1_000_000
        case 3: return Double(random.next() % 100_000) / 64
        case 4:
            let pieces = ["a", "é", "\"", "\\", "\n", "\u{1}", "😀", "/", " ", "recursão"]
            return (0..<random.next() % 6).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
        case 5: return (0..<random.next() % 4).map { _ in value(&random, depth: depth + 1) }
        default:
            return Dictionary(
                uniqueKeysWithValues: (0..<random.next() % 4).map { ("n\($0)", value(&random, depth: depth + 1)) })
        }
    }
}

extension JSONValue {
    /// What `JSONSerialization` made.
    fileprivate init(_ value: Any) {
        switch value {
        case let text as String: self = .string(text)
        case let list as [Any]: self = .array(list.map { JSONValue($0) })
        case let object as [String: Any]: self = .object(object.mapValues { JSONValue($0) })
        case let number as NSNumber where number.objCType.pointee == 0x63: self = .bool(number.boolValue)
        case let number as NSNumber: self = .number(number.doubleValue)
        default: self = .null
        }
    }
}

/// What is written by hand is what the encoder would write.
@Suite struct JSONFieldsTests {
    private static let awkward = "a\"b\\c/d\n\r\t\u{8}\u{c}\u{0}\u{1f}\u{7f} é 😀 \u{2028}</script>"

    @Test func framesAreTheEncodersOwn() {
        let events: [ChatEvent] = [
            .messageDelta(.init(jobId: "j", attempt: 2, stream: 3, index: 40, content: Self.awkward)),
            .status(.init(jobId: "j", state: .retrieving, attempt: 1)),
            .status(.init(jobId: "j", state: .queued, attempt: 0, conversationId: "c", traceId: "t-1")),
            .status(.init(jobId: "j", state: .generating, attempt: 1, sources: [])),
        ]
        for event in events {
            let frame = EventFrame(event: event, seq: 17, timestamp: 1_733_788_120)
            #expect(frame.text == JSONText.encode(frame))
        }
    }

    @Test func theReceiptIsWhole() throws {
        let accepted = Accepted(
            jobID: "j", conversationID: "c", sessionID: "s", traceID: Self.awkward,
            acceptedAt: .init(milliseconds: 1_733_788_120_999))
        guard case .bytes(let bytes) = ChatAPI.accepted(accepted).body else { throw JSONReader.Fault() }
        #expect(
            try JSONReader.value(in: bytes)
                == .object([
                    "jobId": .string("j"), "conversationId": .string("c"), "sessionId": .string("s"),
                    "traceId": .string(Self.awkward), "status": .string("queued"), "timestamp": .number(1_733_788_120),
                ]))
    }
}
