import CKernels
import Glibc

/// Okapi BM25 (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009) over one weighted count a term.
///
/// A term that occurs `f` times in a chunk of `l` words adds `idf * f * (k1 + 1) / (f + k1 * (1 - b + b * l / mean))`;
/// `idf = ln(1 + (N - n + 0.5) / (n + 0.5))` is never negative.
struct BM25 {
    private static let k1 = 0.9
    private static let b = 0.4

    private let chunks: Double
    private let constant: Double
    private let perWord: Double

    init(_ statistics: LexicalStatistics) {
        chunks = Double(statistics.chunks)
        constant = Self.k1 * (1 - Self.b)
        perWord = statistics.words > 0 ? Self.k1 * Self.b * chunks / Double(statistics.words) : 0
    }

    /// `idf * (k1 + 1)` of a term that is in `frequency` chunks.
    func weight(frequency: Int) -> Double {
        let holders = min(Double(frequency), chunks)
        return log(1 + (chunks - holders + 0.5) / (holders + 0.5)) * (Self.k1 + 1)
    }

    /// What a term of that weight adds.
    func score(_ weight: Double, frequency: UInt32, length: UInt16) -> Double {
        let frequency = Double(frequency)
        return weight * frequency / (frequency + constant + perWord * Double(length))
    }

    /// What the kernels need to know of a slot of `ChunkLengths`.
    /// - Parameter words: of all slots.
    func norm(_ words: UnsafeBufferPointer<UInt16>, slot: Int) -> postings_norm {
        let start = slot * ChunkLengths.blockSize
        let own = UnsafeBufferPointer(rebasing: words[start..<(start + ChunkLengths.blockSize)])
        return postings_norm(lengths: own.baseAddress, constant: constant, per_word: perWord)
    }
}
