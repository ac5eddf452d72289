/// Makes text from any source comparable: one form for each letter, no characters that do not print.
package enum TextCleaner {
    /// `text` with precomposed letters, ligatures spelt out, `\n` line ends, plain spaces, and without control
    /// characters, soft hyphens, zero-width, directional, tag and variation characters. White space is otherwise kept.
    ///
    /// Joiners stay between letters of the scripts that are spelt with them (Persian, the scripts of India) and within
    /// emoji.
    package static func clean(_ text: String) -> String {
        var text = text
        if text.withUTF8({ isClean($0) }) { return text }
        var clean = String.UnicodeScalarView()
        var previousWasReturn = false
        var joiner: Unicode.Scalar?
        for scalar in composed(text).unicodeScalars {
            defer { previousWasReturn = scalar == "\r" }
            if let waiting = joiner {
                joiner = nil
                if joins(scalar) { clean.append(waiting) }
            }
            switch scalar {
            case "\n" where previousWasReturn: continue
            case "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{0b}", "\u{0c}": clean.append("\n")
            case "\n", "\t": clean.append(scalar)
            case "\u{200c}", "\u{200d}":
                if let last = clean.last, joins(last) { joiner = scalar }
            case "\u{00}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{ad}", "\u{34f}", "\u{61c}", "\u{115f}", "\u{1160}",
                "\u{180b}"..."\u{180f}", "\u{200b}"..."\u{200f}", "\u{202a}"..."\u{202e}", "\u{2060}"..."\u{206f}",
                "\u{3164}", "\u{fe00}"..."\u{fe0f}", "\u{feff}", "\u{ffa0}", "\u{fff9}"..."\u{fffb}",
                "\u{e0000}"..."\u{e0fff}":
                continue
            case "\u{a0}", "\u{1680}", "\u{2000}"..."\u{200a}", "\u{202f}", "\u{205f}", "\u{3000}": clean.append(" ")
            // Hyphens that only say where a line may not break, or are nothing else.
            case "\u{2010}", "\u{2011}": clean.append("-")
            case "\u{fb00}"..."\u{fb06}":
                clean.append(contentsOf: ligatures[Int(scalar.value) - 0xfb00].unicodeScalars)
            case "\u{132}": clean.append(contentsOf: "IJ".unicodeScalars)
            case "\u{133}": clean.append(contentsOf: "ij".unicodeScalars)
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    /// Whether no character can need a change, told by the bytes alone; may err on the side of no.
    private static func isClean(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x20...0x7e, 0x0a, 0x09, 0x80...0xc1, 0xc3, 0xc5...0xcb, 0xce...0xd7, 0xd9...0xe0, 0xe4...0xee,
                0xf0...0xf2:
                continue
            case 0xc2 where bytes[index + 1] > 0xa0 && bytes[index + 1] != 0xad: continue
            case 0xc4 where bytes[index + 1] != 0xb2 && bytes[index + 1] != 0xb3: continue
            // General punctuation, as far as dashes, quotation marks, bullets and dots go; and all above it.
            case 0xe2 where bytes[index + 1] == 0x80 && (0x90...0xa7).contains(bytes[index + 2]): continue
            case 0xe2 where bytes[index + 1] > 0x81: continue
            default: return false
            }
        }
        return true
    }

    /// Whether a joiner next to `scalar` can be part of the spelling: Arabic script, the scripts of India and their
    /// neighbours, emoji.
    private static func joins(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x600...0x6ff, 0x750...0x77f, 0x8a0...0x8ff, 0x900...0xdff, 0x1000...0x109f, 0x1780...0x17ff,
            0x2190...0x2bff, 0x1f000...0x1faff:
            true
        default: false
        }
    }

    /// Clean, on one line, single spaces, none at the ends.
    package static func collapsingWhiteSpace(_ text: String) -> String {
        let cleaned = clean(text)
        return cleaned.utf8.split(whereSeparator: { isWhiteSpace($0) }).map { String(Substring($0)) }
            .joined(separator: " ")
    }

    /// Without blank lines at both ends and white space at the very end; the first line's indentation stays.
    package static func trimmingBlankLines(_ text: String) -> String {
        let bytes = text.utf8
        var start = bytes.startIndex
        var position = start
        while position < bytes.endIndex, isWhiteSpace(bytes[position]) {
            if bytes[position] == 0x0a { start = bytes.index(after: position) }
            position = bytes.index(after: position)
        }
        guard position < bytes.endIndex else { return "" }
        var end = bytes.endIndex
        while end > start, isWhiteSpace(bytes[bytes.index(before: end)]) { end = bytes.index(before: end) }
        return String(text[start..<end])
    }

    /// At most `limit` characters, cut with an ellipsis.
    package static func shortened(_ text: String, to limit: Int) -> String {
        text.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
    }

    package static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static let ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"]

    /// Latin letters that have a precomposed form, by every spelling: Swift compares characters by canonical
    /// equivalence, so the decomposed spelling finds the composed one (Unicode Standard Annex 15, form C, as far as
    /// Latin goes).
    private static let precomposed: [Character: Character] = {
        var table: [Character: Character] = [:]
        for value in Array(0xc0...0x24f) + Array(0x1e00...0x1eff) {
            guard let scalar = Unicode.Scalar(value as Int) else { continue }
            table[Character(scalar)] = Character(scalar)
        }
        return table
    }()

    /// `text` with base letter and combining mark made one where Unicode has one.
    private static func composed(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { (0x300...0x36f).contains($0.value) }) else { return text }
        var composed = ""
        for character in text {
            composed.append(character.unicodeScalars.count == 1 ? character : precomposed[character] ?? character)
        }
        return composed
    }
}
