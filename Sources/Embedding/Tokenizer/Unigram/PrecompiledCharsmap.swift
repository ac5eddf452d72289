/// sentencepiece's normaliser: a double-array trie of character sequences and what each becomes.
///
/// The form (sentencepiece, `normalizer.h`; Darts-clone): the trie's size in bytes, its units, both little-endian UInt32,
/// then the replacements, each ended by a zero. A unit holds a label in its lowest byte, at bit 8 whether a sequence
/// ends, and from bit 10 the offset of its children; the unit of an ended sequence holds the replacement's place.
struct PrecompiledCharsmap: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    /// Nil when the bytes do not have the form.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        func number(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
        }
        let size = Int(number(0))
        guard size >= 4, size % 4 == 0, size <= bytes.count - 4, bytes.count <= 64 << 20 else { return nil }
        units = stride(from: 4, to: 4 + size, by: 4).map(number)
        replacements = Array(bytes[(4 + size)...]) + [0]
    }

    /// Appends the normalised `text`.
    ///
    /// As `tokenizers` does: a grapheme of less than six bytes is looked up as a whole, and if any beginning of it is
    /// in the trie, what the shortest becomes stands for all of it; else its characters are looked up one by one.
    func append(_ text: inout String, to out: inout [UInt8]) {
        // ASCII characters are graphemes by themselves but for CR LF and what has a mark after it.
        let isPlain = text.withUTF8 { bytes in
            bytes.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\r") }
        }
        if isPlain {
            return text.withUTF8 { bytes in
                for place in bytes.indices {
                    if !replace(UnsafeBufferPointer(rebasing: bytes[place...place]), to: &out) {
                        out.append(bytes[place])
                    }
                }
            }
        }
        for character in text {
            var grapheme = String(character)
            grapheme.withUTF8 { bytes in
                if bytes.count < 6, replace(bytes, to: &out) { return }
                var place = 0
                while place < bytes.count {
                    let end = min(place + UTF8Bytes.length(of: bytes[place]), bytes.count)
                    let part = UnsafeBufferPointer(rebasing: bytes[place..<end])
                    if !replace(part, to: &out) { out += part }
                    place = end
                }
            }
        }
    }

    /// Appends what the shortest beginning of `key` in the trie becomes; false when there is none.
    @inline(__always)
    private func replace(_ key: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) -> Bool {
        guard let found = shortestMatch(key), found < replacements.count else { return false }
        var place = found
        while replacements[place] != 0 {
            out.append(replacements[place])
            place += 1
        }
        return true
    }

    private func shortestMatch(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
        var node = Self.offset(units[0])
        for byte in key {
            guard byte != 0 else { return nil }
            node ^= Int(byte)
            guard node < units.count else { return nil }
            let unit = units[node]
            guard unit & 0x8000_00ff == UInt32(byte) else { return nil }
            node ^= Self.offset(unit)
            guard node < units.count else { return nil }
            if unit >> 8 & 1 == 1 { return Int(units[node] & 0x7fff_ffff) }
        }
        return nil
    }

    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 0x200) >> 6)) }
}
