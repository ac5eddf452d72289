/// Finds what is written as one name although it is several words, or more than letters and digits: `lista_encadeada`,
/// `std::vector`, `x86-64`, `3.14`, `C++`, `O(n log n)`, `listaEncadeada`. Hyphens are left out of names, as half of the
/// authors do: `IL-6` and `TNF-α` are `il6` and `tnfalpha`.
struct Identifiers {
    /// A name as a whole, or a part of a word.
    struct Name {
        let text: String
        /// The place in `FoldedText.words` of its first word.
        let word: Int
        /// UTF-8 bytes of the source.
        let bytes: Range<Int>
        /// Whether it is a part of a word.
        let isPart: Bool
    }

    /// The most words that are joined to one name; what is longer is no name.
    private static let joinLimit = 8
    /// The most bytes between the brackets of `O(…)`.
    private static let orderLength = 24

    /// In the order of their first words.
    private(set) var names: [Name] = []
    private let source: [UInt8]
    private let words: [FoldedText.Word]

    init(_ source: [UInt8], _ words: [FoldedText.Word]) {
        self.source = source
        self.words = words
        var chain = 0
        for index in words.indices {
            if chain <= index, let end = join(from: index) { chain = end }
            addOperator(index)
            if words[index].hasUpperCase { addParts(index) }
        }
    }

    private func byte(_ position: Int) -> UInt8 { position < source.count ? source[position] : 0 }

    /// What joins a word to the next one; nil when nothing does.
    private func joint(after index: Int) -> String? {
        guard index + 1 < words.count else { return nil }
        let gap = source[words[index].bytes.upperBound..<words[index + 1].bytes.lowerBound]
        guard gap.count <= 3 else { return nil }
        switch String(decoding: gap, as: UTF8.self) {
        case "_": return "_"
        case "-", "\u{2010}", "\u{2011}": return "-"
        case ".": return "."
        case "::": return "::"
        default: return nil
        }
    }

    /// Joins the words from `index` on; returns one past the last word when there was something to join.
    private mutating func join(from index: Int) -> Int? {
        var text = words[index].text
        var last = index
        // Words of prose with hyphens between them are no name: asked for beside its words it measured worse.
        var isProse = Self.isProse(words[index])
        while let joint = joint(after: last) {
            last += 1
            isProse = isProse && joint == "-" && Self.isProse(words[last])
            if text.utf8.count <= FoldedText.wordLength {
                text += (joint == "-" && !isBetweenDigits(last) ? "" : joint) + words[last].text
            }
        }
        guard last > index else { return nil }
        if !isProse, last - index < Self.joinLimit, text.utf8.count <= FoldedText.wordLength {
            let bytes = words[index].bytes.lowerBound..<words[last].bytes.upperBound
            names.append(Name(text: text, word: index, bytes: bytes, isPart: false))
        }
        return last + 1
    }

    private static func isProse(_ word: FoldedText.Word) -> Bool {
        word.isPlain && word.text.utf8.count > 1 && !GreekLetters.names.contains(word.text)
    }

    /// Whether the word at `index` begins with a digit and the one before it ends with one: `x86-64` is not `x8664`, but
    /// `IL-6` is `IL6`.
    private func isBetweenDigits(_ index: Int) -> Bool {
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        return isDigit(words[index - 1].text.utf8.last) && isDigit(words[index].text.utf8.first)
    }

    /// `C++`, `C#` and `O(n²)`.
    private mutating func addOperator(_ index: Int) {
        let word = words[index]
        let end = word.bytes.upperBound
        func add(_ text: String, _ end: Int) {
            names.append(Name(text: text, word: index, bytes: word.bytes.lowerBound..<end, isPart: false))
        }
        let isLetter = word.text.unicodeScalars.count == 1
        switch byte(end) {
        case UInt8(ascii: "+") where isLetter && byte(end + 1) == UInt8(ascii: "+"): add(word.text + "++", end + 2)
        case UInt8(ascii: "#") where isLetter: add(word.text + "#", end + 1)
        case UInt8(ascii: "(") where ["o", "theta", "omega"].contains(word.text):
            if let (text, end) = order(from: end + 1) { add("\(word.text)(\(text))", end) }
        default: break
        }
    }

    /// What stands between the brackets, letters, digits and inner brackets only, and where the last bracket ends.
    private func order(from start: Int) -> (text: String, end: Int)? {
        var depth = 1
        for end in start..<min(source.count, start + Self.orderLength) {
            if source[end] == UInt8(ascii: "(") { depth += 1 }
            if source[end] == UInt8(ascii: ")") { depth -= 1 }
            guard depth == 0 else { continue }
            var text = ""
            for scalar in String(decoding: source[start..<end], as: UTF8.self).unicodeScalars {
                if let plain = FoldedText.compatible(scalar) {
                    text += plain
                } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "()+/!".unicodeScalars.contains(scalar)
                {
                    text += scalar.properties.lowercaseMapping
                }
            }
            return text.isEmpty ? nil : (text, end + 1)
        }
        return nil
    }

    /// The parts of `listaEncadeada` and `HTTPServer`, each of two letters or more.
    private mutating func addParts(_ index: Int) {
        let range = words[index].bytes
        guard range.count <= FoldedText.wordLength else { return }
        // `SRVs` has no parts.
        if source[range.upperBound - 1] == 0x73, source[range].dropLast().allSatisfy(isUpper) { return }
        func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
        func isLower(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }
        var cuts = [range.lowerBound]
        for position in range.dropFirst() where isUpper(source[position]) {
            let startsWord = position + 1 < range.upperBound && isLower(source[position + 1])
            if isLower(source[position - 1]) || isUpper(source[position - 1]) && startsWord { cuts.append(position) }
        }
        guard cuts.count > 1 else { return }
        cuts.append(range.upperBound)
        let parts = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
        guard parts.allSatisfy({ $0.count >= 2 }) else { return }
        for part in parts {
            let folded = FoldedText(String(decoding: source[part], as: UTF8.self), limit: 1)
            if let text = folded.words.first?.text {
                names.append(Name(text: text, word: index, bytes: part, isPart: true))
            }
        }
    }
}
