import Foundation
import TestSupport
import Testing

@testable import WebServer

@Suite("Multipart decoder")
struct MultipartDecoderTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/multipart")

    /// A part as a whole.
    private struct Part: Equatable {
        var fields: HTTPFields
        var data: [UInt8] = []
        var isWhole = false
    }

    private func parts(_ body: [UInt8], type: String, by size: Int) throws -> (parts: [Part], isComplete: Bool) {
        var decoder = try MultipartDecoder(contentType: type)
        var parts: [Part] = []
        for start in stride(from: 0, to: body.count, by: size) {
            for event in try decoder.decode(Array(body[start..<min(start + size, body.count)])) {
                switch event {
                case .part(let fields): parts.append(Part(fields: fields))
                case .data(let bytes):
                    #expect(!bytes.isEmpty)
                    parts[parts.count - 1].data += bytes
                case .partEnd: parts[parts.count - 1].isWhole = true
                }
            }
        }
        return (parts, decoder.isComplete)
    }

    @Test("What real clients send, however it is cut", arguments: ["curl", "requests", "httpx", "aiohttp"])
    func clients(client: String) throws {
        var reader = RequestReader(limits: ServerLimits())
        var input = InputBuffer()
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(client).http")))
        bytes.withUnsafeBytes { input.append($0) }
        reader.bodyLimit = 1 << 20
        var (type, body): (String, [UInt8]) = ("", [])
        while let event = try reader.next(&input), event != .end {
            switch event {
            case .head(let head): type = head.fields["content-type"] ?? ""
            case .body(let piece): body += piece
            case .end: break
            }
        }
        let content = [UInt8](try Data(contentsOf: Self.folder.appending(path: "content.bin")))
        for size in [1, 2, 3, 7, 64, body.count] {
            let (parts, isComplete) = try parts(body, type: type, by: size)
            #expect(isComplete && parts.count == 2 && parts.allSatisfy(\.isWhole), "pieces of \(size)")
            let file = try #require(parts.first { $0.data.count == content.count })
            #expect(file.data == content)
            let disposition = HeaderParameters(file.fields["content-disposition"] ?? "")
            #expect(disposition.value == "form-data" && disposition["name"] == "file")
            #expect(disposition.fileName == "Aula 1 – recursão.txt", "\(file.fields)")
            let other = try #require(parts.first { $0.data.count != content.count })
            #expect(String(decoding: other.data, as: UTF8.self) == "aulas")
        }
    }

    @Test("Preamble, epilogue, space behind boundaries, empty parts and parts without fields")
    func oddities() throws {
        let text =
            "ignored\r\n--b \t\r\nA: 1\r\n\r\n\r\n--b\r\n\r\nbody\r\n-b\r\n--b\r\nB:2\r\n\r\n--b--\r\n--b--\r\nignored\r\n--b\r\n"
        for size in 1...text.utf8.count {
            let (parts, isComplete) = try parts(Array(text.utf8), type: "multipart/form-data; boundary=b", by: size)
            #expect(isComplete && parts.count == 3)
            #expect(parts[0].data.isEmpty && parts[0].fields["a"] == "1")
            #expect(String(decoding: parts[1].data, as: UTF8.self) == "body\r\n-b" && parts[1].fields.count == 0)
            #expect(String(decoding: parts[2].data, as: UTF8.self) == "--b--", "\(size)")
        }
    }

    @Test("A body that was cut off is not complete", arguments: [1, 40, 70, 75])
    func cut(kept: Int) throws {
        let text = "--b\r\nContent-Disposition: form-data; name=x\r\n\r\nsome content of a part\r\n--b--\r\n"
        #expect(
            try !parts(Array(text.utf8.prefix(kept)), type: "multipart/form-data; boundary=b", by: 5).isComplete)
    }

    @Test(
        "Nonsense is refused",
        arguments: [
            "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a\u{7f}\"",
            "multipart/form-data; boundary=" + String(repeating: "b", count: 71),
        ])
    func boundaries(type: String) { #expect(throws: HTTPError.self) { try MultipartDecoder(contentType: type) } }

    @Test("Heads and the number of parts are bounded")
    func bounds() throws {
        let type = "multipart/form-data; boundary=b"
        let endless = "--b\r\nA: " + String(repeating: "x", count: 20 << 10)
        #expect(throws: HTTPError.self) { try parts(Array(endless.utf8), type: type, by: 1000) }
        #expect(throws: HTTPError.self) {
            try parts(Array(endless.utf8) + Array("\r\n\r\n".utf8), type: type, by: .max)
        }
        let many = String(repeating: "--b\r\n\r\nx\r\n", count: 65) + "--b--"
        #expect(throws: HTTPError.self) { try parts(Array(many.utf8), type: type, by: .max) }
        #expect(throws: HTTPError.self) { try parts(Array("--b\r\nno colon\r\n\r\n".utf8), type: type, by: 9) }
        #expect(throws: HTTPError.self) { try parts(Array("--bad line\r\nA: b\r\n\r\n".utf8), type: type, by: 9) }
    }

    @Test("A head at its limit is judged the same however the body is cut", arguments: [-1, 0, 1])
    func limit(beyond: Int) throws {
        let head = "A: " + String(repeating: "x", count: MultipartDecoder.longestHead + beyond - 5)
        let body = Array("--b\r\n\(head)\r\n\r\ndata\r\n--b--".utf8)
        for size in [1, 5, 1_000, body.count] {
            let isRead = (try? parts(body, type: "multipart/form-data; boundary=b", by: size))?.isComplete == true
            #expect(isRead == (beyond <= 0), "in pieces of \(size)")
        }
    }

    @Test("However a body is mutated, nothing traps and nothing is invented")
    func mutations() throws {
        var random = LinearCongruential(seed: 7)
        let body = Array("x\r\n--b\r\nA: 1\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n".utf8)
        for _ in 0..<5_000 {
            var mutant = body
            for _ in 0..<3 {
                let place = Int(random.next() % UInt64(mutant.count))
                mutant[place] =
                    [0x0d, 0x0a, 0x2d, 0x62, 0x3a, UInt8(truncatingIfNeeded: random.next())][
                        Int(random.next() % 6)]
            }
            var decoder = try MultipartDecoder(contentType: "multipart/form-data; boundary=b")
            var count = 0
            do {
                for byte in mutant {
                    for case .data(let bytes) in try decoder.decode([byte]) { count += bytes.count }
                }
            } catch {}
            #expect(count <= mutant.count)
        }
    }
}
