/// What this server must know again when the platform answers: sealed into `state`, so that nothing is kept for who only
/// knocks (RFC 6749, section 10.12; OpenID Connect core, section 3.2.2.1).
struct LaunchState: Codable, Sendable, Equatable {
    let issuer: String
    let clientID: String
    /// As far as the platform said it at the login.
    let deploymentID: String?
    let nonce: String
    /// The hash of what only this browser was given.
    let binding: String
    /// The frame of the platform that keeps what a browser does not let us keep (`lti_storage_target`).
    let storage: String?

    /// How long somebody may take to sign in at the platform.
    static let lasting = Duration.seconds(600)

    /// The end of the names under which the browser and the platform keep the binding.
    var tag: String { String(nonce.prefix(12)) }
    /// `__Host-`: set by this host alone, over TLS, for every path (RFC 6265bis, section 4.1.3.2).
    var cookie: String { "__Host-gepeto-lti-\(tag)" }
}
