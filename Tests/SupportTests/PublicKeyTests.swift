import Support
import TestSupport
import Testing

@Suite struct PublicKeyTests {
    private func rsa(_ kid: String) throws -> RSAPublicKey? {
        RSAPublicKey(modulus: try KeyFixture.number("n", of: kid), exponent: try KeyFixture.number("e", of: kid))
    }

    @Test("Signatures by an independent library are judged as that library means them")
    func signatures() throws {
        let curve = try #require(
            P256PublicKey(x: KeyFixture.number("x", of: "curve"), y: KeyFixture.number("y", of: "curve")))
        let rsa = ["one": try #require(try rsa("one")), "two": try #require(try rsa("two"))]
        var count = 0
        for each in try KeyFixture.read().signatures {
            let (message, signature) = (Array(each.message.utf8), KeyFixture.bytes(each.signature))
            let verifies = { (signature: [UInt8], message: [UInt8]) in
                rsa[each.kid]?.verifies(signature, of: message) ?? curve.verifies(signature, of: message)
            }
            #expect(verifies(signature, message) == each.good, "\(each.kid) \(each.message.prefix(5))")
            guard each.good else { continue }
            count += 1
            var torn = signature
            torn[signature.count / 2] ^= 1
            #expect(!verifies(torn, message))
            #expect(!verifies(signature, message + [0]))
            #expect(!verifies(Array(signature.dropLast()), message) && !verifies([], message))
            #expect(!verifies([0] + signature, message))
        }
        #expect(count == 9)
    }

    @Test("Weak and malformed keys are none")
    func refused() throws {
        let (n, e) = (try KeyFixture.number("n", of: "one"), try KeyFixture.number("e", of: "one"))
        #expect(RSAPublicKey(modulus: [0, 0] + n, exponent: [0] + e) != nil)
        #expect(try rsa("weak") == nil)
        #expect(RSAPublicKey(modulus: [], exponent: e) == nil)
        #expect(RSAPublicKey(modulus: n, exponent: []) == nil)
        #expect(RSAPublicKey(modulus: n, exponent: [1]) == nil)
        #expect(RSAPublicKey(modulus: n, exponent: [4]) == nil)
        #expect(RSAPublicKey(modulus: n, exponent: [1, 0, 0, 0, 1]) == nil)
        #expect(RSAPublicKey(modulus: [UInt8](repeating: 0xff, count: 2_000), exponent: e) == nil)
        #expect(P256PublicKey(x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 2, count: 32)) == nil)
        #expect(P256PublicKey(x: [], y: []) == nil)
    }

    @Test("A key of ours signs what its public half checks, also after a way through PEM")
    func signing() throws {
        let key = try RSAPrivateKey.generate()
        #expect(key.modulus.count == 256 && key.modulus[0] >= 0x80)
        let signature = try key.sign(Array("mensagem".utf8))
        let public1 = try #require(key.publicKey)
        #expect(public1.verifies(signature, of: Array("mensagem".utf8)))
        let again = try RSAPrivateKey(pem: key.pem())
        #expect(again.modulus == key.modulus && again.exponent == key.exponent)
        #expect(try again.sign(Array("mensagem".utf8)) == signature)
        let other = try RSAPrivateKey(pem: try #require(try KeyFixture.read().private["one"]))
        #expect(other.modulus == (try KeyFixture.number("n", of: "one")))
        #expect(!public1.verifies(try other.sign(Array("mensagem".utf8)), of: Array("mensagem".utf8)))
        for bad in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            #expect(throws: CryptoError.notAKey) { try RSAPrivateKey(pem: bad) }
        }
    }
}
