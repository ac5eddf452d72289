import Foundation
import Support
import TestSupport

@testable import ChatService

/// A learning platform as a test wants it: signs whatever it is told to.
struct PlatformSimulator {
    static let issuer = "https://moodle.example"
    static let clientID = "client-1"
    static let instructor = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
    static let learner = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"

    private let lti = "https://purl.imsglobal.org/spec/lti/claim/"
    let key: RSAPrivateKey
    let time: ManualTime

    init(time: ManualTime) throws {
        self.time = time
        key = try RSAPrivateKey(pem: KeyFixture.read().private["one"] ?? "")
    }

    func registration(
        deployment: String = "1", clientID: String = Self.clientID, keys: PlatformRegistration.Keys? = nil,
        courses: [String] = []
    ) throws -> PlatformRegistration {
        var draft = RegistrationDraft()
        draft.name = "Moodle"
        draft.issuer = Self.issuer
        draft.clientID = clientID
        draft.deploymentID = deployment
        draft.authorizationURL = "https://moodle.example/mod/lti/auth.php"
        draft.keySet = String(decoding: try KeyFixture.setBytes(), as: UTF8.self)
        draft.courses = courses
        let checked = try draft.checked(id: "r\(deployment)\(clientID)", at: time.now)
        guard let keys else { return checked }
        return PlatformRegistration(
            id: checked.id, name: checked.name, issuer: checked.issuer, clientID: checked.clientID,
            deploymentID: checked.deploymentID, authorizationURL: checked.authorizationURL, keys: keys, origins: [],
            courses: checked.courses, createdAt: checked.createdAt)
    }

    /// The claims of a good launch of a link.
    func claims(nonce: String, roles: [String] = [Self.learner], subject: String = "u-1") -> [String: Any] {
        let now = time.now.seconds
        return [
            "iss": Self.issuer, "aud": Self.clientID, "sub": subject, "name": "Ana Souza", "nonce": nonce,
            "iat": now, "exp": now + 300,
            lti + "deployment_id": "1", lti + "version": "1.3.0", lti + "message_type": "LtiResourceLinkRequest",
            lti + "target_link_uri": "https://tutor.example/api/lti/launch",
            lti + "resource_link": ["id": "link-1"], lti + "roles": roles,
            lti + "context": ["id": "ctx-1", "title": "Algoritmos & <Dados>"],
        ]
    }

    /// The claims of a wish for links.
    func wish(nonce: String, roles: [String] = [Self.instructor]) -> [String: Any] {
        var wish = claims(nonce: nonce, roles: roles)
        wish[lti + "message_type"] = "LtiDeepLinkingRequest"
        wish[lti + "resource_link"] = nil
        wish["https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"] = [
            "deep_link_return_url": "https://moodle.example/mod/lti/contentitem_return.php?id=3",
            "accept_types": ["ltiResourceLink", "link"], "data": "opaque \"data\" & more",
        ]
        return wish
    }

    func sign(
        _ claims: [String: Any], header: [String: Any] = ["alg": "RS256", "kid": "one", "typ": "JWT"],
        by other: RSAPrivateKey? = nil
    ) throws -> String {
        let parts = try [header, claims].map {
            Base64URL.encode([UInt8](try JSONSerialization.data(withJSONObject: $0)))
        }
        let message = parts.joined(separator: ".")
        return message + "." + Base64URL.encode(try (other ?? key).sign(Array(message.utf8)))
    }

    /// The name of one of LTI's claims.
    func claim(_ name: String) -> String { lti + name }
}
