/// Finds the encoding of a text file and decodes it.
///
/// In this order: byte-order mark; UTF-16 by its zero bytes; UTF-8 when all of it is well formed; what the file
/// declares of itself; UTF-8 with a few damaged places; else the one-byte encoding whose letters make the likeliest
/// words, windows-1252 in doubt, of which Latin-1's letters are a part (WHATWG Encoding Standard, section 4.2, treats
/// the two labels as one).
enum TextDecoder {
    struct Decoded {
        let text: String
        /// For staff: what could not be decoded, or was guessed against the evidence, or cannot be seen.
        let warnings: [String]

        init(text: String, warning: String? = nil) {
            self.text = text
            var hidden = HiddenCharacters()
            hidden.scan(text)
            warnings = [warning, hidden.warning].compactMap { $0 }
        }
    }

    /// - Parameter declared: the label a HTML file names, in any case, or nil.
    /// - Returns: nil when `bytes` are not text.
    static func decode(_ bytes: [UInt8], declared: String? = nil) -> Decoded? {
        if bytes.starts(with: [0xff, 0xfe, 0, 0]) || bytes.starts(with: [0, 0, 0xfe, 0xff]) {
            return decodeUTF32(bytes)
        }
        if bytes.starts(with: [0xff, 0xfe]) { return decodeUTF16(bytes.dropFirst(2), littleEndian: true) }
        if bytes.starts(with: [0xfe, 0xff]) { return decodeUTF16(bytes.dropFirst(2), littleEndian: false) }
        if let littleEndian = utf16Order(bytes) { return decodeUTF16(bytes[...], littleEndian: littleEndian) }

        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
        guard !isBinary(body) else { return nil }
        let census = UTF8Census(body)
        if census.damaged == 0 { return Decoded(text: String(decoding: body, as: UTF8.self)) }
        let label = declared?.lowercased()
        let named = label.flatMap { SingleByteEncoding(label: $0) }
        if census.sequences > 8 * census.damaged, named == nil {
            return Decoded(text: String(decoding: body, as: UTF8.self), warning: replaced(census.damaged))
        }
        let encoding = named ?? SingleByteEncoding.likeliest(for: body)
        let isKnown = label.map { ["utf-8", "utf8", "us-ascii", "ascii"].contains($0) } ?? true || named != nil
        let (text, undefined) = encoding.decode(body)
        if !isKnown, let label {
            let name = TextCleaner.shortened(TextCleaner.collapsingWhiteSpace(label), to: 30)
            return Decoded(
                text: text,
                warning: "The encoding \(name) is not known; \(encoding.rawValue) was assumed, so accents may be wrong."
            )
        }
        return Decoded(text: text, warning: undefined > 0 ? replaced(undefined) : nil)
    }

    private static func replaced(_ count: Int) -> String {
        count == 1
            ? "1 damaged character was replaced by a question mark sign."
            : "\(count) damaged characters were replaced by a question mark sign."
    }

    /// Whether control characters show that these bytes are no text in an ASCII-compatible encoding.
    static func isBinary(_ bytes: ArraySlice<UInt8>) -> Bool {
        var controls = 0
        for byte in bytes.prefix(1 << 20) where byte < 0x20 || byte == 0x7f {
            switch byte {
            case 0x00: return true
            case 0x08...0x0d, 0x1a, 0x1b: continue
            default: controls += 1
            }
        }
        return controls * 200 > min(bytes.count, 1 << 20)
    }

    /// The byte order of UTF-16 text without a mark: nearly every second byte of Western text is zero.
    private static func utf16Order(_ bytes: [UInt8]) -> Bool? {
        let sample = bytes.prefix(4096)
        guard sample.count >= 4, bytes.count % 2 == 0 else { return nil }
        var zeros = (even: 0, odd: 0)
        for (index, byte) in sample.enumerated() where byte == 0 {
            if index % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
        }
        let units = sample.count / 2
        if zeros.even * 10 >= units * 7, zeros.odd * 20 <= units { return false }
        if zeros.odd * 10 >= units * 7, zeros.even * 20 <= units { return true }
        return nil
    }

    private static func decodeUTF16(_ bytes: ArraySlice<UInt8>, littleEndian: Bool) -> Decoded? {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(littleEndian ? second << 8 | first : first << 8 | second)
            index += 2
        }
        let controls = units.prefix(1 << 20).filter { $0 < 0x20 && !(0x08...0x0d).contains($0) }.count
        guard controls * 100 <= units.count else { return nil }
        // Half a unit at the end, and halves of pairs, are damage.
        let text = String(decoding: units, as: UTF16.self)
        let damaged =
            text.unicodeScalars.count { $0 == "\u{fffd}" } - units.count { $0 == 0xfffd } + bytes.count % 2
        return Decoded(text: text, warning: damaged > 0 ? replaced(damaged) : nil)
    }

    private static func decodeUTF32(_ bytes: [UInt8]) -> Decoded? {
        let littleEndian = bytes[0] == 0xff
        var scalars = String.UnicodeScalarView()
        var index = 4
        var damaged = 0
        while index + 3 < bytes.count {
            let four = bytes[index..<index + 4].map { UInt32($0) }
            let value =
                littleEndian
                ? four[3] << 24 | four[2] << 16 | four[1] << 8 | four[0]
                : four[0] << 24 | four[1] << 16 | four[2] << 8 | four[3]
            if let scalar = Unicode.Scalar(value) {
                scalars.append(scalar)
            } else {
                scalars.append("\u{fffd}")
                damaged += 1
            }
            index += 4
        }
        return Decoded(text: String(scalars), warning: damaged > 0 ? replaced(damaged) : nil)
    }
}

/// How many well-formed multi-byte sequences (RFC 3629, section 4) there are in some bytes, and how many bytes do not
/// belong to one.
private struct UTF8Census {
    var sequences = 0
    var damaged = 0

    init(_ bytes: ArraySlice<UInt8>) {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let lead = bytes[index]
            index += 1
            guard lead >= 0x80 else { continue }
            let (followers, second): (Int, ClosedRange<UInt8>) =
                switch lead {
                case 0xc2...0xdf: (1, 0x80...0xbf)
                case 0xe0: (2, 0xa0...0xbf)
                case 0xed: (2, 0x80...0x9f)
                case 0xe1...0xef: (2, 0x80...0xbf)
                case 0xf0: (3, 0x90...0xbf)
                case 0xf1...0xf3: (3, 0x80...0xbf)
                case 0xf4: (3, 0x80...0x8f)
                default: (0, 0x80...0xbf)
                }
            let end = index + followers
            if followers > 0, end <= bytes.endIndex, second.contains(bytes[index]),
                bytes[(index + 1)..<end].allSatisfy({ $0 & 0xc0 == 0x80 })
            {
                sequences += 1
                index = end
            } else {
                damaged += 1
            }
        }
    }
}
