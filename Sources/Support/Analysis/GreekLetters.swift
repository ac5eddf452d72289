/// Greek letters as they are spelt out: `β` is beta in half of the texts and `beta` in the others.
enum GreekLetters {
    /// The names of the letters.
    static let names = Set(byLetter.values)

    /// Whether it is a letter of the modern Greek alphabet, with or without marks, or the micro sign.
    static func contains(_ scalar: Unicode.Scalar) -> Bool {
        (0x386...0x3ce).contains(scalar.value) && scalar.properties.isAlphabetic || scalar.value == 0xb5
    }

    /// The name of a letter without marks, nil for another one.
    /// - Parameter isPrefix: whether a word begins with it and goes on with a letter: `μm` and `µm` are typed `um`.
    static func name(of letter: Unicode.Scalar, isPrefix: Bool) -> String? {
        switch letter.value {
        case 0xb5, 0x3bc: isPrefix ? "u" : "mu"
        case 0x391...0x3a9: byLetter[letter.value + 0x20]
        default: byLetter[letter.value]
        }
    }

    private static let byLetter: [UInt32: String] = {
        let names = """
            alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon
            phi chi psi omega
            """.split(whereSeparator: \.isWhitespace).map(String.init)
        // From α on without a gap; final sigma stands before sigma.
        return Dictionary(uniqueKeysWithValues: names.enumerated().map { (0x3b1 + UInt32($0.offset), $0.element) })
    }()
}
