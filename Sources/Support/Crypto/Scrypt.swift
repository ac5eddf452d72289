import CCrypto

/// scrypt (RFC 7914) by libcrypto: a key from a password, slow and with much memory on purpose.
package struct Scrypt: Sendable, Equatable {
    /// Binary logarithm of the cost N.
    package let logN: Int
    package let r: Int
    package let p: Int

    /// What OWASP's "Password Storage Cheat Sheet" recommends where 32 MiB a sign-in can be spared: N=2^15, r=8, p=3.
    package static let standard = Scrypt(logN: 15, r: 8, p: 3)

    /// More memory than this is never taken, whatever a stored hash asks for.
    private static let mostMemory: UInt64 = 64 << 20

    package init(logN: Int, r: Int, p: Int) {
        self.logN = logN
        self.r = r
        self.p = p
    }

    /// The key of `count` bytes. Blocks for long (about 0.2 s with `standard`): never on the cooperative pool.
    /// - Returns: nil for parameters that make no sense or need too much memory.
    package func key(_ password: [UInt8], salt: [UInt8], count: Int) -> [UInt8]? {
        guard (1...20).contains(logN), (1...64).contains(r), (1...64).contains(p), (1...1024).contains(count) else {
            return nil
        }
        var key = [UInt8](repeating: 0, count: count)
        let outcome = password.withUnsafeBytes { password in
            EVP_PBE_scrypt(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                UInt64(1) << logN, UInt64(r), UInt64(p), Self.mostMemory, &key, count)
        }
        return outcome == 1 ? key : nil
    }
}
