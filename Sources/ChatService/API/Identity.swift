import Support

/// What the routes about people lean on, beside memberships and the audit trail.
package struct Identity: Sendable {
    /// nil where nobody has an account here.
    package var accounts: AccountDesk?
    /// Whether an identity provider's tokens are good here too; then nobody makes themselves an account.
    package var hasOtherIssuer: Bool
    package var invitations: any Invitations
    package var erasure: any Erasure
    /// What the parts of the program keep of a person.
    package var personalData: [any PersonalData]
    package var notice: ServiceNotice
    package var proxies: TrustedProxies
    /// Under which clients reach the server, without a slash at the end; nil where that is not settled.
    package var publicURL: String?

    package init(
        accounts: AccountDesk? = nil, hasOtherIssuer: Bool = false, invitations: any Invitations,
        erasure: any Erasure,
        personalData: [any PersonalData] = [],
        notice: ServiceNotice = ServiceNotice(), proxies: TrustedProxies = TrustedProxies(), publicURL: String? = nil
    ) {
        self.accounts = accounts
        self.hasOtherIssuer = hasOtherIssuer
        self.invitations = invitations
        self.erasure = erasure
        self.personalData = personalData
        self.notice = notice
        self.proxies = proxies
        self.publicURL = publicURL
    }
}

/// What a person should know before they sign in.
package struct ServiceNotice: Encodable, Sendable {
    package enum Mode: String, Encodable, Sendable { case open, jwt }

    private enum CodingKeys: String, CodingKey { case mode, localAccounts, providers, retentionDays }

    let mode: Mode
    let localAccounts: Bool
    /// Whom a question may be sent to, in the order in which they are asked; without what answers on this machine.
    let providers: [String]
    /// Days after which a conversation that nobody used is deleted; nil for never.
    let retentionDays: Int?

    package init(
        mode: Mode = .open, localAccounts: Bool = false, providers: [String] = [], retentionDays: Int? = nil
    ) {
        self.mode = mode
        self.localAccounts = localAccounts
        self.providers = providers
        self.retentionDays = retentionDays
    }

    /// Also says that there is no end.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(mode, forKey: .mode)
        try container.encode(localAccounts, forKey: .localAccounts)
        try container.encode(providers, forKey: .providers)
        try container.encode(retentionDays, forKey: .retentionDays)
    }
}
