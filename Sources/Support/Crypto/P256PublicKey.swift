import CCrypto

/// A public key on the curve P-256 that checks ES256: ECDSA with SHA-256 (RFC 7518, section 3.4).
package struct P256PublicKey: Sendable {
    private let key: CryptoKey

    /// - Parameters: the coordinates, 32 bytes each, big-endian.
    /// - Returns: nil when they are no point of the curve.
    package init?(x: [UInt8], y: [UInt8]) {
        guard x.count == 32, y.count == 32 else { return nil }
        // SEC 1, section 2.3.3: uncompressed.
        let point = [4] + x + y
        let made = point.withUnsafeBufferPointer { point in
            // The builder keeps only where the texts and bytes are.
            CryptoKey.makePublic("EC") { builder in
                OSSL_PARAM_BLD_push_utf8_string(builder, gepeto_param_group(), gepeto_group_p256(), 0) == 1
                    && OSSL_PARAM_BLD_push_octet_string(builder, gepeto_param_public(), point.baseAddress, point.count)
                        == 1
            }
        }
        guard let made else { return nil }
        key = made
    }

    /// Whether `signature`, the two numbers R and S of 32 bytes each, is the key's own of `message`.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == 64, let form = Self.derEncoded(signature) else { return false }
        return key.verifies(form, of: message)
    }

    /// libcrypto wants the two numbers in DER.
    private static func derEncoded(_ signature: [UInt8]) -> [UInt8]? {
        guard let pair = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(pair) }
        let (r, s) = (BN_bin2bn(Array(signature[..<32]), 32, nil), BN_bin2bn(Array(signature[32...]), 32, nil))
        // Takes both numbers over when it succeeds.
        guard ECDSA_SIG_set0(pair, r, s) == 1 else {
            BN_free(r)
            BN_free(s)
            return nil
        }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_ECDSA_SIG(pair, &bytes)
        guard count > 0, let start = bytes else { return nil }
        defer { CRYPTO_free(start, nil, 0) }
        return Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }
}
