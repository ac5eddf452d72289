/// What Portuguese endings need before the stemmer, which asks for marks and leaves some plurals.
///
/// Half of what students type has no marks, so words are folded first, on both sides alike; an ending that is written
/// with marks in nearly every word that has it gets them back before the stemmer sees it. Plurals in -ões and -ns become
/// their singulars (`funções`, `imagens`), which the stemmer does not do; other plurals measured worse with it.
enum PortugueseEndings {
    /// The shortest word whose plural is undone.
    private static let shortestPlural = 4

    /// - Parameter word: lower-case ASCII letters; Latin-1 afterwards.
    static func restore(_ word: inout [UInt8]) {
        guard word.count >= shortestPlural, let (number, start) = folded.match(word) else { return }
        word.replaceSubrange(start..., with: restored[number])
    }

    /// Takes the marks of Latin-1 letters away.
    static func fold(_ word: inout [UInt8]) {
        for position in word.indices where word[position] >= 0x80 {
            let plain = Words.unaccented[Unicode.Scalar(word[position])]?.value
            word[position] = plain.flatMap { UInt8(exactly: $0) } ?? UInt8(ascii: "?")
        }
    }

    /// A folded ending and what it becomes.
    private static let endings = [
        ("cao", "ção"), ("coes", "ção"), ("ao", "ão"), ("oes", "ão"), ("aes", "ães"), ("avel", "ável"),
        ("ivel", "ível"), ("aveis", "áveis"), ("iveis", "íveis"), ("encia", "ência"), ("encias", "ências"),
        ("ancia", "ância"), ("ancias", "âncias"), ("avamos", "ávamos"), ("iamos", "íamos"), ("aramos", "áramos"),
        ("assemos", "ássemos"), ("essemos", "êssemos"), ("issemos", "íssemos"), ("ns", "m"),
    ]

    private static let folded = SuffixTable(endings.enumerated().map { ($0.offset, $0.element.0) })

    private static let restored = endings.map { ending in
        ending.1.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}
