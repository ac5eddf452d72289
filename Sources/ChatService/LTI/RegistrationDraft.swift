import Support

/// A registration as somebody typed it.
package struct RegistrationDraft: Sendable {
    package var name = ""
    package var issuer = ""
    package var clientID = ""
    package var deploymentID = ""
    package var authorizationURL = ""
    package var keysURL: String?
    package var keySet: String?
    package var origins: [String] = []
    package var courses: [String] = []

    package init() {}

    /// What is wrong with it: the field and a sentence.
    package struct Fault: ExplainedError {
        package let label = "lti_bad_registration"
        package let field: String
        package let description: String
    }

    /// Bytes of an address or an id.
    private static let longest = 512

    /// The registration, checked.
    /// - Throws: `Fault` for the first field that is wrong.
    package func checked(id: String, at now: Timestamp) throws -> PlatformRegistration {
        for (field, value) in [("issuer", issuer), ("clientId", clientID), ("deploymentId", deploymentID)] {
            guard !value.isEmpty, value.utf8.count <= Self.longest, value.isLegible else {
                throw Fault(field: field, description: "'\(field)' is required, at most \(Self.longest) bytes.")
            }
        }
        guard name.utf8.count <= 120 else { throw Fault(field: "name", description: "'name' is too long.") }
        let courses = try courses.map { text in
            do {
                return try CourseID(text)
            } catch {
                throw Fault(field: "courses", description: error.sentence)
            }
        }
        guard origins.count <= 16, courses.count <= 100 else {
            throw Fault(field: "origins", description: "At most 16 origins and 100 courses fit into a registration.")
        }
        return PlatformRegistration(
            id: id, name: name.isEmpty ? WebOrigin(of: issuer)?.text ?? issuer : name, issuer: issuer,
            clientID: clientID, deploymentID: deploymentID,
            authorizationURL: try address(authorizationURL, "authorizationUrl"), keys: try keys(),
            origins: try origins.map { text in
                guard let origin = WebOrigin(of: text), text == origin.text || text == origin.text + "/" else {
                    throw Fault(
                        field: "origins", description: "'\(text)' is no origin like https://moodle.example.org.")
                }
                return origin.text
            }, courses: courses, createdAt: now)
    }

    private func keys() throws -> PlatformRegistration.Keys {
        switch (keysURL, keySet) {
        case (let url?, nil): return .url(try address(url, "keysUrl", httpsOnly: true))
        case (nil, let set?):
            do throws(KeySetError) {
                _ = try JSONWebKeySet(Array(set.utf8))
            } catch {
                throw Fault(field: "keys", description: error.description)
            }
            return .set(set)
        default:
            throw Fault(
                field: "keysUrl", description: "Give the platform's key set: its address, or the keys themselves.")
        }
    }

    /// An address of the platform: https, or plain http on this machine for trials.
    private func address(_ text: String, _ field: String, httpsOnly: Bool = false) throws -> String {
        guard text.utf8.count <= Self.longest, let origin = WebOrigin(of: text), !text.contains("#"),
            origin.isSecure || !httpsOnly && origin.isLoopback
        else { throw Fault(field: field, description: "'\(field)' must be an address that begins with https://.") }
        return text
    }
}
