import CourseStore
import Foundation
import Support

/// Makes a course of any size from real ones: their chunks as they are and, beyond their number, again and again with
/// their sentences in another order and a vector near by (a smoothed bootstrap: the chunk's own plus 0.3 times the
/// difference of two others, brought to unit length). The same for the same sources.
struct CourseGrowth {
    private struct Piece: Sendable {
        let text: String
        let section: [String]
        let tokenCount: Int
        let vector: [Float]
    }

    /// Chunks of a document.
    private static let documentSize = 40
    private var pieces: [Piece] = []
    private var random = SplitMix(state: 7)

    /// - Parameter lines: `tokens TAB headings TAB vector TAB text`: headings parted by U+001F, the vector in base64.
    init(_ lines: some Sequence<String>) {
        for line in lines {
            let fields = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count == 4, let bytes = Data(base64Encoded: String(fields[2])) else {
                fatalError("not a line of a course: \(line.prefix(80))")
            }
            pieces.append(
                Piece(
                    text: String(fields[3]), section: fields[1].split(separator: "\u{1F}").map(String.init),
                    tokenCount: Int(fields[0]) ?? 1,
                    vector: bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }))
        }
    }

    mutating func fill(_ course: CourseFile, to count: Int) async throws {
        pieces.shuffle(using: &random)
        var made = try await course.counts().chunks
        while made < count {
            let batch = (made..<min(count, made + Self.documentSize)).map { index in
                index < pieces.count ? pieces[index] : varied(pieces[index % pieces.count])
            }
            let name = "document-\(made)"
            try await course.replace(
                NewDocument(
                    path: name, title: name, contentHash: name, byteCount: 1, mediaType: "text/plain", language: "",
                    pageCount: nil, characterCount: 1, warnings: []),
                chunks: batch.map {
                    NewChunk(
                        text: $0.text, section: $0.section, pages: nil, offset: 0..<$0.text.utf8.count,
                        tokenCount: $0.tokenCount)
                },
                vectors: batch.flatMap(\.vector))
            made += batch.count
        }
    }

    private mutating func varied(_ piece: Piece) -> Piece {
        let sentences = SentenceSplitter.sentences(in: piece.text).shuffled(using: &random)
        let one = pieces[Int.random(in: pieces.indices, using: &random)].vector
        let other = pieces[Int.random(in: pieces.indices, using: &random)].vector
        var vector = piece.vector.indices.map { piece.vector[$0] + 0.3 * (one[$0] - other[$0]) }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vector = vector.map { $0 / length }
        return Piece(
            text: sentences.joined(separator: " "), section: piece.section, tokenCount: piece.tokenCount, vector: vector
        )
    }
}

/// A generator of numbers that is the same everywhere. Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
