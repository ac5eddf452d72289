import ChatAdapters
import ChatService
import LLM
import Support

/// Who may sign in, and how: the settings as the rooms' own values.
extension Configuration {
    var directoryPath: String { data + "/" + SQLiteDirectory.fileName }

    var isOpen: Bool { text("GEPETO_AUTH") == "open" }

    var retention: Duration? {
        let days = integer("GEPETO_RETENTION_DAYS")
        return days == 0 ? nil : .seconds(days * 24 * 3600)
    }

    func secrets() throws -> SharedSecrets {
        let former = text("GEPETO_JWT_OLD_SECRETS") ?? ""
        return try SharedSecrets(
            signing: text("GEPETO_JWT_SECRET") ?? "", former: former.split(separator: " ").map(String.init))
    }

    /// - Parameter revoked: the tokens that the account desk takes back.
    func authenticator(_ keySets: KeySetCache, revoked: RevokedTokens? = nil) throws -> any Authenticator {
        guard !isOpen else { return OpenAuthenticator() }
        return JWTAuthenticator(
            keys: try tokenKeys(keySets), issuer: text("GEPETO_JWT_ISSUER") ?? "",
            audience: text("GEPETO_JWT_AUDIENCE") ?? "",
            revoked: revoked)
    }

    /// Signs access tokens; nil in `open` mode, and where all tokens come from elsewhere.
    func tokenIssuer() throws -> TokenIssuer? {
        guard !isOpen, text("GEPETO_JWT_SECRET") != nil else { return nil }
        return TokenIssuer(
            secrets: try secrets(), issuer: text("GEPETO_JWT_ISSUER") ?? "",
            audience: text("GEPETO_JWT_AUDIENCE") ?? "")
    }

    /// The providers to whom a question leaves this machine.
    func strangers() throws -> [String] {
        try providers().filter { name in
            name != "extractive" && !ModelProvider(named: name).isHere(baseURL: provider(name, "BASE_URL"))
        }
    }

    /// What the routes about people lean on.
    func identity(_ stores: Stores, revoked: RevokedTokens) throws -> Identity {
        var desk: AccountDesk?
        if text("GEPETO_LOCAL_ACCOUNTS") == "on", let issuer = try tokenIssuer() {
            desk = AccountDesk(accounts: stores.people, signIns: stores.people, issuer: issuer, revoked: revoked)
        }
        let days = integer("GEPETO_RETENTION_DAYS")
        var url = text("GEPETO_PUBLIC_URL")
        while url?.hasSuffix("/") == true { url?.removeLast() }
        return Identity(
            accounts: desk, hasOtherIssuer: text("GEPETO_JWKS_URL") != nil, invitations: stores.people,
            erasure: stores.chat, personalData: stores.personalData,
            notice: ServiceNotice(
                mode: isOpen ? .open : .jwt, localAccounts: desk != nil,
                providers: try strangers(), retentionDays: days == 0 ? nil : days),
            proxies: try TrustedProxies(text("GEPETO_TRUSTED_PROXIES") ?? ""), publicURL: url)
    }
}
