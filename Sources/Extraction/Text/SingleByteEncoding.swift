/// Encodings in which every byte is a character, as far as files of Portuguese and English courses come in them.
enum SingleByteEncoding: String, CaseIterable {
    case windows1252 = "windows-1252"
    case latin9 = "iso-8859-15"
    /// Central Europe, Cyrillic, Greek, Turkish: declared only, never guessed.
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"
    /// Old Macintosh programs.
    case macRoman = "macintosh"
    /// DOS programs, and some that still write their tables as DOS did.
    case dos850 = "ibm850"

    /// - Parameter label: what a file declares (WHATWG Encoding Standard, section 4.2), in lower case.
    init?(label: String) {
        switch label {
        case "windows-1252", "cp1252", "x-cp1252", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "ansi":
            self = .windows1252
        case "windows-1250", "cp1250": self = .windows1250
        case "windows-1251", "cp1251": self = .windows1251
        case "windows-1253", "cp1253": self = .windows1253
        case "windows-1254", "cp1254", "iso-8859-9", "latin5": self = .windows1254
        case "iso-8859-15", "iso8859-15", "latin-9", "latin9": self = .latin9
        case "macintosh", "macroman", "mac", "x-mac-roman": self = .macRoman
        case "ibm850", "cp850", "850": self = .dos850
        default: return nil
        }
    }

    /// The code point of a byte; nil when the encoding has none for it.
    func scalarValue(_ byte: UInt8) -> UInt32? {
        guard byte >= 0x80 else { return UInt32(byte) }
        let value = Self.high[self]?[Int(byte) - 0x80] ?? 0xfffd
        return value == 0xfffd ? nil : value
    }

    /// The text, and how many bytes had no meaning and became replacement signs.
    func decode(_ bytes: ArraySlice<UInt8>) -> (text: String, undefined: Int) {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(bytes.count + bytes.count / 8)
        let pieces = (0...UInt8.max).map { byte in
            scalarValue(byte).flatMap(Unicode.Scalar.init).flatMap { UTF8.encode($0) }
        }
        var undefined = 0
        for byte in bytes {
            if byte < 0x80 {
                utf8.append(byte)
            } else if let piece = pieces[Int(byte)] {
                utf8.append(contentsOf: piece)
            } else {
                undefined += 1
                utf8.append(contentsOf: UTF8.encodedReplacementCharacter)
            }
        }
        return (String(decoding: utf8, as: UTF8.self), undefined)
    }

    // MARK: Guessing

    /// Letters with accents in the languages of western Europe.
    private static let expected = Set("áàâãäéèêëíìîïóòôõöúùûüçñßÁÀÂÃÄÉÈÊËÍÓÔÕÖÚÜÇÑºª".unicodeScalars.map(\.value))
    private static let sampleSize = 65_536

    /// The encoding in which the bytes next to letters are letters that words of western Europe have.
    static func likeliest(for bytes: ArraySlice<UInt8>) -> SingleByteEncoding {
        var counts = [Int](repeating: 0, count: 256)
        var previous: UInt8 = 0x20
        for byte in bytes.prefix(sampleSize) {
            if byte >= 0x80, (0x61...0x7a).contains(previous | 0x20) { counts[Int(byte)] += 1 }
            previous = byte
        }
        func score(_ encoding: SingleByteEncoding) -> Int {
            var score = 0
            for byte in 0x80...0xff where counts[byte] > 0 {
                guard let value = encoding.scalarValue(UInt8(byte)) else {
                    score -= 3 * counts[byte]
                    continue
                }
                // Quotation marks, dashes and dots may follow a letter in any text.
                let isPunctuation = (0x2010...0x2026).contains(value) || value == 0xab || value == 0xbb
                score += expected.contains(value) ? counts[byte] : isPunctuation ? 0 : -counts[byte]
            }
            return score
        }
        var best = (encoding: windows1252, score: score(windows1252))
        for encoding in [macRoman, dos850] {
            let found = score(encoding)
            if found > best.score + 2 { best = (encoding, found) }
        }
        return best.encoding
    }

    // MARK: Tables

    /// The code points of the bytes from 0x80 on.
    private static let high: [SingleByteEncoding: [UInt32]] = [
        .windows1252: c1 + Array(0xa0...0xff), .latin9: latin9Table, .macRoman: values(macTable),
        .dos850: values(dosTable),
        .windows1250: values(centralTable), .windows1251: values(cyrillicTable), .windows1253: values(greekTable),
        .windows1254: values(turkishTable),
    ]

    private static func values(_ table: String) -> [UInt32] { table.unicodeScalars.map(\.value) }

    /// WHATWG Encoding Standard, index windows-1252, 0x80 to 0x9f; 0xfffd where there is no character.
    private static let c1: [UInt32] = [
        0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd,
        0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
        0x0153, 0xfffd, 0x017e, 0x0178,
    ]

    private static let latin9Table: [UInt32] = {
        var table = c1 + Array(0xa0...0xff)
        let changes: [Int: UInt32] = [
            0xa4: 0x20ac, 0xa6: 0x0160, 0xa8: 0x0161, 0xb4: 0x017d, 0xb8: 0x017e, 0xbc: 0x0152, 0xbd: 0x0153,
            0xbe: 0x0178,
        ]
        for (byte, value) in changes { table[byte - 0x80] = value }
        return table
    }()

    /// Python's codec `mac_roman`, 0x80 to 0xff.
    private static let macTable =
        "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø"
        + "¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›\u{fb01}\u{fb02}‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ"
    /// Python's codec `cp850`, 0x80 to 0xff.
    private static let dosTable =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐"
        + "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}"
    /// Python's codec `cp1250`, 0x80 to 0xff.
    private static let centralTable =
        "€\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰Š‹ŚŤŽŹ\u{fffd}‘’“”•–—\u{fffd}™š›śťžź\u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż"
        + "ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙"
    /// Python's codec `cp1251`, 0x80 to 0xff.
    private static let cyrillicTable =
        "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{fffd}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї"
        + "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя"
    /// Python's codec `cp1253`, 0x80 to 0xff.
    private static let greekTable =
        "€\u{fffd}‚ƒ„…†‡\u{fffd}‰\u{fffd}‹\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}‘’“”•–—\u{fffd}™\u{fffd}›\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{a0}΅Ά£¤¥¦§¨©\u{fffd}«¬\u{ad}®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏ"
        + "ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ\u{fffd}ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ\u{fffd}"
    /// Python's codec `cp1254`, 0x80 to 0xff.
    private static let turkishTable =
        "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}\u{fffd}\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}\u{fffd}Ÿ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿"
        + "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ"
}
