import Support
import TestSupport
import Testing

@testable import ChatService

@Suite struct LaunchCheckTests {
    private struct NoSource: KeySetSource {
        func read(_ url: String) async throws -> [UInt8] { throw KeySetError.unreachable }
    }

    private let time = ManualTime()
    private let platform: PlatformSimulator
    private let check: LaunchCheck

    init() throws {
        platform = try PlatformSimulator(time: time)
        check = LaunchCheck(keys: KeySetCache(source: NoSource(), time: time), time: time)
    }

    private func cause(_ token: String, of registration: PlatformRegistration? = nil) async throws
        -> LaunchRefusal.Cause?
    {
        do {
            _ = try await check.claims(in: token, of: registration ?? platform.registration(), nonce: "n-1")
            return nil
        } catch {
            return (error as? LaunchRefusal)?.cause
        }
    }

    @Test("A good launch says who came, as what, and from which course")
    func good() async throws {
        let token = try platform.sign(platform.claims(nonce: "n-1"))
        let claims = try await check.claims(in: token, of: platform.registration(), nonce: "n-1")
        #expect(claims.subject == "u-1" && claims.name == "Ana Souza" && claims.resourceLinkID == "link-1")
        #expect(claims.context == LaunchClaims.Context(id: "ctx-1", title: "Algoritmos & <Dados>"))
        #expect(LaunchRole.of(claims.roles) == .student)
        #expect(try LaunchCheck.deployment(in: token) == "1")
        let wish = try await check.claims(
            in: platform.sign(platform.wish(nonce: "n-1")), of: platform.registration(), nonce: "n-1")
        #expect(wish.deepLinking?.data == "opaque \"data\" & more" && wish.deepLinking?.acceptsLinks == true)
    }

    @Test("Whatever is changed in a good launch, it is refused for that")
    func changed() async throws {
        let now = time.now.seconds
        let lti = platform.claim
        let cases: [(String, Any?, LaunchRefusal.Cause)] = [
            ("iss", "https://evil.example", .issuer), ("iss", nil, .issuer), ("iss", 7, .token),
            ("aud", "client-2", .audience), ("aud", nil, .audience), ("aud", ["client-1", "client-2"], .audience),
            ("azp", "client-2", .audience), ("nonce", "n-2", .nonce), ("nonce", nil, .nonce),
            ("exp", now - 61, .expired), ("exp", nil, .expired), ("exp", "soon", .token),
            ("iat", now + 61, .expired), ("iat", now - 901, .expired), ("iat", nil, .expired),
            (lti("deployment_id"), "2", .deployment), (lti("deployment_id"), nil, .deployment),
            (lti("version"), "1.1", .version), (lti("version"), nil, .version),
            (lti("message_type"), "LtiSubmissionReviewRequest", .message), (lti("message_type"), nil, .message),
            ("sub", nil, .anonymous), ("sub", "", .anonymous), ("sub", String(repeating: "a", count: 256), .anonymous),
            (lti("resource_link"), nil, .malformed), (lti("resource_link"), ["id": ""], .malformed),
            (lti("target_link_uri"), nil, .malformed),
            (lti("context"), nil, .context), (lti("context"), ["id": String(repeating: "a", count: 256)], .context),
            (lti("roles"), [7], .token),
        ]
        for (name, value, cause) in cases {
            var claims = platform.claims(nonce: "n-1")
            claims[name] = value
            #expect(try await self.cause(platform.sign(claims)) == cause, "\(name) \(String(describing: value))")
        }
        for (name, value) in [("aud", ["client-1"] as Any), ("azp", "client-1"), ("exp", now - 59), ("iat", now + 59)] {
            var claims = platform.claims(nonce: "n-1")
            claims[name] = value
            #expect(try await self.cause(platform.sign(claims)) == nil, "\(name)")
        }
        var both = platform.claims(nonce: "n-1")
        both["aud"] = ["client-1", "client-2"]
        both["azp"] = "client-1"
        #expect(try await cause(platform.sign(both)) == nil)
    }

    @Test("Deep linking: only links, sent back to an address that can be one")
    func deepLinking() async throws {
        let name = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
        let cases: [(Any?, LaunchRefusal.Cause)] = [
            (nil, .malformed), (["accept_types": ["ltiResourceLink"]], .malformed),
            (["deep_link_return_url": "javascript:alert(1)", "accept_types": ["ltiResourceLink"]], .malformed),
            (["deep_link_return_url": "http://moodle.example/x", "accept_types": ["ltiResourceLink"]], .malformed),
            (["deep_link_return_url": "https://m.example/\"x", "accept_types": ["ltiResourceLink"]], .malformed),
            (["deep_link_return_url": "https://moodle.example/x", "accept_types": ["file"]], .items),
        ]
        for (settings, cause) in cases {
            var claims = platform.wish(nonce: "n-1")
            claims[name] = settings
            #expect(try await self.cause(platform.sign(claims)) == cause, "\(String(describing: settings))")
        }
    }

    @Test("Only RS256 by a key that the platform names and has")
    func signatures() async throws {
        let claims = platform.claims(nonce: "n-1")
        let good = try platform.sign(claims)
        let parts = good.split(separator: ".").map(String.init)
        let stranger = try RSAPrivateKey.generate()
        let two = try RSAPrivateKey(pem: KeyFixture.read().private["two"] ?? "")
        func header(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }
        var forged = claims
        forged["sub"] = "u-2"
        let swapped = try platform.sign(forged).split(separator: ".").map(String.init)[1]
        let hmac = { (secret: [UInt8]) in
            let message = header(#"{"alg":"HS256","kid":"one"}"#) + "." + parts[1]
            return message + "." + Base64URL.encode(HMAC.sha256(Array(message.utf8), key: secret))
        }
        let cases: [(String, LaunchRefusal.Cause)] = [
            ("", .token), ("a.b.c", .token), ("\(parts[0]).\(parts[1])", .token), (good + ".x", .token),
            (String(repeating: "a", count: 40_000), .token),
            ("\(header(#"{"alg":"none","kid":"one"}"#)).\(parts[1]).", .signature),
            ("\(parts[0]).\(parts[1]).", .signature), ("\(parts[0]).\(swapped).\(parts[2])", .signature),
            (hmac([]), .signature), (hmac(platform.key.modulus), .signature),
            (try platform.sign(claims, by: stranger), .signature), (try platform.sign(claims, by: two), .signature),
            (try platform.sign(claims, header: ["alg": "RS256"]), .signature),
            (try platform.sign(claims, header: ["alg": "RS256", "kid": "stranger"]), .signature),
            (try platform.sign(claims, header: ["alg": "RS256", "kid": "curve"]), .signature),
            (try platform.sign(claims, header: ["alg": "RS512", "kid": "one"]), .signature),
            (try platform.sign(claims, header: ["alg": "RS256", "kid": "one", "crit": ["x"]]), .signature),
            (try platform.sign(claims, header: ["alg": "RS256", "kid": 1]), .token),
        ]
        for (token, cause) in cases {
            #expect(try await self.cause(token) == cause, "\(token.prefix(60))")
        }
        #expect(try await cause(try platform.sign(claims, header: ["alg": "RS256", "kid": "two"], by: two)) == nil)
        let down = try platform.registration(keys: .url("https://moodle.example/certs"))
        #expect(try await cause(good, of: down) == .keys)
    }

    @Test("Every refusal has a sentence in both languages, and its status")
    func sentences() {
        for cause in LaunchRefusal.Cause.allCases {
            let refusal = LaunchRefusal(cause)
            #expect((400..<600).contains(refusal.status))
            #expect(refusal.text(.portuguese) != refusal.text(.english) && refusal.text(.english).hasSuffix("."))
        }
        #expect(PageLanguage(locale: "pt_BR", accepted: nil) == .portuguese)
        #expect(PageLanguage(locale: nil, accepted: "pt-PT,pt;q=0.9,en;q=0.5") == .portuguese)
        #expect(PageLanguage(locale: "en_US", accepted: "pt") == .english)
        #expect(PageLanguage(locale: nil, accepted: nil) == .english)
    }

    @Test("A registration is checked as it is typed")
    func drafts() throws {
        func fault(_ change: (inout RegistrationDraft) -> Void) -> String? {
            var draft = RegistrationDraft()
            draft.issuer = "https://moodle.example"
            draft.clientID = "c"
            draft.deploymentID = "1"
            draft.authorizationURL = "https://moodle.example/auth"
            draft.keysURL = "https://moodle.example/certs"
            change(&draft)
            do {
                _ = try draft.checked(id: "r", at: time.now)
                return nil
            } catch {
                return (error as? RegistrationDraft.Fault)?.field ?? "other"
            }
        }
        #expect(fault { _ in } == nil)
        #expect(fault { $0.issuer = "" } == "issuer")
        #expect(fault { $0.clientID = " " } == "clientId")
        #expect(fault { $0.deploymentID = String(repeating: "a", count: 513) } == "deploymentId")
        for bad in [
            "", "http://moodle.example/auth", "moodle.example", "https://m.example/a b", "https://u@m.example/",
            "https://m.example/#x", "https://m.example/'x", "javascript:alert(1)", "https://",
        ] { #expect(fault { $0.authorizationURL = bad } == "authorizationUrl", "\(bad)") }
        #expect(fault { $0.authorizationURL = "http://127.0.0.1:9/auth" } == nil)
        #expect(fault { $0.keysURL = "http://127.0.0.1:9/certs" } == "keysUrl")
        #expect(fault { $0.keysURL = nil } == "keysUrl")
        #expect(fault { $0.keySet = "{}" } == "keysUrl")
        #expect(fault { ($0.keysURL, $0.keySet) = (nil, "{}") } == "keys")
        #expect(fault { $0.origins = ["https://school.example/"] } == nil)
        for bad in ["https://school.example/x", "*", "school.example", "https://a.example; script-src *"] {
            #expect(fault { $0.origins = [bad] } == "origins", "\(bad)")
        }
        #expect(fault { $0.courses = ["Not A Course"] } == "courses")
    }
}
