extension String {
    /// With base letter and combining mark made one where Unicode has one: form C (Unicode Standard Annex 15) as far as
    /// Latin letters go, which names from a Mac need.
    package var precomposed: String {
        guard unicodeScalars.contains(where: { (0x300...0x36f).contains($0.value) }) else { return self }
        return reduce(into: "") { composed, character in
            composed.append(
                character.unicodeScalars.count == 1 ? character : Self.precomposedLetters[character] ?? character)
        }
    }

    /// By every spelling: Swift compares characters by canonical equivalence, so the decomposed one finds the composed.
    private static let precomposedLetters: [Character: Character] = {
        let letters = (Array(0xc0...0x24f) + Array(0x1e00...0x1eff)).compactMap { Unicode.Scalar($0 as Int) }
        return Dictionary(letters.map { (Character($0), Character($0)) }, uniquingKeysWith: { first, _ in first })
    }()
}
