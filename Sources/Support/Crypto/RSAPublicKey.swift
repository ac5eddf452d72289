import CCrypto

/// An RSA public key that checks RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).
package struct RSAPublicKey: Sendable {
    /// RFC 7518, section 3.3: 2048 bits or more. Beyond the upper bound one check would take a core for too long.
    package static let bits = 2_048...8_192

    private let key: CryptoKey

    /// - Parameters: both numbers big-endian.
    /// - Returns: nil when the modulus is outside of `bits` or the exponent is no odd number from 3 to 2³²−1.
    package init?(modulus: [UInt8], exponent: [UInt8]) {
        let (modulus, exponent) = (modulus.drop { $0 == 0 }, exponent.drop { $0 == 0 })
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard Self.bits.contains(bits), (1...4).contains(exponent.count), let last = exponent.last, last & 1 == 1,
            exponent.count > 1 || last >= 3
        else { return nil }
        guard let n = BN_bin2bn(Array(modulus), Int32(modulus.count), nil) else { return nil }
        defer { BN_free(n) }
        guard let e = BN_bin2bn(Array(exponent), Int32(exponent.count), nil) else { return nil }
        defer { BN_free(e) }
        let made = CryptoKey.makePublic("RSA") { builder in
            OSSL_PARAM_BLD_push_BN(builder, gepeto_param_rsa_n(), n) == 1
                && OSSL_PARAM_BLD_push_BN(builder, gepeto_param_rsa_e(), e) == 1
        }
        guard let made else { return nil }
        key = made
    }

    /// Whether `signature` is the key's own of `message`.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        key.verifies(signature, of: message)
    }
}
