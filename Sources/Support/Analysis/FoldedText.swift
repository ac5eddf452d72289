/// A text taken apart into folded words: lower case, without diacritics, letters and digits only.
///
/// Marks of every kind are dropped, superscript, subscript and full-width digits and letters are plain ones (`n²` is `n2`),
/// the ligatures that PDF files hold are their letters, and the plural of capital letters (`SRVs`) is their singular. A
/// Greek letter that stands alone among letters that are not has its name (`TNFα` is `tnfalpha`, `GreekLetters`).
package struct FoldedText: Sendable {
    package struct Word: Sendable {
        /// At most `wordLength` bytes; what is longer is cut.
        package let text: String
        /// UTF-8 bytes of the source.
        let bytes: Range<Int>
        let isPlain: Bool
        package let hasUpperCase: Bool
    }

    /// The most bytes of a word that are looked at.
    static let wordLength = 64

    package private(set) var words: [Word] = []
    /// Letters of the source with a mark that Portuguese uses.
    private(set) var accents = 0

    /// - Parameter limit: the most words.
    package init(_ text: String, limit: Int) {
        var word: [UInt8] = []
        word.reserveCapacity(Self.wordLength)
        var (start, offset) = (0, 0)
        var lastIsUpperCase = false
        var (isPlain, upperCase) = (true, 0)
        func close(_ words: inout [Word]) {
            guard !word.isEmpty else { return }
            // `SRVs` are several SRV; a stemmer sees no vowel and lets them be.
            if upperCase >= 2, word.count == upperCase + 1, offset - start == word.count, word.last == 0x73,
                !lastIsUpperCase
            {
                word.removeLast()
            }
            words.append(
                Word(
                    text: String(decoding: word, as: UTF8.self), bytes: start..<offset, isPlain: isPlain,
                    hasUpperCase: upperCase > 0))
            word.removeAll(keepingCapacity: true)
            (isPlain, upperCase) = (true, 0)
        }
        func add(_ scalar: Unicode.Scalar) {
            if word.isEmpty { start = offset }
            guard let bytes = Unicode.UTF8.encode(scalar), word.count + bytes.count <= Self.wordLength else { return }
            if scalar.value >= 0x80 || (0x30...0x39).contains(scalar.value) { isPlain = false }
            word.append(contentsOf: bytes)
        }
        // The Greek letter before, as long as none stands before it: what it is called shows when the next one is not Greek.
        var lone: (letter: Unicode.Scalar, place: Int, isPlain: Bool)?
        var wasGreek = false
        func settle(before next: Unicode.Scalar?) {
            wasGreek = false
            guard let greek = lone else { return }
            lone = nil
            let isPrefix = greek.place == 0 && next.map { $0.isASCII && $0.properties.isAlphabetic } ?? false
            guard greek.place < word.count, let name = GreekLetters.name(of: greek.letter, isPrefix: isPrefix)
            else { return }
            word.removeSubrange(greek.place...)
            word.append(contentsOf: name.utf8.prefix(Self.wordLength - word.count))
            isPlain = greek.isPlain
        }
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                if wasGreek { settle(before: scalar) }
                let byte = UInt8(scalar.value)
                switch byte {
                case 0x61...0x7a, 0x41...0x5a, 0x30...0x39:
                    if word.isEmpty { start = offset }
                    if byte < 0x3a { isPlain = false }
                    lastIsUpperCase = byte < 0x5b && byte > 0x40
                    if lastIsUpperCase { upperCase += 1 }
                    if word.count < Self.wordLength { word.append(byte < 0x3a ? byte : byte | 0x20) }
                default:
                    close(&words)
                    if words.count >= limit { return }
                }
                offset += 1
                continue
            }
            if GreekLetters.contains(scalar) {
                lone = wasGreek ? nil : (scalar, word.count, isPlain)
                wasGreek = true
            } else if wasGreek, scalar.properties.canonicalCombiningClass == .notReordered {
                settle(before: scalar)
            }
            if let plain = Self.compatible(scalar) {
                for scalar in plain.unicodeScalars { add(scalar) }
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                    let base = Words.unaccented[lower]
                    if lower.value <= 0xff, base != nil { accents += 1 }
                    if lower.properties.canonicalCombiningClass == .notReordered { add(base ?? lower) }
                }
            } else if scalar.properties.canonicalCombiningClass == .notReordered, scalar.value != 0xad {
                close(&words)
                if words.count >= limit { return }
            } else if !word.isEmpty, scalar.value == 0x303 || scalar.value == 0x301 || scalar.value == 0x327 {
                accents += 1
            }
            offset += UTF8.width(scalar)
        }
        if wasGreek { settle(before: nil) }
        close(&words)
    }

    /// What stands for the same letter or digit in another form; nil for all else.
    static func compatible(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0xb2: "2"
        case 0xb3: "3"
        case 0xb9: "1"
        case 0xb5: "μ"
        case 0x2070, 0x2074...0x2079: String(scalar.value - 0x2070)
        case 0x2080...0x2089: String(scalar.value - 0x2080)
        case 0xff10...0xff19: String(scalar.value - 0xff10)
        case 0xff21...0xff3a: Unicode.Scalar(scalar.value - 0xff21 + 0x61).map { String($0) }
        case 0xff41...0xff5a: Unicode.Scalar(scalar.value - 0xff41 + 0x61).map { String($0) }
        case 0xfb00: "ff"
        case 0xfb01: "fi"
        case 0xfb02: "fl"
        case 0xfb03: "ffi"
        case 0xfb04: "ffl"
        default: nil
        }
    }
}
