/// Office formulas (OMML, ECMA-376-1, 22.1) as a line of text: `x^2`, `(a+b)/(2)`, `√(x)`, `∑_(i=1)^n i`.
///
/// Letters of mathematical alphabets become plain ones, so that a formula is found by what is typed; Greek stays.
enum OfficeMath {
    /// - Parameter element: `m:oMath`, `m:oMathPara` or anything inside them.
    static func text(of element: XMLElement) -> String {
        if element.name == "oMathPara" {
            return element.elements(named: "oMath").map { row($0) }.joined(separator: "\n")
        }
        return TextCleaner.collapsingWhiteSpace(row(element))
    }

    /// The children of an element, one after another: `x^2 y`, `n sin x`, but `2x^2`.
    private static func row(_ element: XMLElement?) -> String {
        var text = ""
        var isAfterStructure = false
        for child in element?.elements ?? [] {
            let piece = node(child)
            if isAfterStructure || child.name == "func", let last = text.last, let first = piece.first,
                isNameOrNumber(last), isNameOrNumber(first)
            {
                text += " "
            }
            text += piece
            if !piece.isEmpty { isAfterStructure = child.name != "r" }
        }
        return text
    }

    private static func isNameOrNumber(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    private static func node(_ element: XMLElement) -> String {
        let name = element.name
        // Properties say how it looks; what was deleted is not there any more.
        if name.hasSuffix("Pr") || name == "del" || name == "moveFrom" { return "" }
        switch name {
        case "t": return plain(element.text)
        case "r": return row(element)
        case "br", "cr", "tab": return " "
        case "f": return fraction(element)
        case "sSup": return part(element, "e") + script("^", element, "sup")
        case "sSub": return part(element, "e") + script("_", element, "sub")
        case "sSubSup": return part(element, "e") + script("_", element, "sub") + script("^", element, "sup")
        case "sPre": return script("_", element, "sub") + script("^", element, "sup") + part(element, "e")
        case "rad": return radical(element)
        case "nary": return operation(element)
        case "d": return delimited(element)
        case "m": return "[" + matrix(element) + "]"
        case "eqArr": return element.elements(named: "e").map { row($0) }.joined(separator: "; ")
        case "acc": return accented(element)
        case "bar": return bar(element)
        case "func": return function(element)
        case "limLow": return part(element, "e") + script("_", element, "lim")
        case "limUpp": return part(element, "e") + script("^", element, "lim")
        case "phant": return isOff(element, "phantPr", "show") ? "" : part(element, "e")
        default: return row(element)
        }
    }

    private static func part(_ element: XMLElement, _ name: String) -> String { row(element.first(named: name)) }

    /// `^2`, `_(i=1)`; nothing when the part is empty or missing.
    private static func script(_ sign: String, _ element: XMLElement, _ name: String) -> String {
        let text = TextCleaner.collapsingWhiteSpace(part(element, name))
        return text.isEmpty ? "" : sign + wrapped(text)
    }

    private static func property(_ element: XMLElement, _ properties: String, _ name: String) -> String? {
        element.first(named: properties)?.first(named: name)?["val"]
    }

    private static func isOff(_ element: XMLElement, _ properties: String, _ name: String) -> Bool {
        element.first(named: properties)?.first(named: name).map { !WordValue.isOn($0["val"]) } ?? false
    }

    // MARK: Structures

    private static func fraction(_ element: XMLElement) -> String {
        let (top, bottom) = (part(element, "num"), part(element, "den"))
        // Without a bar it is a binomial coefficient or two lines of an index.
        if property(element, "fPr", "type") == "noBar" { return "\(top) choose \(bottom)" }
        return wrapped(top) + "/" + wrapped(bottom)
    }

    private static func radical(_ element: XMLElement) -> String {
        let degree = part(element, "deg")
        let sign = degree.isEmpty ? "√" : degree == "3" ? "∛" : degree == "4" ? "∜" : "√[\(degree)]"
        return sign + "(" + part(element, "e") + ")"
    }

    private static func operation(_ element: XMLElement) -> String {
        let sign = property(element, "naryPr", "chr") ?? "∫"
        return sign + script("_", element, "sub") + script("^", element, "sup") + " " + part(element, "e")
    }

    private static func delimited(_ element: XMLElement) -> String {
        let open = property(element, "dPr", "begChr") ?? "("
        let close = property(element, "dPr", "endChr") ?? ")"
        let between = property(element, "dPr", "sepChr") ?? "|"
        let parts = element.elements(named: "e").map { inner -> String in
            // A matrix inside delimiters needs none of its own.
            let content = inner.elements.filter { !$0.name.hasSuffix("Pr") }
            return content.count == 1 && content[0].name == "m" ? matrix(content[0]) : row(inner)
        }
        return open + parts.joined(separator: between) + close
    }

    /// `a, b; c, d`
    private static func matrix(_ element: XMLElement) -> String {
        element.elements(named: "mr").map { line in
            line.elements(named: "e").map { row($0) }.joined(separator: ", ")
        }.joined(separator: "; ")
    }

    private static func function(_ element: XMLElement) -> String {
        let (name, argument) = (part(element, "fName"), part(element, "e"))
        return isParenthesised(argument) || argument.isEmpty ? name + argument : name + " " + argument
    }

    /// A combining sign over one letter, a name before more: `x̂`, `vec(AB)`.
    private static func accented(_ element: XMLElement) -> String {
        let base = part(element, "e")
        let sign = property(element, "accPr", "chr") ?? "\u{302}"
        if base.count == 1 { return base + sign }
        return (accents[sign] ?? "") + "(" + base + ")"
    }

    private static func bar(_ element: XMLElement) -> String {
        let base = part(element, "e")
        let isTop = property(element, "barPr", "pos") == "top"
        if base.count == 1 { return base + (isTop ? "\u{305}" : "\u{332}") }
        return (isTop ? "overline(" : "underline(") + base + ")"
    }

    private static let accents = [
        "\u{300}": "grave", "\u{301}": "acute", "\u{302}": "hat", "\u{303}": "tilde", "\u{304}": "bar",
        "\u{305}": "bar", "\u{306}": "breve", "\u{307}": "dot", "\u{308}": "ddot", "\u{30c}": "check",
        "\u{20d6}": "vec", "\u{20d7}": "vec", "\u{20db}": "dddot", "^": "hat", "~": "tilde", "¯": "bar", "→": "vec",
    ]

    // MARK: Text

    /// In parentheses, unless it is one letter or one number, or is in parentheses already.
    static func wrapped(_ text: String) -> String {
        let isOne = text.count == 1 || !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isOne || isParenthesised(text) ? text : "(" + text + ")"
    }

    /// Whether the parenthesis at its beginning is closed at its end and not before.
    private static func isParenthesised(_ text: String) -> Bool {
        guard text.hasPrefix("("), text.hasSuffix(")") else { return false }
        var depth = 0
        for (index, byte) in text.utf8.enumerated() {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return index == text.utf8.count - 1 }
        }
        return false
    }

    /// Without the styles that Unicode has letters for (Mathematical Alphanumeric Symbols, U+1D400 to U+1D7FF).
    static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { (0x1d400...0x1d7ff).contains($0.value) || $0 == "ℎ" }) else {
            return text
        }
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { plain.append(self.plain(scalar)) }
        return String(plain)
    }

    private static let greek = Array("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡϴΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ".unicodeScalars)

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let value = scalar.value
        switch value {
        case 0x210e: return "h"
        case 0x1d400...0x1d6a3:
            let letter = (value - 0x1d400) % 52
            return Unicode.Scalar(letter < 26 ? 0x41 + letter : 0x61 + letter - 26) ?? scalar
        case 0x1d6a8...0x1d7c9: return greek[Int(value - 0x1d6a8) % greek.count]
        case 0x1d7ce...0x1d7ff: return Unicode.Scalar(0x30 + (value - 0x1d7ce) % 10) ?? scalar
        default: return scalar
        }
    }
}
