import Testing

@testable import ChatService

@Suite struct Base64URLTests {
    /// RFC 4648, section 10, without padding; and all the alphabet's ends.
    @Test(arguments: [
        ("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob"), ("Zm9vYmE", "fooba"),
        ("Zm9vYmFy", "foobar"),
    ])
    func vectors(_ text: String, _ plain: String) {
        #expect(Base64URL.decode(text.utf8) == Array(plain.utf8))
    }

    @Test func theAlphabetIsThatOfURLs() {
        #expect(Base64URL.decode("-_-_".utf8) == [0xFB, 0xFF, 0xBF])
        #expect(Base64URL.decode("AZaz0189".utf8) == [0x01, 0x96, 0xB3, 0xD3, 0x5F, 0x3D])
    }

    /// Padding, the other alphabet, white space, a lonely digit, and bits left over: `Zh` would be another `f`.
    @Test(arguments: ["Zg==", "+/+/", "Zg ", "Z", "Zm9vY", "Zh", "Zm9", "Zm9\n", "é"])
    func whatIsNotOfTheFormIsRefused(_ text: String) { #expect(Base64URL.decode(text.utf8) == nil) }
}
