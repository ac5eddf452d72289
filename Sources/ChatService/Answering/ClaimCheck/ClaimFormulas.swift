import Support

/// What is written as a formula in a text: `T(n) = 2T(n/2) + n`, `O(n²)`, `a <= b`. They are compared as they stand, blanks
/// and marks of emphasis apart.
enum ClaimFormulas {
    /// The formulas of a claim, without blanks.
    static func formulas(in text: String) -> [String] {
        let chunks = text.split(whereSeparator: \.isWhitespace).map { trimmed($0) }
        var found: [String] = []
        var run: [Substring] = []
        var isWanted = false
        func close() {
            if isWanted, run.count > 1 || run.first?.contains(where: isOperator) == true {
                let joined = run.joined()
                if joined.contains(where: { $0.isLetter || $0.isNumber }), found.count < limit {
                    found.append(plain(joined))
                }
            }
            run = []
            isWanted = false
        }
        var index = 0
        while index < chunks.count {
            let chunk = chunks[index]
            if isAlone(chunk) {
                // An operator by itself takes what stands on both its sides.
                if run.isEmpty, index > 0, isOperand(chunks[index - 1]) { run.append(chunks[index - 1]) }
                run.append(chunk)
                if index + 1 < chunks.count, isOperand(chunks[index + 1]) || holdsOperator(chunks[index + 1]) {
                    run.append(chunks[index + 1])
                    isWanted = run.count >= 3
                    index += 1
                }
            } else if holdsOperator(chunk) {
                close()
                run = [chunk]
                isWanted = true
            } else {
                close()
            }
            index += 1
        }
        close()
        for order in orders(in: text) where !found.contains(where: { $0.contains(order) }) { found.append(order) }
        return found
    }

    /// A text as formulas are compared: without blanks and marks of code, one spelling of each sign.
    static func plain(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars where !scalar.properties.isWhitespace {
            switch scalar {
            case "`", "$", "\\": continue
            case "²": out += "^2"
            case "³": out += "^3"
            case "ⁿ": out += "^n"
            case "≤": out += "<="
            case "≥": out += ">="
            case "≠": out += "!="
            case "−": out += "-"
            case "×", "·": out += "*"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out.replacing("**", with: "")
    }

    /// `O(n log n)` with the blanks in it, which no chunk holds.
    private static func orders(in text: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while found.count < limit, let open = rest.firstIndex(of: "(") {
            let name = rest[..<open].last
            let before = rest[..<open].dropLast().last
            var depth = 0
            let end = rest[open...].prefix(maximumOrder).firstIndex { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth == 0
            }
            guard let end else {
                rest = rest[rest.index(after: open)...]
                continue
            }
            if let name, "OΘΩoTf".contains(name), before?.isLetter != true, before?.isNumber != true {
                found.append(plain(String(name) + String(rest[open...end])))
                rest = rest[rest.index(after: end)...]
            } else {
                rest = rest[rest.index(after: open)...]
            }
        }
        return found
    }

    private static let limit = 16
    private static let maximumOrder = 40

    private static func trimmed(_ chunk: Substring) -> Substring {
        var chunk = chunk
        while let last = chunk.last, ".,;:*`$”\"".contains(last) { chunk.removeLast() }
        while let first = chunk.first, "*`$“\"".contains(first) { chunk.removeFirst() }
        return chunk
    }

    private static func isOperator(_ character: Character) -> Bool { "=+<>≤≥≠×·^√∑²³".contains(character) }

    private static func isAlone(_ chunk: Substring) -> Bool {
        !chunk.isEmpty && chunk.count <= 2 && chunk.allSatisfy { "=+-−*/<>≤≥≠×·^!".contains($0) } && chunk != "-"
    }

    /// `2^n`, `a+b`, `n²`; not `C++` nor an arrow.
    private static func holdsOperator(_ chunk: Substring) -> Bool {
        guard !isAlone(chunk), let at = chunk.firstIndex(where: isOperator) else { return false }
        return !chunk.hasSuffix("++") && !chunk.contains("->") && !chunk.contains("=>")
            && (chunk[at...].count > 1 || "²³".contains(chunk[at])) && !chunk.contains("://")
    }

    /// A letter, a number, or something with brackets.
    private static func isOperand(_ chunk: Substring) -> Bool {
        chunk.count <= 2 || chunk.first?.isNumber == true || chunk.contains("(") || chunk.contains("_")
    }
}
