/// Formulas of OpenDocument (MathML 3, presentation mark-up) in the same linear form as `OfficeMath`.
enum OpenDocumentMath {
    /// - Parameter root: `math`, or anything inside it.
    static func text(of root: XMLElement) -> String { TextCleaner.collapsingWhiteSpace(node(root)) }

    private static func node(_ element: XMLElement) -> String {
        let parts = element.elements
        func part(_ index: Int) -> String { parts.indices.contains(index) ? node(parts[index]) : "" }
        switch element.name {
        case "mi", "mn", "mo", "mtext", "ms": return OfficeMath.plain(TextCleaner.collapsingWhiteSpace(element.text))
        case "mspace": return " "
        // What the author typed, for other programs.
        case "annotation", "annotation-xml", "mphantom": return ""
        case "mfrac":
            return element["linethickness"] == "0"
                ? "\(part(0)) choose \(part(1))" : OfficeMath.wrapped(part(0)) + "/" + OfficeMath.wrapped(part(1))
        case "msup", "mover": return part(0) + script("^", part(1))
        case "msub", "munder": return part(0) + script("_", part(1))
        case "msubsup", "munderover": return part(0) + script("_", part(1)) + script("^", part(2))
        case "msqrt": return "√(" + row(parts) + ")"
        case "mroot": return "√[" + part(1) + "](" + part(0) + ")"
        case "mtable": return "[" + parts.map { node($0) }.joined(separator: "; ") + "]"
        case "mtr", "mlabeledtr": return parts.map { node($0) }.joined(separator: ", ")
        case "mfenced":
            return (element["open"] ?? "(") + parts.map { node($0) }.joined(separator: element["separators"] ?? ",")
                + (element["close"] ?? ")")
        default: return row(parts)
        }
    }

    /// One after another, words and structures apart.
    private static func row(_ parts: [XMLElement]) -> String {
        var text = ""
        var previous = ""
        for part in parts {
            let piece = node(part)
            let isApart = !["mi", "mn"].contains(previous) || piece.utf8.count > 1 && part.name == "mi"
            if ["munder", "munderover"].contains(previous), !piece.isEmpty {
                text += " "
            } else if isApart, let last = text.last, let first = piece.first, isNameOrNumber(last),
                isNameOrNumber(first)
            {
                text += " "
            }
            text += piece
            if !piece.isEmpty { previous = part.name }
        }
        return text
    }

    private static func isNameOrNumber(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    private static func script(_ sign: String, _ text: String) -> String {
        text.isEmpty ? "" : sign + OfficeMath.wrapped(text)
    }
}
