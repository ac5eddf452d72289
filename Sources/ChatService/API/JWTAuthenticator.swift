import Support

/// JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 by a shared secret. The algorithm is fixed by the key: what the
/// token says of it is only checked.
package struct JWTAuthenticator: Authenticator {
    /// Tolerance for clocks that differ.
    static let leeway: Int64 = 30
    /// Values of the claims `role` or `roles` that make staff; everybody else is a student.
    private static let staffRoles: Set<String> = ["staff", "admin"]
    private static let longestToken = 8 << 10
    /// RFC 7518, section 3.2: a key of the hash's size or larger.
    private static let shortestSecret = 32

    private let secret: [UInt8]
    private let issuer: String
    private let audience: String
    private let time: any TimeSource

    /// - Throws: `WeakSecret`.
    package init(secret: String, issuer: String, audience: String, time: any TimeSource = SystemTime()) throws {
        guard secret.utf8.count >= Self.shortestSecret else { throw WeakSecret() }
        self.secret = Array(secret.utf8)
        self.issuer = issuer
        self.audience = audience
        self.time = time
    }

    package func authenticate(token: String?) async throws -> Principal {
        guard let token else { throw AuthenticationError(.missing) }
        let claims = try claims(in: token)
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
        return Principal(
            user: UserID(subject), expires: Timestamp(milliseconds: expires * 1000),
            isStaff: claims.roles.contains(where: Self.staffRoles.contains))
    }

    private func claims(in token: String) throws(AuthenticationError) -> TokenClaims {
        guard token.utf8.count <= Self.longestToken else { throw AuthenticationError(.malformed) }
        let bytes = Array(token.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(in: parts[0]), case .string(let algorithm)? = header["alg"],
            let signature = Base64URL.decode(parts[2])
        else { throw AuthenticationError(.malformed) }
        // `crit`: extensions that must be understood; there are none that we do.
        guard algorithm == "HS256", header["crit"] == nil else { throw AuthenticationError(.algorithm) }
        let expected = HMAC.sha256(Array(bytes[..<parts[1].endIndex]), key: secret)
        guard HMAC.equal(signature, expected) else { throw AuthenticationError(.signature) }
        guard let object = Self.object(in: parts[1]), let claims = try? TokenClaims(object) else {
            throw AuthenticationError(.malformed)
        }
        return claims
    }

    private static func object(in part: ArraySlice<UInt8>) -> [String: JSONValue]? {
        guard let bytes = Base64URL.decode(part), String(validating: bytes, as: UTF8.self) != nil,
            case .object(let object)? = try? JSONReader.value(in: bytes)
        else { return nil }
        return object
    }
}

package struct WeakSecret: ExplainedError {
    package let label = "weak_jwt_secret"
    package let description = "GEPETO_JWT_SECRET must have at least 32 bytes; make one with: openssl rand -base64 48"
}
