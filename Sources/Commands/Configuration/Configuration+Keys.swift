import ChatService
import Support

/// The settings that say whose signatures are believed.
extension Configuration {
    /// Of tokens: our own secret, the provider's key set, or both.
    func tokenKeys(_ keySets: KeySetCache) throws -> [any TokenKeys] {
        var keys: [any TokenKeys] = []
        if text("GEPETO_JWT_SECRET") != nil { keys.append(try secrets()) }
        if let url = text("GEPETO_JWKS_URL") {
            keys += [
                IssuerKeys(.rs256, at: url, cache: keySets), IssuerKeys(.es256, at: url, cache: keySets),
            ]
        }
        return keys
    }

    /// For learning platforms, which need tokens of ours and an address they know; nil where either is missing.
    func lti(_ registrations: any PlatformRegistrations, _ keySets: KeySetCache) throws -> LTISettings? {
        guard let tokens = try tokenIssuer(), let secret = text("GEPETO_JWT_SECRET"),
            let publicURL = text("GEPETO_PUBLIC_URL")
        else { return nil }
        let page = WebPage(self)
        return LTISettings(
            registrations: registrations, keys: keySets, publicURL: publicURL, secret: Array(secret.utf8),
            tokens: tokens, page: { await page.html() })
    }
}
