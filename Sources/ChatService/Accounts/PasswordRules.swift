import Support

/// What a password must be (NIST SP 800-63B, section 5.1.1.2: length counts, not kinds of characters).
package enum PasswordRules {
    /// Characters.
    static let shortest = 10
    /// Bytes; longer ones only make work.
    static let longest = 1_024

    /// Why `password` is not taken for `user`; nil when it is.
    package static func fault(_ password: String, for user: UserID) -> String? {
        if password.utf8.count > longest { return "A password has at most \(longest) bytes." }
        if password.unicodeScalars.count < shortest { return "A password has at least \(shortest) characters." }
        let plain = password.lowercased()
        if plain == user.name.lowercased() || plain.contains(user.name.lowercased()) && user.name.count >= shortest / 2
        {
            return "The password must not contain the user name."
        }
        if Set(plain.unicodeScalars).count < 4 { return "The password repeats too few characters." }
        return nil
    }
}

/// A password for once: 80 random bits in 16 letters and digits that are not taken for each other.
package enum TemporaryPassword {
    private static let letters = Array("abcdefghjkmnpqrstuvwxyz023456789")

    package static func make() -> String {
        let (high, low) = RandomIdentifier.makeBits()
        var text = ""
        for index in 0..<16 {
            if index > 0, index.isMultiple(of: 4) { text += "-" }
            let bits = (index < 8 ? high : low) >> (5 * UInt64(index % 8))
            text.append(letters[Int(bits & 31)])
        }
        return text
    }
}
