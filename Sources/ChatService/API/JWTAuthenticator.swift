import FoundationEssentials
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
        guard let expires = claims.exp.flatMap({ Int64(exactly: $0.rounded(.down)) }), expires > 0,
            expires < .max / 2000
        else { throw AuthenticationError(.expired) }
        guard now < expires + Self.leeway else { throw AuthenticationError(.expired) }
        if let notBefore = claims.nbf, Double(now + Self.leeway) < notBefore { throw AuthenticationError(.notYetValid) }
        guard claims.iss == issuer else { throw AuthenticationError(.issuer) }
        guard claims.aud?.names.contains(audience) == true else { throw AuthenticationError(.audience) }
        guard let subject = claims.sub, !subject.isEmpty, subject.utf8.count <= 255 else {
            throw AuthenticationError(.subject)
        }
        let roles = (claims.role?.names ?? []) + (claims.roles?.names ?? [])
        return Principal(
            user: UserID(subject), expires: Timestamp(milliseconds: expires * 1000),
            isStaff: roles.contains(where: Self.staffRoles.contains))
    }

    private func claims(in token: String) throws -> Claims {
        guard token.utf8.count <= Self.longestToken else { throw AuthenticationError(.malformed) }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let head = Self.decode(parts[0]), let body = Self.decode(parts[1]),
            let signature = Self.decode(parts[2]),
            let header = try? JSONDecoder().decode(Header.self, from: Data(head))
        else { throw AuthenticationError(.malformed) }
        guard header.alg == "HS256", header.crit == nil else { throw AuthenticationError(.algorithm) }
        let expected = HMAC.sha256(Array("\(parts[0]).\(parts[1])".utf8), key: secret)
        guard HMAC.equal(signature, expected) else { throw AuthenticationError(.signature) }
        guard let claims = try? JSONDecoder().decode(Claims.self, from: Data(body)) else {
            throw AuthenticationError(.malformed)
        }
        return claims
    }

    /// base64url without padding (RFC 7515, section 2).
    private static func decode(_ text: String) -> [UInt8]? {
        guard
            !text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=") }
            )
        else { return nil }
        var plain = text.replacing("-", with: "+").replacing("_", with: "/")
        plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain).map { [UInt8]($0) }
    }

    private struct Header: Decodable {
        let alg: String
        /// Extensions that must be understood; there are none that we do.
        let crit: [String]?
    }

    private struct Claims: Decodable {
        /// One name or several.
        struct Names: Decodable {
            let names: [String]

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                names = try (try? container.decode(String.self)).map { [$0] } ?? container.decode([String].self)
            }
        }

        let sub: String?
        let exp: Double?
        let nbf: Double?
        let iss: String?
        let aud: Names?
        let role: Names?
        let roles: Names?
    }
}

package struct WeakSecret: ExplainedError {
    package let label = "weak_jwt_secret"
    package let description = "GEPETO_JWT_SECRET must have at least 32 bytes; make one with: openssl rand -base64 48"
}
