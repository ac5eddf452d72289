/// What a platform's token says of a launch (LTI 1.3 core, section 5; deep linking 2.0, section 4); whether it is true,
/// only the signature tells.
struct LaunchClaims: Sendable {
    /// A claim is there, but of another type than it must be.
    struct Fault: Error {}

    /// Where and how the platform wants items to be sent.
    struct DeepLinking: Sendable, Equatable, Codable {
        let returnURL: String
        let acceptsLinks: Bool
        /// The platform's own, given back as it is.
        let data: String?
    }

    struct Context: Sendable, Equatable {
        let id: String
        let title: String?
    }

    let issuer: String?
    let audience: [String]
    let authorizedParty: String?
    let subject: String?
    let name: String?
    let nonce: String?
    let expires: Double?
    let issuedAt: Double?
    let deploymentID: String?
    let version: String?
    let messageType: String?
    let targetLink: String?
    let resourceLinkID: String?
    let roles: [String]
    let context: Context?
    let deepLinking: DeepLinking?
    /// Of `custom`: the document of ours that a link is about.
    let document: String?
    let locale: String?

    private static let lti = "https://purl.imsglobal.org/spec/lti/claim/"
    private static let links = "https://purl.imsglobal.org/spec/lti-dl/claim/"

    init(_ claims: [String: JSONValue]) throws(Fault) {
        let top = Fields(claims)
        issuer = try top.text("iss")
        audience = try top.names("aud")
        authorizedParty = try top.text("azp")
        subject = try top.text("sub")
        name = try top.text("name")
        nonce = try top.text("nonce")
        expires = try top.number("exp")
        issuedAt = try top.number("iat")
        deploymentID = try top.text(Self.lti + "deployment_id")
        version = try top.text(Self.lti + "version")
        messageType = try top.text(Self.lti + "message_type")
        targetLink = try top.text(Self.lti + "target_link_uri")
        roles = try top.names(Self.lti + "roles")
        resourceLinkID = try top.fields(Self.lti + "resource_link")?.text("id")
        document = try top.fields(Self.lti + "custom")?.text(Self.documentParameter)
        let presented = try top.fields(Self.lti + "launch_presentation")?.text("locale")
        let usual = try top.text("locale")
        locale = presented ?? usual
        if let context = try top.fields(Self.lti + "context"), let id = try context.text("id") {
            let (title, label) = (try context.text("title"), try context.text("label"))
            self.context = Context(id: id, title: title ?? label)
        } else {
            context = nil
        }
        if let settings = try top.fields(Self.links + "deep_linking_settings"),
            let returnURL = try settings.text("deep_link_return_url")
        {
            deepLinking = DeepLinking(
                returnURL: returnURL, acceptsLinks: try settings.names("accept_types").contains("ltiResourceLink"),
                data: try settings.text("data"))
        } else {
            deepLinking = nil
        }
    }

    /// The custom parameter by which a link names a document.
    static let documentParameter = "gepeto_document"

    /// The members of an object, each of the type it must have.
    private struct Fields {
        private let object: [String: JSONValue]

        init(_ object: [String: JSONValue]) { self.object = object }

        func text(_ name: String) throws(Fault) -> String? {
            switch object[name] {
            case nil, .null?: return nil
            case .string(let text)?: return text
            default: throw Fault()
            }
        }

        func number(_ name: String) throws(Fault) -> Double? {
            switch object[name] {
            case nil, .null?: return nil
            case .number(let number)?: return number
            default: throw Fault()
            }
        }

        /// One name or several.
        func names(_ name: String) throws(Fault) -> [String] {
            guard case .array(let values)? = object[name] else { return try text(name).map { [$0] } ?? [] }
            var names: [String] = []
            for value in values {
                guard case .string(let name) = value else { throw Fault() }
                names.append(name)
            }
            return names
        }

        func fields(_ name: String) throws(Fault) -> Fields? {
            switch object[name] {
            case nil, .null?: return nil
            case .object(let object)?: return Fields(object)
            default: throw Fault()
            }
        }
    }
}
