import Support

/// What the search cannot do for a document, said when it is taken in.
enum SearchWarnings {
    static let unchecked = "The document is too short or of a script that cannot be checked by search."
    static let unspaced = "Words of this script are found only by whole runs of characters."

    /// Scripts that put no space between words: Thai and Lao, Burmese, Khmer, kana, Han.
    private static let scripts: [ClosedRange<UInt32>] = [
        0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xF900...0xFAFF, 0x20000...0x323AF,
    ]
    /// Scalars of the text that are looked at.
    private static let limit = 100_000

    static func of(_ text: String, chunks: [String]) -> [String] {
        var warnings: [String] = []
        if ProbeSentence.choose(from: chunks).isEmpty, ProbeWord.choose(from: chunks) == nil {
            warnings.append(unchecked)
        }
        var (letters, without) = (0, 0)
        for scalar in text.unicodeScalars.prefix(limit) where scalar.properties.isAlphabetic {
            letters += 1
            if scalar.value >= 0x0E00, scripts.contains(where: { $0.contains(scalar.value) }) { without += 1 }
        }
        if without * 2 > letters { warnings.append(unspaced) }
        return warnings
    }
}
