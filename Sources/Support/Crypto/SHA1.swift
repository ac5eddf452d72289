import CCrypto

/// SHA-1, only where others demand it: the handshake of RFC 6455, section 4.2.2, and Redis's names of scripts. It protects
/// nothing there.
package enum SHA1 {
    /// The 20 bytes of the digest.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil)
        return digest
    }
}
