import Support

/// What is kept of a password: salt, parameters and scrypt's key, never the password.
package struct PasswordHash: Sendable, Equatable {
    private static let scheme = "scrypt"
    private static let saltLength = 16
    private static let keyLength = 32

    let scrypt: Scrypt
    private let salt: [UInt8]
    private let key: [UInt8]

    /// Hashes with a new salt. Blocks for long.
    package init?(of password: String, _ scrypt: Scrypt = .standard) {
        let (high, low) = RandomIdentifier.makeBits()
        let salt = [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        guard let key = scrypt.key(Self.bytes(password), salt: salt, count: Self.keyLength) else { return nil }
        self.scrypt = scrypt
        self.salt = salt
        self.key = key
    }

    /// Whether the password is the one. Blocks for long; takes the same time for a wrong one.
    package func matches(_ password: String) -> Bool {
        guard let key = scrypt.key(Self.bytes(password), salt: salt, count: key.count) else { return false }
        return HMAC.equal(key, self.key)
    }

    /// The same letters are the same password, however a keyboard spells them.
    private static func bytes(_ password: String) -> [UInt8] { Array(password.precomposed.utf8) }

    // MARK: - As text

    /// As `scrypt:15:8:3:<salt>:<key>`, the last two in hexadecimal digits.
    package var text: String {
        "\(Self.scheme):\(scrypt.logN):\(scrypt.r):\(scrypt.p):\(salt.hexadecimal):\(key.hexadecimal)"
    }

    /// nil for what is no hash.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.dropFirst().prefix(3).compactMap { Int($0) }
        guard parts.count == 6, parts[0] == Self.scheme, numbers.count == 3, let salt = Self.bytes(hex: parts[4]),
            let key = Self.bytes(hex: parts[5]), salt.count == Self.saltLength, key.count == Self.keyLength
        else { return nil }
        scrypt = Scrypt(logN: numbers[0], r: numbers[1], p: numbers[2])
        self.salt = salt
        self.key = key
    }

    private static func bytes(hex: Substring) -> [UInt8]? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
