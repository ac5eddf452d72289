import Support
import TestSupport
import Testing

@testable import Extraction

/// The files of `Tests/Fixtures/text`, and what tests of text formats look at.
enum TextFixture {
    static func path(_ name: String) -> String { DocumentFixture.path("../text/\(name)") }

    static func document(_ name: String) throws -> ExtractedDocument { try DocumentExtractor.extract(path: path(name)) }

    static func bytes(_ name: String) throws -> [UInt8] { try FileReading.bytes(of: path(name), limit: 1_000_000) }

    static func decoded(_ text: String) throws -> TextDecoder.Decoded {
        try #require(TextDecoder.decode(Array(text.utf8)))
    }

    /// A pseudo-random variant of `bytes`: some changed, cut out, doubled or moved.
    static func mutated(_ bytes: [UInt8], _ random: inout LinearCongruential) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(place + Int.random(in: 0...200, using: &random), bytes.count)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            case 3: bytes[place] = Array("{}\\$%&#\"'<>[]|,;\n".utf8).randomElement(using: &random) ?? 0
            default: bytes = Array(bytes[..<max(place, 1)])
            }
        }
        return bytes
    }
}

extension ExtractedDocument {
    /// `kind: text` of each block, with a heading's level behind its kind.
    var listing: [String] {
        blocks.map { "\($0.kind.rawValue)\($0.level > 0 ? "\($0.level)" : ""): \(text.utf8Substring($0.range))" }
    }
}
