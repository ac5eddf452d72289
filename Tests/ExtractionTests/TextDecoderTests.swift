import Testing

@testable import Extraction

@Suite struct TextDecoderTests {
    private static let text = "Ação: “olá”, 5 €\n"

    @Test func everyEncodingGivesTheSameText() throws {
        let utf16 = Array(Self.text.utf16)
        let little = utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        let big = utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        let wide = Self.text.unicodeScalars.flatMap { scalar -> [UInt8] in
            (0..<4).map { UInt8(scalar.value >> (8 * $0) & 0xff) }
        }
        // "Ação: “olá”, 5 €\n" by `iconv -t cp1252`.
        let windows: [UInt8] = [
            0x41, 0xe7, 0xe3, 0x6f, 0x3a, 0x20, 0x93, 0x6f, 0x6c, 0xe1, 0x94, 0x2c, 0x20, 0x35, 0x20, 0x80, 0x0a,
        ]
        for bytes in [
            Array(Self.text.utf8), [0xef, 0xbb, 0xbf] + Array(Self.text.utf8), [0xff, 0xfe] + little,
            [0xfe, 0xff] + big,
            [0xff, 0xfe, 0, 0] + wide, windows,
        ] {
            #expect(TextDecoder.decode(bytes)?.text == Self.text)
        }
        #expect(TextDecoder.decode(little + little)?.text == Self.text + Self.text, "UTF-16 without a mark")
    }

    @Test func aFewDamagedBytesDoNotMakeUTF8SomethingElse() throws {
        let bytes = Array(String(repeating: "coração ", count: 20).utf8) + [0xff, 0x20] + Array("fim".utf8)
        let decoded = try #require(TextDecoder.decode(bytes))
        #expect(decoded.text.hasSuffix("\u{fffd} fim") && decoded.text.hasPrefix("coração"))
        #expect(decoded.warning?.hasPrefix("1 damaged") ?? false)
    }

    @Test func binaryIsNoText() {
        #expect(TextDecoder.decode([0, 1, 2, 3, 4]) == nil)
        #expect(TextDecoder.decode(Array("text".utf8) + [0] + Array("text".utf8)) == nil)
        #expect(TextDecoder.decode((0..<1000).map { UInt8($0 & 31) | 1 }) == nil)
    }

    @Test func cleaning() {
        #expect(TextCleaner.clean("ﬁm\u{ad}al o\u{0301}\u{200b}k\r\nx\u{a0}y\u{7}\u{feff}z") == "fimal ók\nx yz")
        #expect(TextCleaner.clean("c\u{327}a\u{303}o") == "ção")
        #expect(Array(TextCleaner.clean("a\u{303}").unicodeScalars) == ["ã"])
        #expect(TextCleaner.clean("x\u{0301}") == "x\u{0301}", "no precomposed form: kept")
        #expect(TextCleaner.collapsingWhiteSpace("  a \n\t b\u{a0} ") == "a b")
        #expect(TextCleaner.trimmingBlankLines("\n \n  a\n\nb \n\n") == "  a\n\nb")
    }

    @Test func language() {
        #expect(
            DocumentLanguage.guess("A função que chama a si mesma não é tão rara como se pensa, mas são poucas.")
                == "pt")
        #expect(DocumentLanguage.guess("The function that calls itself is not as rare as they think it is.") == "en")
        #expect(
            DocumentLanguage.guess("Die Funktion, die sich selbst aufruft, ist nicht so selten, wie man denkt.") == "")
        #expect(
            DocumentLanguage.guess("La función que se llama a sí misma no es tan rara como se piensa, pero son pocas.")
                == "")
        #expect(DocumentLanguage.guess("") == "")
    }
}
