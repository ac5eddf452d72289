/// Tells a program's lines from prose, where the format does not say.
enum CodeRules {
    /// `lines` cut where prose and program meet: a program is two or more statements in a row.
    static func runs(of lines: [Substring]) -> [(isCode: Bool, lines: [Substring])] {
        let marks = lines.map(isStatement)
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

    private static let beginnings = [
        "#include", "#define", "import ", "from ", "def ", "return ", "for (", "for(", "while (", "while(", "if (",
        "if(", "print(", "printf(", "public ", "private ", "function ", "var ", "let ", "const ", "int ", "void ",
        "//", "/*", ">>>", "SELECT ", "$ ",
    ]

    private static func isStatement(_ line: Substring) -> Bool {
        guard let last = line.utf8.last else { return false }
        if last == UInt8(ascii: "{") || last == UInt8(ascii: "}") { return true }
        if last == UInt8(ascii: ";"), line.utf8.contains(where: { "(=".utf8.contains($0) }) { return true }
        if line.hasSuffix("):") || line.hasSuffix("else:") { return true }
        let begins = beginnings.contains { line.hasPrefix($0) }
        return begins && line.utf8.contains(where: { "(=;<{*".utf8.contains($0) }) && last != UInt8(ascii: ".")
    }
}
