import Support
import Testing

@Suite struct CryptoTests {
    /// FIPS 180-4, examples of SHA-256.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256(_ text: String, _ digest: String) {
        #expect(SHA256.hex(text.utf8) == digest)
        var pieces = SHA256()
        for byte in text.utf8 { [byte].withUnsafeBytes { pieces.update($0) } }
        #expect(pieces.finish().hexadecimal == digest)
    }

    /// RFC 6455, section 1.3: the handshake's own example.
    @Test func sha1() {
        let digest = SHA1.digest(Array("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        #expect(digest.hexadecimal == "b37a4f2cc0624f1690f64606cf385945b2bec4ea")
    }

    /// RFC 4231, test cases 1 and 2.
    @Test func hmac() {
        let first = HMAC.sha256(Array("Hi There".utf8), key: [UInt8](repeating: 0x0b, count: 20))
        #expect(first.hexadecimal == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let second = HMAC.sha256(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(second.hexadecimal == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(HMAC.equal(first, first) && !HMAC.equal(first, second) && !HMAC.equal(first, []))
    }

    @Test func identifiersAreLongAndNeverTheSame() {
        let ids = (0..<1_000).map { _ in RandomIdentifier.make() }
        #expect(Set(ids).count == 1_000)
        #expect(ids.filter { !RandomIdentifier.isWellFormed($0) }.isEmpty)
        for bad in ["", "g", String(repeating: "A", count: 32), String(repeating: "0", count: 31)] {
            #expect(!RandomIdentifier.isWellFormed(bad))
        }
    }
}
