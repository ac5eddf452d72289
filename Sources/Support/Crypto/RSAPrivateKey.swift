import CCrypto

/// An RSA key that signs RS256 (RFC 7518, section 3.3).
package struct RSAPrivateKey: Sendable {
    private let key: CryptoKey
    /// Big-endian without leading zeros.
    package let modulus: [UInt8]
    package let exponent: [UInt8]

    private init?(_ key: CryptoKey) {
        guard let modulus = key.number(gepeto_param_rsa_n()), let exponent = key.number(gepeto_param_rsa_e()) else {
            return nil
        }
        (self.key, self.modulus, self.exponent) = (key, modulus, exponent)
    }

    /// A new key of 2048 bits. Takes some hundred milliseconds of a core.
    /// - Throws: `CryptoError` when libcrypto has no random numbers or no memory.
    package static func generate() throws(CryptoError) -> RSAPrivateKey {
        defer { ERR_clear_error() }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { throw .noKey }
        defer { EVP_PKEY_CTX_free(context) }
        var pointer: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2_048) == 1,
            EVP_PKEY_generate(context, &pointer) == 1, let pointer,
            let key = RSAPrivateKey(CryptoKey(owning: pointer))
        else { throw .noKey }
        return key
    }

    /// Of a private key in PEM (PKCS #8, not encrypted).
    /// - Throws: `CryptoError` for anything else.
    package init(pem: String) throws(CryptoError) {
        defer { ERR_clear_error() }
        var bytes = Array(pem.utf8)
        guard let source = BIO_new_mem_buf(&bytes, Int32(bytes.count)) else { throw .notAKey }
        defer { BIO_free(source) }
        // A password is never asked for: the callback that would is told of an empty one.
        guard let pointer = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in 0 }, nil) else { throw .notAKey }
        let key = CryptoKey(owning: pointer)
        guard EVP_PKEY_is_a(pointer, "RSA") == 1, let made = RSAPrivateKey(key) else { throw .notAKey }
        self = made
    }

    /// In PEM (PKCS #8, not encrypted): a secret.
    package func pem() throws(CryptoError) -> String {
        guard let target = BIO_new(BIO_s_mem()) else { throw .noKey }
        defer { BIO_free(target) }
        guard PEM_write_bio_PrivateKey(target, key.pointer, nil, nil, 0, nil, nil) == 1 else { throw .noKey }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = BIO_read(target, &bytes, Int32(bytes.count))
        guard count > 0 else { throw .noKey }
        return String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
    }

    /// The RS256 signature of `message`.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let signature = key.sign(message) else { throw .noSignature }
        return signature
    }

    package var publicKey: RSAPublicKey? { RSAPublicKey(modulus: modulus, exponent: exponent) }
}

/// Why libcrypto did not do what it was asked for.
package enum CryptoError: String, ExplainedError {
    case noKey = "crypto_no_key"
    case notAKey = "crypto_not_a_key"
    case noSignature = "crypto_no_signature"

    package var label: String { rawValue }

    package var description: String {
        switch self {
        case .noKey: "No key could be made: the installed OpenSSL is broken or has no random numbers."
        case .notAKey: "This is no unencrypted RSA private key in PEM."
        case .noSignature: "The key could not sign: the installed OpenSSL is broken."
        }
    }
}
