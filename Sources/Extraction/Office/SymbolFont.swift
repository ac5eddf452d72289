/// The letters behind the codes of fonts that show something else than the text says.
enum SymbolFont {
    /// What `text` shows in `font`. Codes stand at U+F000 on, or, in a run of an old program, in ASCII.
    static func decode(_ text: String, font: String) -> String {
        let table: [Unicode.Scalar]
        switch font.lowercased() {
        case "symbol": table = symbol
        case "wingdings": table = wingdings
        default: return text
        }
        var decoded = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let code = (0xf000...0xf0ff).contains(scalar.value) ? scalar.value - 0xf000 : scalar.value
            // An unknown picture is a bullet or an ornament.
            let known = code >= 0x21 && code <= 0xff ? table[Int(code) - 0x21] : " "
            decoded.append(code <= 0x20 || code > 0xff ? scalar : known)
        }
        return String(decoded)
    }

    /// Adobe's Symbol encoding, from 0x21 to 0xff (Unicode Consortium, VENDORS/ADOBE/symbol.txt).
    private static let symbol: [Unicode.Scalar] = fill(
        "!∀#∃%&∍()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
        "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|—↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑(((⌈|⌊{{{| ⟩∫⌠|⌡)))⌉|⌋}}} ")

    /// Only what carries a meaning: arrows, check marks, crosses.
    private static let wingdings: [Unicode.Scalar] = {
        var table = [Unicode.Scalar](repeating: " ", count: 0xff - 0x20)
        let known: [Int: Unicode.Scalar] = [
            0x4a: "☺", 0x4c: "☹", 0xd8: "•", 0xdf: "←", 0xe0: "→", 0xe1: "↑", 0xe2: "↓", 0xe8: "→", 0xef: "⇐",
            0xf0: "⇒", 0xf1: "⇑", 0xf2: "⇓", 0xf3: "⇔", 0xfb: "✗", 0xfc: "✓", 0xfd: "☒", 0xfe: "☑", 0xa8: "☐",
            0x6f: "☐", 0x76: "•", 0xa7: "•", 0xa4: "•", 0x6c: "•", 0x6e: "•", 0x75: "•",
        ]
        for (code, scalar) in known { table[code - 0x21] = scalar }
        return table
    }()

    /// - Parameters:
    ///   - low: the signs from 0x21.
    ///   - high: the signs from 0xa0.
    private static func fill(_ low: String, _ high: String) -> [Unicode.Scalar] {
        var table = [Unicode.Scalar](repeating: " ", count: 0xff - 0x20)
        for (index, scalar) in low.unicodeScalars.enumerated() { table[index] = scalar }
        for (index, scalar) in high.unicodeScalars.prefix(0x60).enumerated() { table[0xa0 - 0x21 + index] = scalar }
        return table
    }
}
