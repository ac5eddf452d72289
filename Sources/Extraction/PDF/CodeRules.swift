/// Tells a program's lines from prose, where the format does not say.
enum CodeRules {
    /// `lines` cut where prose and program meet: a program is two or more statements in a row.
    static func runs(of lines: [Substring]) -> [(isCode: Bool, lines: [Substring])] {
        var marks = lines.map(isStatement)
        // What a program prints stands between its lines.
        for index in marks.indices.dropFirst().dropLast() where marks[index - 1] && !marks[index] {
            marks[index] = isStatement(lines[index + 1])
        }
        var runs: [(isCode: Bool, lines: [Substring])] = []
        for (index, line) in lines.enumerated() {
            let hasNeighbour = (index > 0 && marks[index - 1]) || (index + 1 < lines.count && marks[index + 1])
            let isCode = marks[index] && hasNeighbour
            if runs.last?.isCode == isCode {
                runs[runs.count - 1].lines.append(line)
            } else {
                runs.append((isCode, [line]))
            }
        }
        return runs
    }

    /// Beginnings that no sentence has.
    private static let beginnings = [
        "#include", "#define", "# ", "//", "/*", ">>> ", "$ ", "elif ", "else:", "try:", "finally:", "SELECT ", "@",
    ]
    /// Words that begin a Python block, each with what else must be in its line, so that prose is none.
    private static let blockWords: [(word: String, needs: [String])] = [
        ("def ", ["("]), ("class ", [":"]), ("for ", [" in "]), ("with ", ["("]), ("except", [":"]),
        ("if ", ["=", "<", ">", "(", " not ", " in ", " is "]), ("while ", ["=", "<", ">", "(", " not ", "True"]),
    ]

    private static func isStatement(_ line: Substring) -> Bool {
        guard let last = line.utf8.last, last != UInt8(ascii: ".") else { return false }
        if "{}".utf8.contains(last) { return true }
        if last == UInt8(ascii: ";") { return line.utf8.contains { "(=".utf8.contains($0) } || isJump(line.dropLast()) }
        if beginnings.contains(where: { line.hasPrefix($0) }) { return true }
        if last == UInt8(ascii: ":"),
            let block = blockWords.first(where: { line.hasPrefix($0.word) })
        {
            return block.needs.contains { line.contains($0) }
        }
        return isJump(line) || isImport(line) || isAssignment(line) || isCall(line)
    }

    /// `return x`, with a formula or a single word.
    private static func isJump(_ line: Substring) -> Bool {
        if ["break", "continue", "pass", "return"].contains(line) { return true }
        guard line.hasPrefix("return ") else { return false }
        return line.split(separator: " ").count == 2 || line.utf8.contains { "([=+*/<>".utf8.contains($0) }
    }

    private static func isImport(_ line: Substring) -> Bool {
        let words = line.split(separator: " ")
        return (words.first == "import" && words.count <= 4)
            || (words.first == "from" && words.dropFirst(2).first == "import")
    }

    /// Names, subscripts and commas before `=`, `+=` and their like.
    private static func isAssignment(_ line: Substring) -> Bool {
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")), line.utf8.index(after: equals) < line.endIndex,
            line.utf8[line.utf8.index(after: equals)] == 0x20
        else { return false }
        let words = line[..<equals].split(separator: " ")
        guard let first = words.first?.utf8.first, isLetter(first) else { return false }
        // More than one word only as `a, b` or with an operator at the end.
        return words.dropLast().allSatisfy { $0.hasSuffix(",") || $0 == words.first && isOperator(words.last) }
            && words.allSatisfy { isOperator($0) || $0.utf8.allSatisfy(isPartOfTarget) }
    }

    /// A name, directly before a parenthesis, and the line ends with its like.
    private static func isCall(_ line: Substring) -> Bool {
        guard line.utf8.last == UInt8(ascii: ")") else { return false }
        let name = line.utf8.prefix { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        return !name.isEmpty && name.endIndex < line.endIndex && line.utf8[name.endIndex] == UInt8(ascii: "(")
    }

    private static func isOperator(_ word: Substring?) -> Bool {
        guard let word else { return false }
        return (1...3).contains(word.utf8.count) && word.utf8.allSatisfy { "+-*/%|&^:<>".utf8.contains($0) }
    }

    private static func isPartOfTarget(_ byte: UInt8) -> Bool {
        isLetter(byte) || (0x30...0x39).contains(byte) || "[].,+-*/%:".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
