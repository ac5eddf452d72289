/// Lets through only links that the material or the student brought, and makes pictures plain text: an answer must not
/// carry a question away in the address of a picture that a client loads by itself, nor lure a student to a page that a
/// document's author or the model thought up.
///
/// A pure value like `MarkerFilter`. It looks at words between blanks: an address that does not occur in one of the known
/// texts is replaced by a note; a picture's address that does is taken out of its brackets. Words without anything of an
/// address pass at once, others when they end.
package struct LinkFilter: Sendable {
    /// A longer word is cut there.
    private static let longestWord = 2_000

    private let known: [String]
    private let note: String
    private var word = ""
    private var length = 0
    /// Bytes of `word` that were shown.
    private var shown = 0
    /// How many brackets are open from the one that began a picture's words; 0 outside of them.
    private var picture = 0
    /// Whether the word before named what an address is for: `[logo]:`.
    private var isDefinition = false

    /// - Parameters:
    ///   - known: texts whose addresses may be repeated: the passages, the student's own words.
    ///   - note: what stands for an address that was taken out.
    package init(known: [String], note: String) {
        self.known = known
        self.note = note
    }

    /// Takes the next piece of the answer and returns what may be shown by now.
    package mutating func feed(_ piece: String) -> String {
        var out = ""
        for scalar in piece.unicodeScalars {
            if scalar.properties.isWhitespace {
                endWord(into: &out)
                out.unicodeScalars.append(scalar)
            } else {
                if length >= Self.longestWord { endWord(into: &out) }
                word.unicodeScalars.append(scalar)
                length += 1
            }
        }
        if !mayBeAddress { show(upTo: word.utf8.count, into: &out) }
        return out
    }

    /// The answer is over: returns what was held back.
    package mutating func finish() -> String {
        var out = ""
        endWord(into: &out)
        return out
    }

    /// Whether the word at hand has something of an address, or may come to have.
    private var mayBeAddress: Bool {
        let held = word.utf8.dropFirst(shown)
        if picture > 0 || held.contains(where: { Self.marks.contains($0) }) { return true }
        let bytes = Array(word.utf8)
        let start = bytes.lastIndex { !AddressScanner.isSchemePart($0) }.map { $0 + 1 } ?? 0
        let tail = String(decoding: bytes[start...].prefix(Self.longestScheme), as: UTF8.self).lowercased()
        return !tail.isEmpty && (["https", "www."].contains { $0.hasPrefix(tail) } || tail.hasPrefix("www."))
    }

    private static let longestScheme = 8
    private static let marks = Set(":/(&=\"'!".utf8)

    private mutating func show(upTo end: Int, into out: inout String) {
        out += String(decoding: word.utf8.dropFirst(shown).prefix(end - shown), as: UTF8.self)
        shown = end
    }

    private mutating func endWord(into out: inout String) {
        guard length > 0 else { return }
        let text = Array(word.utf8)
        var position = shown
        for address in AddressScanner.addresses(in: text, continuesDefinition: isDefinition) {
            // What was shown before it looked like an address cannot be taken back; the rest is then no address.
            let start = max(address.range.lowerBound, position)
            guard address.range.upperBound > start else { continue }
            let isKnown =
                address.isPlain && !isDefinition && isBrought(String(decoding: text[address.range], as: UTF8.self))
            out += plain(text[position..<start])
            out += isKnown ? String(decoding: text[start..<address.range.upperBound], as: UTF8.self) : note
            position = address.range.upperBound
        }
        out += plain(text[position...])
        isDefinition = word.hasPrefix("[") && word.hasSuffix("]:") && !word.hasPrefix("[^")
        word = ""
        length = 0
        shown = 0
    }

    /// Text between addresses. A picture's `](` gets a blank, which makes it no picture.
    private mutating func plain(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        for (index, byte) in zip(bytes.indices, bytes) {
            let next = index + 1 < bytes.endIndex ? bytes[index + 1] : 0
            out.append(byte)
            switch byte {
            case UInt8(ascii: "["):
                if picture > 0 || out.dropLast().last == UInt8(ascii: "!") { picture += 1 }
            case UInt8(ascii: "]") where picture > 0:
                picture -= 1
                if picture == 0, next == UInt8(ascii: "(") || next == UInt8(ascii: "[") { out.append(0x20) }
            default: break
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private func isBrought(_ address: String) -> Bool { known.contains { $0.contains(address) } }
}
