import CCrypto

/// HMAC-SHA-256 (RFC 2104) by libcrypto.
package enum HMAC {
    /// The 32 bytes of the code.
    package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 32
        CCrypto.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &count)
        return code
    }

    /// Whether two codes are equal, in a time that does not tell where they differ.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
