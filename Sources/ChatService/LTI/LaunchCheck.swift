import Support

/// Holds a platform's token against what was agreed with it (1EdTech Security Framework 1.0, section 5.1.3; LTI 1.3 core).
struct LaunchCheck: Sendable {
    /// Tolerance for clocks that differ.
    static let leeway = 60.0
    /// A token older than this is no answer to a login that lasts at most `LaunchState.lasting`.
    static let oldest = 900.0
    /// Platforms put names, groups and parameters in; bytes.
    private static let longestToken = 32 << 10
    /// Bytes of a subject (LTI 1.3 core, section 5.3.6.1) and of other ids.
    private static let longestID = 255

    let keys: KeySetCache
    let time: any TimeSource

    /// Reads the deployment that a token names, before anything of it is believed: it only says which registration the
    /// token is held against.
    static func deployment(in text: String) throws(LaunchRefusal) -> String {
        do {
            let token = try SignedToken(text, limit: longestToken)
            guard let id = try LaunchClaims(token.claims).deploymentID, !id.isEmpty else {
                throw LaunchRefusal(.deployment)
            }
            return id
        } catch let refusal as LaunchRefusal {
            throw refusal
        } catch {
            throw LaunchRefusal(.token)
        }
    }

    /// - Throws: `LaunchRefusal`.
    func claims(in text: String, of platform: PlatformRegistration, nonce: String) async throws(LaunchRefusal)
        -> LaunchClaims
    {
        guard let token = try? SignedToken(text, limit: Self.longestToken) else { throw LaunchRefusal(.token) }
        // RS256 by a named key and nothing else (section 5.1.2): what a token says of itself is only checked.
        guard token.algorithm == "RS256", !token.hasExtensions, let keyID = token.keyID else {
            throw LaunchRefusal(.signature)
        }
        guard let key = try await key(keyID, of: platform), key.verifies(token.signature, of: token.message) else {
            throw LaunchRefusal(.signature)
        }
        guard let claims = try? LaunchClaims(token.claims) else { throw LaunchRefusal(.token) }
        try check(claims, against: platform, nonce: nonce)
        return claims
    }

    private func key(_ id: String, of platform: PlatformRegistration) async throws(LaunchRefusal) -> JSONWebKey? {
        switch platform.keys {
        case .set(let text):
            guard let set = try? JSONWebKeySet(Array(text.utf8)) else { throw LaunchRefusal(.keys) }
            return set.key(id, .rs256)
        case .url(let url):
            do throws(KeySetError) {
                return try await keys.key(id, .rs256, at: url)
            } catch {
                throw LaunchRefusal(.keys)
            }
        }
    }

    private func check(_ claims: LaunchClaims, against platform: PlatformRegistration, nonce: String)
        throws(LaunchRefusal)
    {
        guard claims.issuer == platform.issuer else { throw LaunchRefusal(.issuer) }
        guard claims.audience.contains(platform.clientID) else { throw LaunchRefusal(.audience) }
        // OpenID Connect core, section 3.1.3.7: several audiences need an authorized party, and there it must be us.
        guard claims.authorizedParty ?? (claims.audience.count == 1 ? platform.clientID : nil) == platform.clientID
        else { throw LaunchRefusal(.audience) }
        let now = Double(time.now.seconds)
        guard let expires = claims.expires, now < expires + Self.leeway else { throw LaunchRefusal(.expired) }
        guard let issued = claims.issuedAt, issued <= now + Self.leeway, now - issued < Self.oldest else {
            throw LaunchRefusal(.expired)
        }
        guard claims.nonce == nonce else { throw LaunchRefusal(.nonce) }
        guard claims.deploymentID == platform.deploymentID else { throw LaunchRefusal(.deployment) }
        guard claims.version == "1.3.0" else { throw LaunchRefusal(.version) }
        guard let subject = claims.subject, !subject.isEmpty, subject.utf8.count <= Self.longestID else {
            throw LaunchRefusal(.anonymous)
        }
        switch claims.messageType {
        case "LtiResourceLinkRequest":
            guard claims.resourceLinkID?.isEmpty == false, claims.targetLink != nil else {
                throw LaunchRefusal(.malformed)
            }
        case "LtiDeepLinkingRequest":
            guard let settings = claims.deepLinking, let origin = WebOrigin(of: settings.returnURL),
                origin.isSecure || origin.isLoopback, settings.data?.utf8.count ?? 0 <= 6 << 10,
                settings.returnURL.utf8.count <= 2 << 10
            else { throw LaunchRefusal(.malformed) }
            guard settings.acceptsLinks else { throw LaunchRefusal(.items) }
        default: throw LaunchRefusal(.message)
        }
        guard let context = claims.context, !context.id.isEmpty, context.id.utf8.count <= Self.longestID else {
            throw LaunchRefusal(.context)
        }
    }
}
