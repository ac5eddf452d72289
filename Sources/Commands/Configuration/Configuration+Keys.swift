import ChatService
import Support

/// The settings that say whose signatures are believed.
extension Configuration {
    /// Of tokens: our own secret, the provider's key set, or both.
    func tokenKeys(_ keySets: KeySetCache) throws -> [any TokenKeys] {
        var keys: [any TokenKeys] = []
        if let secret = text("GEPETO_JWT_SECRET") { keys.append(try SharedSecrets(signing: secret)) }
        if let url = text("GEPETO_JWKS_URL") {
            keys += [
                IssuerKeys(.rs256, at: url, cache: keySets), IssuerKeys(.es256, at: url, cache: keySets),
            ]
        }
        return keys
    }

    /// For learning platforms, which need tokens of ours and an address they know; nil where either is missing.
    func lti(_ registrations: any PlatformRegistrations, _ keySets: KeySetCache) throws -> LTISettings? {
        guard text("GEPETO_AUTH") == "jwt", let secret = text("GEPETO_JWT_SECRET"),
            let publicURL = text("GEPETO_PUBLIC_URL")
        else { return nil }
        let tokens = TokenIssuer(
            secrets: try SharedSecrets(signing: secret), issuer: text("GEPETO_JWT_ISSUER") ?? "",
            audience: text("GEPETO_JWT_AUDIENCE") ?? "")
        let page = WebPage(self)
        return LTISettings(
            registrations: registrations, keys: keySets, publicURL: publicURL, secret: Array(secret.utf8),
            tokens: tokens, page: { await page.html() })
    }
}
