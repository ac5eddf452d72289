import TestSupport
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
        #expect(decoded.warnings.first?.hasPrefix("1 damaged character was") ?? false)
    }

    /// The files are the same text, made by Python's codecs.
    @Test(arguments: ["utf8-bom", "utf16-le", "utf16-be", "utf16-bom", "windows1252", "macroman", "latin1", "cp850"])
    func portugueseIsFoundInEveryEncoding(_ name: String) throws {
        let folder = DocumentFixture.path("../text")
        func text(_ name: String) throws -> TextDecoder.Decoded {
            let decoded = TextDecoder.decode(try FileReading.bytes(of: "\(folder)/\(name).txt", limit: 10_000))
            return try #require(decoded)
        }
        var expected = try text("utf8").text
        if ["latin1", "cp850"].contains(name) {
            expected = String(expected.map { "“”".contains($0) ? "\"" : $0 == "–" ? "-" : $0 })
        }
        #expect(try text(name).text == expected)
        #expect(try text(name).warnings.isEmpty)
    }

    @Test func whatCannotBeDecodedIsSaid() throws {
        // 0x81 has no meaning in windows-1252.
        let decoded = try #require(TextDecoder.decode(Array("caf".utf8) + [0xe9, 0x20, 0x81, 0x20, 0xe7, 0xe3, 0x6f]))
        #expect(decoded.text == "café \u{fffd} ção" && decoded.warnings.count == 1)
        let half = try #require(TextDecoder.decode([0xff, 0xfe, 0x41, 0, 0x00, 0xd8, 0x42, 0, 0x43]))
        #expect(half.text == "A\u{fffd}B" && half.warnings.first?.hasPrefix("2 damaged") ?? false)
    }

    @Test func declaredEncodings() throws {
        let bytes: [UInt8] = [0x61, 0xa4, 0x62]
        #expect(TextDecoder.decode(bytes, declared: "ISO-8859-15")?.text == "a€b")
        #expect(TextDecoder.decode(bytes, declared: "macintosh")?.text == "a§b")
        #expect(TextDecoder.decode(Array("é".utf8), declared: "iso-8859-1")?.text == "é", "UTF-8 that decodes wins")
        #expect(TextDecoder.decode(bytes, declared: "koi8-r")?.warnings.count == 1)
    }

    @Test func hiddenCharactersAreFoundAndRemoved() throws {
        func warnings(_ text: String) -> [String] { TextDecoder.decode(Array(text.utf8))?.warnings ?? ["none"] }
        let tags = String(
            String.UnicodeScalarView("ignore".unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xe0000) }))
        #expect(warnings("texto\(tags)").count == 1)
        #expect(warnings("a" + String(repeating: "\u{200b}\u{200c}", count: 4) + "b").count == 1)
        #expect(warnings("a" + String(repeating: "\u{fe01}", count: 8) + "b").count == 1)
        #expect(warnings("co\u{ad}ra\u{ad}ção \u{200b} \u{200b} a\u{200d}b").isEmpty)
        let scotland = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"
        #expect(warnings("bandeira \(scotland) e \(scotland)").isEmpty)
        #expect(TextCleaner.clean("x\(tags)y\u{202e}z\u{2066}w\u{fe0f}!") == "xyzw!")
        #expect(TextCleaner.clean("a\u{200d}b \u{200c}c") == "ab c")
        for kept in ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}🔬", "“São” – 5º • a…b €"] {
            #expect(Array(TextCleaner.clean(kept).unicodeScalars) == Array(kept.unicodeScalars))
        }
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
