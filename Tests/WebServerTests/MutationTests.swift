import TestSupport
import Testing

@testable import WebServer

/// Broken input in great variety, always the same: nothing may trap, and the cut of the bytes may not matter.
@Suite struct MutationTests {
    /// Up to four bytes changed, dropped, doubled or inserted.
    private static func mutate(_ bytes: [UInt8], _ alphabet: [UInt8], _ generator: inout SeededNumbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = alphabet.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = byte
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes[index], at: index)
            default: bytes.insert(byte, at: index)
            }
        }
        return bytes
    }

    private struct Reading: Equatable {
        var events: [RequestReader.Event] = []
        var status = 0
    }

    /// Events with body pieces joined; of a body that ends in an error only the error counts.
    private static func requests(_ bytes: [UInt8], step: Int) -> Reading {
        var reader = RequestReader(limits: ServerLimits())
        var input = InputBuffer()
        var reading = Reading()
        var start = 0
        while start < bytes.count {
            let piece = bytes[start..<min(bytes.count, start + step)]
            start += piece.count
            piece.withUnsafeBytes { input.append($0) }
            do {
                while let event = try reader.next(&input) {
                    if case .head = event { reader.bodyLimit = 1_000 }
                    if case .body(let more) = event, case .body(let before)? = reading.events.last {
                        reading.events[reading.events.count - 1] = .body(before + more)
                    } else {
                        reading.events.append(event)
                    }
                }
            } catch {
                if case .body? = reading.events.last { reading.events.removeLast() }
                reading.status = error.status
                return reading
            }
        }
        return reading
    }

    @Test(arguments: [
        "POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhelloGET / HTTP/1.1\r\nHost: b\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;q=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "\r\nOPTIONS * HTTP/1.1\r\nHost: [::1]:1\r\nConnection: close, x\r\nX:\r\n\r\n",
    ]) func requestsAreReadTheSameHoweverTheyAreCut(_ text: String) {
        var generator = SeededNumbers(1)
        let alphabet = Array("\r\n\r\n :;,0019aAfFzZ/?%#*[]@HTP.-+\t\0\u{7f}é".utf8) + [0xFF]
        for _ in 0..<400 {
            let bytes = Self.mutate(Array(text.utf8), alphabet, &generator)
            let whole = Self.requests(bytes, step: bytes.count + 1)
            #expect(Self.requests(bytes, step: 1) == whole)
            #expect(Self.requests(bytes, step: 1 + Int.random(in: 1..<40, using: &generator)) == whole)
        }
    }

    private static func frames(_ bytes: [UInt8], step: Int) -> [WebSocketProtocol.Action] {
        var rules = WebSocketProtocol(WebSocketRules(limits: ServerLimits(), timeouts: ServerTimeouts()), at: 0)
        return stride(from: 0, to: bytes.count, by: step).flatMap { start in
            rules.receive(bytes[start..<min(bytes.count, start + step)], at: 0)
        }
    }

    @Test func framesAreReadTheSameHoweverTheyAreCut() {
        var generator = SeededNumbers(2)
        let samples: [[UInt8]] = [
            FrameDecoderTests.text("olá", final: false) + FrameDecoderTests.frame(9, [1, 2, 3])
                + FrameDecoderTests.frame(0, Array(" mundo".utf8)) + FrameDecoderTests.frame(8, [3, 0xE8]),
            FrameDecoderTests.frame(2, [UInt8](repeating: 9, count: 200)) + FrameDecoderTests.text("🎓"),
        ]
        let alphabet: [UInt8] = [0, 1, 2, 8, 9, 10, 0x7F, 0x80, 0x81, 0x82, 0x88, 0x89, 0xFE, 0xFF, 0xC3, 0x41]
        for sample in samples {
            for _ in 0..<600 {
                let bytes = Self.mutate(sample, alphabet, &generator)
                let whole = Self.frames(bytes, step: bytes.count + 1)
                #expect(Self.frames(bytes, step: 1) == whole)
                #expect(Self.frames(bytes, step: 1 + Int.random(in: 1..<20, using: &generator)) == whole)
            }
        }
    }
}
