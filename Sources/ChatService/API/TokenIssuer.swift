import Support

/// Signs the access tokens of this server: short-lived, so that nobody has to ask whether one was taken back.
package struct TokenIssuer: Sendable {
    /// Of the token of a sign-in (contract, section 1).
    package static let lifetime = Duration.seconds(15 * 60)

    private let secrets: SharedSecrets
    private let issuer: String
    private let audience: String
    private let time: any TimeSource

    package init(secrets: SharedSecrets, issuer: String, audience: String, time: any TimeSource = SystemTime()) {
        self.secrets = secrets
        self.issuer = issuer
        self.audience = audience
        self.time = time
    }

    /// A token that says what `principal` does, its end excepted.
    package func access(for principal: Principal, lasting: Duration = TokenIssuer.lifetime) -> String {
        let now = time.now
        let header = Header(alg: secrets.algorithm, kid: secrets.keyID)
        let claims = Claims(
            aud: audience, exp: (now + lasting).seconds, iat: now.seconds, iss: issuer,
            jti: RandomIdentifier.make(), sub: principal.user.name, name: principal.name,
            role: principal.standing.rawValue,
            courses: principal.claimed.isEmpty
                ? nil : Dictionary(uniqueKeysWithValues: principal.claimed.map { ($0.key.name, $0.value.rawValue) }),
            onlyCourses: principal.limitedTo.map { $0.map(\.name).sorted() }, sid: principal.session)
        let signed = Base64URL.encode(JSONText.bytes(header)) + "." + Base64URL.encode(JSONText.bytes(claims))
        return signed + "." + Base64URL.encode(secrets.sign(Array(signed.utf8)))
    }

    private struct Header: Encodable {
        let alg: String
        let kid: String
        var typ = "JWT"
    }

    /// Names as RFC 7519, section 4.1, and `TokenClaims` have them.
    private struct Claims: Encodable {
        let aud: String
        let exp: Int64
        let iat: Int64
        let iss: String
        let jti: String
        let sub: String
        let name: String?
        let role: String
        let courses: [String: String]?
        let onlyCourses: [String]?
        let sid: String?

        enum CodingKeys: String, CodingKey {
            case aud, exp, iat, iss, jti, sub, name, role, courses, sid
            case onlyCourses = "only_courses"
        }
    }
}
