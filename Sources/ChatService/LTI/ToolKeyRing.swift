import Support

/// This server's own keys towards platforms: made at the first use, two of them published while one follows the other.
struct ToolKeyRing: Sendable {
    /// How long a key is published before anything is signed with it, so that platforms have read it.
    static let lead = Duration.seconds(3_600)
    private static let work = BlockingQueue(label: "lti.keys")

    let registrations: any PlatformRegistrations
    let time: any TimeSource

    private struct PublicKey: Encodable {
        let kty = "RSA"
        let use = "sig"
        let alg = "RS256"
        let kid: String
        let n: String
        let e: String
    }

    /// The key set for `/api/lti/jwks` (RFC 7517).
    func published() async throws -> [UInt8] {
        let keys = try await keys().map { key in
            let pair = try RSAPrivateKey(pem: key.pem)
            return PublicKey(kid: key.id, n: Base64URL.encode(pair.modulus), e: Base64URL.encode(pair.exponent))
        }
        return JSONText.bytes(["keys": keys])
    }

    /// A token with these claims (RFC 7515, section 7.1), signed by the newest key that platforms had time to read.
    func sign(_ claims: some Encodable) async throws -> String {
        let keys = try await keys()
        guard let key = keys.first(where: { time.now - $0.createdAt >= Self.lead }) ?? keys.last else {
            throw CryptoError.noKey
        }
        let header = Base64URL.encode(JSONText.bytes(["alg": "RS256", "kid": key.id, "typ": "JWT"]))
        let message = header + "." + Base64URL.encode(JSONText.bytes(claims))
        let signature = try RSAPrivateKey(pem: key.pem).sign(Array(message.utf8))
        return message + "." + Base64URL.encode(signature)
    }

    /// Publishes a new key; the one before stays published.
    func rotate() async throws -> [ToolKey] { try await registrations.add(try await make(), onlyIfFirst: false) }

    private func keys() async throws -> [ToolKey] {
        let known = try await registrations.toolKeys()
        return known.isEmpty ? try await registrations.add(try await make(), onlyIfFirst: true) : known
    }

    private func make() async throws -> ToolKey {
        let now = time.now
        return try await Self.work.run {
            ToolKey(id: RandomIdentifier.make(at: now), pem: try RSAPrivateKey.generate().pem(), createdAt: now)
        }
    }
}

/// What `gepeto lti rotate` does.
package enum ToolKeyRotation {
    /// Publishes a new key beside the one before.
    /// - Returns: the ids of the keys published now, the newest first.
    package static func run(
        _ registrations: any PlatformRegistrations, time: any TimeSource = SystemTime()
    ) async throws -> [String] {
        try await ToolKeyRing(registrations: registrations, time: time).rotate().map(\.id)
    }
}
