/// Words that are looked for in texts, without regard to case and to the accents of Latin letters.
///
/// Made for reading through megabytes: texts are compared byte by byte as they stand in UTF-8. A word may stand within
/// another one.
package struct SearchPhrase: Sendable, Equatable {
    /// Characters.
    package static let longest = 200
    private static let mostWords = 10
    /// Characters of a snippet before and after the first word's place.
    private static let (before, after) = (50, 110)

    private let words: [[UInt8]]

    /// nil when there is nothing to look for.
    package init?(_ text: String) {
        let folded = text.prefix(Self.longest).split(whereSeparator: \.isWhitespace).map { word in
            var bytes: [UInt8] = []
            var word = String(word)
            word.withUTF8 { Self.fold($0, into: &bytes) }
            return bytes
        }
        words = Array(folded.filter { !$0.isEmpty }.prefix(Self.mostWords))
        if words.isEmpty { return nil }
    }

    /// Whether all words stand in the text.
    package func isIn(_ text: String) -> Bool {
        var scratch: [UInt8] = []
        return place(in: text, &scratch) != nil
    }

    /// The part of the text where the first word stands; nil when not all words are in it.
    /// - Parameter scratch: room for the folded text, kept from call to call.
    package func snippet(of text: String, _ scratch: inout [UInt8]) -> String? {
        guard let place = place(in: text, &scratch) else { return nil }
        // Folding loses nothing but combining marks: the place is as many other scalars from the beginning.
        let folded = scratch[..<place].count { $0 & 0xc0 != 0x80 }
        let scalars = text.unicodeScalars
        let start = scalars.indices.lazy.filter { !Self.isMark(scalars[$0]) }.dropFirst(folded).first
        return Self.cut(text, around: start ?? text.startIndex)
    }

    private func place(in text: String, _ scratch: inout [UInt8]) -> Int? {
        scratch.removeAll(keepingCapacity: true)
        var text = text
        text.withUTF8 { Self.fold($0, into: &scratch) }
        return scratch.withUnsafeBufferPointer { folded in
            var first: Int?
            for word in words {
                guard let place = Self.find(word, in: folded) else { return nil }
                first = first ?? place
            }
            return first
        }
    }

    private static func find(_ word: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text.count >= word.count else { return nil }
        for start in 0...(text.count - word.count) where text[start] == word[0] {
            var length = 1
            while length < word.count, text[start + length] == word[length] { length += 1 }
            if length == word.count { return start }
        }
        return nil
    }

    /// Small letters without the accents of Latin-1; combining marks (U+0300 to U+036F) are left out, all else stays.
    private static func fold(_ text: UnsafeBufferPointer<UInt8>, into folded: inout [UInt8]) {
        folded.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            let next = index + 1 < text.count ? text[index + 1] : 0
            index += 1
            switch byte {
            case 0x41...0x5a: folded.append(byte | 0x20)
            case 0xc3 where 0x80...0xbf ~= next:
                index += 1
                let plain = latin[Int(next - 0x80)]
                if plain != 0 { folded.append(plain) } else { folded += [byte, next] }
            case 0xcc where 0x80...0xbf ~= next, 0xcd where 0x80...0xaf ~= next: index += 1
            default: folded.append(byte)
            }
        }
    }

    /// U+00C0 to U+00FF without their marks; 0 for those that have no plain letter.
    private static let latin: [UInt8] = Array(
        "aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0\0aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0y".utf8)

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36f).contains(scalar.value) }

    /// Some words before and after a place, on one line.
    private static func cut(_ text: String, around place: String.Index) -> String {
        var start = text.index(place, offsetBy: -before, limitedBy: text.startIndex) ?? text.startIndex
        var end = text.index(place, offsetBy: after, limitedBy: text.endIndex) ?? text.endIndex
        if start > text.startIndex, let space = text[start..<place].firstIndex(where: \.isWhitespace) { start = space }
        if end < text.endIndex, let space = text[place..<end].lastIndex(where: \.isWhitespace) { end = space }
        let line = text[start..<end].split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return (start > text.startIndex ? "…" : "") + line + (end < text.endIndex ? "…" : "")
    }
}
