/// The bullets and numbers that begin a list item.
enum ListMarker {
    private static let bullets: [[UInt8]] = ["-", "*", "+", "•", "‣", "◦", "▪", "●", "○", "–"].map { Array($0.utf8) }

    /// The bytes of the indentation, the marker and one space of `line`, or nil when it begins no item.
    static func length(of line: Substring) -> Int? {
        let bytes = line.utf8
        let content = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        let indent = bytes.count - content.count
        for bullet in bullets where content.starts(with: bullet) {
            let rest = content.dropFirst(bullet.count)
            return rest.first.map { $0 == 0x20 || $0 == 0x09 } ?? false ? indent + bullet.count + 1 : nil
        }
        let digits = content.prefix { (0x30...0x39).contains($0) }.count
        let letter = digits == 0 && content.first.map { (0x61...0x7a).contains($0) } ?? false
        guard (1...4).contains(digits) || letter else { return nil }
        let rest = content.dropFirst(max(digits, 1))
        guard let mark = rest.first, mark == UInt8(ascii: ")") || (mark == UInt8(ascii: ".") && !letter),
            let space = rest.dropFirst().first, space == 0x20 || space == 0x09
        else { return nil }
        return indent + max(digits, 1) + 2
    }

    /// Whether `line` is a bullet and nothing else.
    static func isBare(_ line: Substring) -> Bool {
        let content = line.utf8.filter { !TextCleaner.isWhiteSpace($0) }
        return content != [0x2a] && content != [0x2b] && bullets.contains(content)
    }
}
