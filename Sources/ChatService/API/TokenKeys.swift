import Support

/// The keys of one kind that tokens may be signed with. The kind fixes the algorithm: what a token says of it only chooses
/// among the keys there are, so that no key is ever used for another algorithm than its own.
package protocol TokenKeys: Sendable {
    /// The value of `alg` (RFC 7518, section 3.1).
    var algorithm: String { get }
    /// Whether one of the keys made the signature.
    /// - Parameters:
    ///   - signed: header and claims as they stand in the token, with the dot between them.
    ///   - keyID: what the token says in `kid`.
    func verifies(_ signature: [UInt8], of signed: [UInt8], keyID: String?) async throws -> Bool
}

/// Shared secrets for HMAC-SHA-256: the one that signs, and those before it whose tokens are still good.
package struct SharedSecrets: TokenKeys {
    package static let algorithm = "HS256"
    /// RFC 7518, section 3.2: a key of the hash's size or larger.
    private static let shortest = 32
    /// Secrets that are still accepted.
    private static let mostFormer = 4

    package var algorithm: String { Self.algorithm }
    private let secrets: [(keyID: String, secret: [UInt8])]

    /// - Throws: `WeakSecret` for one that is too short, `TooManySecrets`.
    package init(signing: String, former: [String] = []) throws {
        guard former.count <= Self.mostFormer else { throw TooManySecrets() }
        secrets = try ([signing] + former).map { secret in
            guard secret.utf8.count >= Self.shortest else { throw WeakSecret() }
            let bytes = Array(secret.utf8)
            return (HMAC.sha256(Array("gepeto key id".utf8), key: bytes).prefix(8).hexadecimal, bytes)
        }
    }

    /// Of the one that signs.
    var keyID: String { secrets[0].keyID }

    func sign(_ message: [UInt8]) -> [UInt8] { HMAC.sha256(message, key: secrets[0].secret) }

    /// A token that names one of the keys is held against that one; any other, for issuers name keys as they like, against
    /// all.
    package func verifies(_ signature: [UInt8], of signed: [UInt8], keyID: String?) -> Bool {
        let named = secrets.filter { $0.keyID == keyID }
        return (named.isEmpty ? secrets : named).contains { key in
            HMAC.equal(signature, HMAC.sha256(signed, key: key.secret))
        }
    }
}

package struct WeakSecret: ExplainedError {
    package let label = "weak_jwt_secret"
    package let description =
        "GEPETO_JWT_SECRET and each of GEPETO_JWT_OLD_SECRETS must have at least 32 bytes; make one with: openssl rand -base64 48"
}

package struct TooManySecrets: ExplainedError {
    package let label = "too_many_jwt_secrets"
    package let description = "GEPETO_JWT_OLD_SECRETS takes at most 4 secrets; drop those whose tokens have ended."
}
