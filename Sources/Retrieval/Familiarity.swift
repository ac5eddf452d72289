/// How far an embedding model knows the language of a text, 0 to 1: told from the text alone, without labels.
///
/// A vocabulary learned from a language has its words whole. What it cuts into scraps of three letters it has hardly seen,
/// and the vectors of such texts tell little. Bytes of a word piece, means of a text: English with an English model 3.9 to
/// 5.6 (science at the lower end), Portuguese with that model 2.9 to 3.6 (docs/decisions/0017-rerank.md).
struct Familiarity: Sendable, Hashable {
    static let full = Familiarity(value: 1)

    /// Bytes of a word piece below which a language counts as strange, and from which on it counts as known.
    private static let strange = 3.3
    private static let known = 3.8

    let value: Double

    private init(value: Double) { self.value = value }

    init(bytesPerPiece: Double) {
        value = min(1, max(0, (bytesPerPiece - Self.strange) / (Self.known - Self.strange)))
    }

    /// A weight between the one for a strange language and the one for a known language.
    func weight(strange: Double, known: Double) -> Double { strange + value * (known - strange) }
}
