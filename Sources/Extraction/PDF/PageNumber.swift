/// A line that is nothing but the number of its page.
enum PageNumber {
    private static let romanDigits: [UInt8: Int] = [
        UInt8(ascii: "i"): 1, UInt8(ascii: "v"): 5, UInt8(ascii: "x"): 10, UInt8(ascii: "l"): 50,
        UInt8(ascii: "c"): 100,
    ]

    /// `12`, `- 12 -`, `Page 12`, `Página 12 de 30`, `12/30`, `xii`.
    static func value(of line: Substring) -> Int? {
        guard line.utf8.count <= 24 else { return nil }
        let words = line.lowercased().split { " -–—|/.".contains($0) }
        let isName: (Substring) -> Bool = { ["page", "página", "pág", "p", "slide", "folha"].contains($0) }
        let rest = words.drop(while: isName)
        guard let first = rest.first, words.count - rest.count <= 1 else { return nil }
        let follow = rest.dropFirst()
        if let number = Int(first), number < 100_000, first.utf8.count <= 5, first.utf8.count <= 4 || words.count == 1 {
            let isTotal =
                follow.isEmpty || (follow.count == 1 && Int(follow[follow.startIndex]) != nil)
                || (follow.count == 2 && ["of", "de"].contains(follow[follow.startIndex]))
            return isTotal && number < 20_000 ? number : nil
        }
        return follow.isEmpty && words.count == 1 ? roman(first) : nil
    }

    private static func roman(_ text: Substring) -> Int? {
        let digits = text.utf8.compactMap { romanDigits[$0] }
        guard !digits.isEmpty, digits.count == text.utf8.count, digits.count <= 8 else { return nil }
        return digits.indices.reduce(0) { sum, index in
            index + 1 < digits.count && digits[index] < digits[index + 1] ? sum - digits[index] : sum + digits[index]
        }
    }
}
