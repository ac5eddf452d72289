import Support

/// JSON Web Tokens (RFC 7519): those of this server and of whoever shares its keys.
package struct JWTAuthenticator: Authenticator {
    /// Tolerance for clocks that differ.
    static let leeway: Int64 = 30
    private static let longestToken = 8 << 10

    private let keys: [any TokenKeys]
    private let issuer: String
    private let audience: String
    private let revoked: RevokedTokens?
    private let time: any TimeSource

    /// - Parameters:
    ///   - keys: at most one kind for each algorithm.
    ///   - revoked: tokens that are refused before their end.
    package init(
        keys: [any TokenKeys], issuer: String, audience: String, revoked: RevokedTokens? = nil,
        time: any TimeSource = SystemTime()
    ) {
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
        self.revoked = revoked
        self.time = time
    }

    /// With one shared secret.
    /// - Throws: `WeakSecret`.
    package init(secret: String, issuer: String, audience: String, time: any TimeSource = SystemTime()) throws {
        self.init(keys: [try SharedSecrets(signing: secret)], issuer: issuer, audience: audience, time: time)
    }

    package func authenticate(token: String?) async throws -> Principal {
        guard let token else { throw AuthenticationError(.missing) }
        let claims = try await claims(in: token)
        let now = time.now.seconds
        guard let expires = claims.expires.flatMap({ Int64(exactly: $0.rounded(.down)) }), expires > 0,
            expires < .max / 2000
        else { throw AuthenticationError(.expired) }
        guard now < expires + Self.leeway else { throw AuthenticationError(.expired) }
        if let notBefore = claims.notBefore, Double(now + Self.leeway) < notBefore {
            throw AuthenticationError(.notYetValid)
        }
        guard claims.issuer == issuer else { throw AuthenticationError(.issuer) }
        guard claims.audience.contains(audience) else { throw AuthenticationError(.audience) }
        guard let subject = claims.subject, !subject.isEmpty, subject.utf8.count <= 255 else {
            throw AuthenticationError(.subject)
        }
        if let session = claims.session,
            revoked?.isRevoked(session: session, of: UserID(subject), issuedAt: claims.issuedAt) == true
        {
            throw AuthenticationError(.revoked)
        }
        return Principal(
            user: UserID(subject), name: claims.name, expires: Timestamp(milliseconds: expires * 1000),
            standing: claims.standing, claimed: claims.courses, limitedTo: claims.limit, session: claims.session)
    }

    private func claims(in text: String) async throws -> TokenClaims {
        guard let token = try? SignedToken(text, limit: Self.longestToken) else {
            throw AuthenticationError(.malformed)
        }
        guard !token.hasExtensions, let keys = keys.first(where: { $0.algorithm == token.algorithm }) else {
            throw AuthenticationError(.algorithm)
        }
        guard try await keys.verifies(token.signature, of: token.message, keyID: token.keyID) else {
            throw AuthenticationError(.signature)
        }
        guard let claims = try? TokenClaims(token.claims) else { throw AuthenticationError(.malformed) }
        return claims
    }
}
