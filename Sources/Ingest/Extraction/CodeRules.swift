/// Tells a program's lines from prose, where the format does not say.
enum CodeRules {
    /// At least two lines, and most of them end or begin as statements do.
    static func isCode(_ lines: [Substring]) -> Bool {
        guard lines.count >= 2 else { return false }
        let statements = lines.filter(isStatement).count
        return statements * 2 > lines.count
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
