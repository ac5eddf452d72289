import Support
import WebServer

extension LTITool {
    /// Staff shall choose what a link in their course opens (deep linking 2.0, section 2).
    func offerItems(
        _ visitor: Visitor, _ course: CourseID, _ platform: PlatformRegistration, _ language: PageLanguage
    ) async throws -> HTTPResponse {
        let found = try await documents.documents(of: course) ?? []
        let choices = found.prefix(Self.mostChoices).map { LaunchPage.Choice($0.id, $0.title) }
        let linker = Linker(visitor: visitor, course: course.name)
        return LaunchPage.items(
            choices, course: try await title(of: course),
            ticket: seal.seal(linker, for: .link, lasting: Visitor.patience), frames: platform.frames, language)
    }

    /// `POST /api/lti/link`: what they chose; the answer goes to the platform through their browser.
    /// - Throws: `LaunchRefusal`.
    func link(_ fields: FormFields, _ language: PageLanguage) async throws -> HTTPResponse {
        guard let ticket = fields.one("ticket"), let linker = seal.open(ticket, as: Linker.self, for: .link),
            linker.visitor.role == .staff, let course = try? CourseID(linker.course),
            let wish = linker.visitor.deepLinking
        else { throw LaunchRefusal(.state) }
        guard let platform = try await registrations.registration(linker.visitor.registration) else {
            throw LaunchRefusal(.registration)
        }
        var item = ContentItem(url: launchAddress, title: try await title(of: course), custom: nil)
        if let id = fields.one("document"), !id.isEmpty {
            guard id.utf8.count <= 128, let document = try await documents.document(id, of: course) else {
                throw LaunchRefusal(.items)
            }
            item = ContentItem(
                url: launchAddress, title: document.title, custom: [LaunchClaims.documentParameter: document.id])
        }
        let now = time.now.seconds
        let answer = DeepLinkingAnswer(
            iss: platform.clientID, aud: platform.issuer, iat: now, exp: now + 300, nonce: RandomIdentifier.make(),
            deploymentID: platform.deploymentID, items: [item], data: wish.data)
        return LaunchPage.send(try await ring.sign(answer), to: wish.returnURL, frames: platform.frames, language)
    }

    private func title(of course: CourseID) async throws -> String {
        try await directory.titles()[course] ?? course.name
    }
}

/// A link to this server as a platform keeps it (deep linking 2.0, section 3.2).
struct ContentItem: Encodable, Sendable {
    let type = "ltiResourceLink"
    let url: String
    let title: String
    /// Comes back with every launch of the link.
    let custom: [String: String]?
}

/// What the platform is told (deep linking 2.0, section 4.5).
struct DeepLinkingAnswer: Encodable, Sendable {
    let iss: String
    let aud: String
    let iat: Int64
    let exp: Int64
    let nonce: String
    let messageType = "LtiDeepLinkingResponse"
    let version = "1.3.0"
    let deploymentID: String
    let items: [ContentItem]
    let data: String?

    init(
        iss: String, aud: String, iat: Int64, exp: Int64, nonce: String, deploymentID: String, items: [ContentItem],
        data: String?
    ) {
        self.iss = iss
        self.aud = aud
        self.iat = iat
        self.exp = exp
        self.nonce = nonce
        self.deploymentID = deploymentID
        self.items = items
        self.data = data
    }

    private enum CodingKeys: String, CodingKey {
        case iss, aud, iat, exp, nonce
        case messageType = "https://purl.imsglobal.org/spec/lti/claim/message_type"
        case version = "https://purl.imsglobal.org/spec/lti/claim/version"
        case deploymentID = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
        case items = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
        case data = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
    }
}
