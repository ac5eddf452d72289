import Support
import Testing

/// The vectors of RFC 7914, section 12, but the last, which needs a gigabyte.
@Suite struct ScryptTests {
    @Test(arguments: [
        (
            "", "", Scrypt(logN: 4, r: 1, p: 1),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", Scrypt(logN: 10, r: 8, p: 16),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", Scrypt(logN: 14, r: 8, p: 1),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func vectors(password: String, salt: String, scrypt: Scrypt, key: String) {
        #expect(scrypt.key(Array(password.utf8), salt: Array(salt.utf8), count: 64)?.hexadecimal == key)
    }

    @Test func senselessAndHugeParametersGiveNoKey() {
        for scrypt in [Scrypt(logN: 0, r: 8, p: 1), Scrypt(logN: 20, r: 8, p: 1), Scrypt(logN: 10, r: 0, p: 1)] {
            #expect(scrypt.key([1], salt: [2], count: 32) == nil)
        }
        #expect(Scrypt.standard.key([1], salt: [2], count: 0) == nil)
    }
}
