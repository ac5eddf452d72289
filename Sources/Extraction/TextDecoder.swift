/// Finds the encoding of a text file and decodes it.
///
/// In this order: byte-order mark; UTF-16 by its zero bytes; UTF-8 when all of it is well formed; what the file
/// declares of itself; UTF-8 with a few damaged places; else windows-1252, of which Latin-1's letters are a part
/// (WHATWG Encoding Standard, section 4.2, treats the two labels as one).
enum TextDecoder {
    struct Decoded {
        let text: String
        /// For staff, when the encoding was guessed against the evidence.
        let warning: String?
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
        if census.damaged == 0 { return Decoded(text: String(decoding: body, as: UTF8.self), warning: nil) }
        let label = declared?.lowercased()
        if census.sequences > 8 * census.damaged, label.map({ $0 == "utf-8" || $0 == "utf8" }) ?? true {
            return Decoded(
                text: String(decoding: body, as: UTF8.self),
                warning: "\(census.damaged) damaged characters were replaced by a question mark sign.")
        }
        if label == "iso-8859-15" || label == "latin-9" || label == "latin9" {
            return Decoded(text: decodeBytes(body, high: latin9), warning: nil)
        }
        let known = ["utf-8", "utf8", "windows-1252", "cp1252", "iso-8859-1", "latin1", "us-ascii", "ascii"]
        let warning = label.flatMap { label in
            known.contains(label)
                ? nil
                : "The encoding \(TextCleaner.shortened(label, to: 30)) is not known; windows-1252 was assumed, so accents may be wrong."
        }
        return Decoded(text: decodeBytes(body, high: windows1252), warning: warning)
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
        return Decoded(text: String(decoding: units, as: UTF16.self), warning: nil)
    }

    private static func decodeUTF32(_ bytes: [UInt8]) -> Decoded? {
        let littleEndian = bytes[0] == 0xff
        var scalars = String.UnicodeScalarView()
        var index = 4
        while index + 3 < bytes.count {
            let four = bytes[index..<index + 4].map { UInt32($0) }
            let value =
                littleEndian
                ? four[3] << 24 | four[2] << 16 | four[1] << 8 | four[0]
                : four[0] << 24 | four[1] << 16 | four[2] << 8 | four[3]
            scalars.append(Unicode.Scalar(value) ?? "\u{fffd}")
            index += 4
        }
        return Decoded(text: String(scalars), warning: nil)
    }

    private static func decodeBytes(_ bytes: ArraySlice<UInt8>, high: [UInt8: UInt32]) -> String {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 0x80 {
                utf8.append(byte)
            } else if let scalar = Unicode.Scalar(high[byte] ?? UInt32(byte)) {
                utf8.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return String(decoding: utf8, as: UTF8.self)
    }

    /// WHATWG Encoding Standard, index windows-1252, where it differs from Latin-1.
    static let windows1252: [UInt8: UInt32] = [
        0x80: 0x20ac, 0x82: 0x201a, 0x83: 0x0192, 0x84: 0x201e, 0x85: 0x2026, 0x86: 0x2020, 0x87: 0x2021,
        0x88: 0x02c6, 0x89: 0x2030, 0x8a: 0x0160, 0x8b: 0x2039, 0x8c: 0x0152, 0x8e: 0x017d, 0x91: 0x2018,
        0x92: 0x2019, 0x93: 0x201c, 0x94: 0x201d, 0x95: 0x2022, 0x96: 0x2013, 0x97: 0x2014, 0x98: 0x02dc,
        0x99: 0x2122, 0x9a: 0x0161, 0x9b: 0x203a, 0x9c: 0x0153, 0x9e: 0x017e, 0x9f: 0x0178,
    ]

    /// ISO 8859-15, where it differs from Latin-1.
    private static let latin9: [UInt8: UInt32] = [
        0xa4: 0x20ac, 0xa6: 0x0160, 0xa8: 0x0161, 0xb4: 0x017d, 0xb8: 0x017e, 0xbc: 0x0152, 0xbd: 0x0153,
        0xbe: 0x0178,
    ]
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
