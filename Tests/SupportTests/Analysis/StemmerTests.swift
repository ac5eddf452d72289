import Foundation
import Testing

@testable import Support

/// Against Snowball's own code (Fixtures/make_stems.py).
@Suite struct StemmerTests {
    private static func pairs(_ language: String) throws -> [(word: Substring, stem: Substring)] {
        var folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        folder.append(path: "Fixtures/stems/\(language).txt")
        return try String(contentsOf: folder, encoding: .utf8).split(separator: "\n").map { line in
            let fields = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            return (fields[0], fields[1])
        }
    }

    private func latin1(_ text: some StringProtocol) -> [UInt8] {
        text.unicodeScalars.map { UInt8($0.value) }
    }

    @Test func englishIsAsSnowballSays() throws {
        let pairs = try Self.pairs("english")
        #expect(pairs.count >= 20_000)
        let wrong = pairs.filter { pair in
            var word = Array(pair.word.utf8)
            EnglishStemmer.stem(&word)
            return word != Array(pair.stem.utf8)
        }
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(20))")
    }

    @Test func portugueseIsAsSnowballSays() throws {
        let pairs = try Self.pairs("portuguese")
        #expect(pairs.count >= 20_000)
        let wrong = pairs.filter { pair in
            var word = latin1(pair.word)
            PortugueseStemmer.stem(&word)
            return word != latin1(pair.stem)
        }
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(20))")
    }

    @Test func anyBytesHaveAStem() {
        var numbers = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var word = (0..<Int.random(in: 0..<12, using: &numbers)).map { _ in
                UInt8.random(in: 0...255, using: &numbers)
            }
            EnglishStemmer.stem(&word)
            PortugueseStemmer.stem(&word)
            PortugueseEndings.restore(&word)
            PortugueseEndings.fold(&word)
            #expect(word.count <= 16)
        }
    }
}
