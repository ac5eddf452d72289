import Support
import WebServer

extension LTITool {
    /// `GET, POST /api/lti/login`: somebody clicked in a platform (Security Framework, section 5.1.1.1). Sends the browser
    /// to the platform's authorization endpoint, where it is known who that is.
    /// - Throws: `LaunchRefusal`.
    func login(_ fields: FormFields, _ language: PageLanguage) async throws -> HTTPResponse {
        guard let issuer = fields.one("iss"), let hint = fields.one("login_hint"),
            let target = fields.one("target_link_uri"), hint.utf8.count <= Self.longestHint
        else { throw LaunchRefusal(.malformed) }
        let platform = try await platform(
            issuer: issuer, clientID: fields.one("client_id"), deployment: fields.one("lti_deployment_id"))
        guard isOurs(target) else { throw LaunchRefusal(.target) }

        let binding = RandomIdentifier.make()
        let state = LaunchState(
            issuer: issuer, clientID: platform.clientID, deploymentID: fields.one("lti_deployment_id"),
            nonce: RandomIdentifier.make(), binding: SHA256.hex(binding.utf8),
            storage: fields.one("lti_storage_target").flatMap { Self.isFrameName($0) ? $0 : nil })
        let next = authorization(platform, state, hint: hint, messageHint: fields.one("lti_message_hint"))
        var response: HTTPResponse
        if let frame = state.storage {
            // Where cookies are blocked, the platform keeps the binding for us.
            let message = PlatformStorage(frame: frame, of: platform, key: state.cookie)
            response = LaunchPage.store(binding, message, next: next, frames: platform.frames, language)
        } else {
            response = HTTPResponse(status: 302, headers: ["location": next])
        }
        response.headers["cache-control"] = "no-store"
        response.headers["set-cookie"] = Self.cookie(
            state.cookie, binding, age: LaunchState.lasting.milliseconds / 1_000)
        return response
    }

    private static let longestHint = 4_096

    /// To be sent also from within a frame of another site, and kept apart for each of those (CHIPS).
    static func cookie(_ name: String, _ value: String, age: Int64) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(age); Secure; HttpOnly; SameSite=None; Partitioned"
    }

    /// The registration a login is for. Several deployments of one client share everything that a login needs.
    private func platform(
        issuer: String, clientID: String?, deployment: String?
    ) async throws -> PlatformRegistration {
        let known = try await registrations.registrations(issuer: issuer, clientID: clientID)
        guard let first = known.first else { throw LaunchRefusal(.registration) }
        // One issuer with several clients says which one it means.
        guard known.allSatisfy({ $0.clientID == first.clientID }) else { throw LaunchRefusal(.malformed) }
        guard let deployment else { return first }
        guard let exact = known.first(where: { $0.deploymentID == deployment }) else {
            throw LaunchRefusal(.deployment)
        }
        return exact
    }

    /// Whether an address is one of this server.
    func isOurs(_ address: String) -> Bool {
        WebOrigin(of: address).map { $0 == WebOrigin(of: settings.publicURL) } ?? false
    }

    /// A name that a frame may have, and nothing else.
    private static func isFrameName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isTokenLetter || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private func authorization(
        _ platform: PlatformRegistration, _ state: LaunchState, hint: String, messageHint: String?
    ) -> String {
        var fields = [
            ("scope", "openid"), ("response_type", "id_token"), ("response_mode", "form_post"), ("prompt", "none"),
            ("client_id", platform.clientID), ("redirect_uri", launchAddress), ("login_hint", hint),
            ("state", seal.seal(state, for: .state, lasting: LaunchState.lasting)), ("nonce", state.nonce),
        ]
        if let messageHint { fields.append(("lti_message_hint", String(messageHint.prefix(Self.longestHint)))) }
        let query = fields.map { "\($0)=\(FormFields.encode($1))" }.joined(separator: "&")
        return platform.authorizationURL + (platform.authorizationURL.contains("?") ? "&" : "?") + query
    }
}

extension UInt8 {
    /// A letter, a digit or `_`.
    fileprivate var isTokenLetter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension PlatformRegistration {
    /// The pages that may show ours in a frame: a value of `frame-ancestors`.
    var frames: String {
        let all = [issuer, authorizationURL].compactMap { WebOrigin(of: $0)?.text } + origins
        return all.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: " ")
    }
}
