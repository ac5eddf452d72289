import Support
import WebServer

extension ChatAPI {
    /// `GET /api/lti/registrations`
    func registrations(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let all = try await lti().registrations.registrations()
        return .json(200, ["registrations": all.map(RegistrationView.init)])
    }

    /// `POST /api/lti/registrations`: a platform that may open this server from now on.
    func addRegistration(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let settings = try lti()
        let body = try await object(request)
        let registration: PlatformRegistration
        do {
            registration = try Self.draft(body).checked(
                id: RandomIdentifier.make(at: ports.time.now), at: ports.time.now)
        } catch let fault as RegistrationDraft.Fault {
            throw Problem.invalid("/\(fault.field)", fault.description)
        }
        do {
            try await settings.registrations.add(registration)
        } catch let error as RegistrationError {
            throw Problem(409, error.label, "Cannot be added", error.description)
        }
        await audit(
            "lti.registration_added", by: caller, in: nil, subject: registration.id,
            details: ["deployment": registration.deploymentID])
        var response = HTTPResponse.json(201, RegistrationView(registration))
        response.headers["location"] = "/api/lti/registrations/\(registration.id)"
        return response
    }

    /// `DELETE /api/lti/registrations/{id}`
    func removeRegistration(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let id = parameter("id", request)
        guard try await lti().registrations.removeRegistration(id) else { throw Problem.unknown("registration") }
        await audit("lti.registration_removed", by: caller, in: nil, subject: id)
        return HTTPResponse(status: 204)
    }

    private func lti() throws -> LTISettings {
        guard let settings = ports.lti else { throw Self.noLTI }
        return settings
    }

    private static func draft(_ body: [String: JSONValue]) throws -> RegistrationDraft {
        var fields = FieldReader(body)
        var draft = RegistrationDraft()
        draft.name = fields.string("name") ?? ""
        draft.issuer = fields.string("issuer") ?? ""
        draft.clientID = fields.string("clientId") ?? ""
        draft.deploymentID = fields.string("deploymentId") ?? ""
        draft.authorizationURL = fields.string("authorizationUrl") ?? ""
        draft.keysURL = fields.string("keysUrl")
        draft.keySet = fields.string("keys")
        draft.origins = names("origins", body, &fields)
        draft.courses = names("courses", body, &fields)
        try fields.check()
        return draft
    }

    private static func names(_ name: String, _ body: [String: JSONValue], _ fields: inout FieldReader) -> [String] {
        guard let value = body[name], value != .null else { return [] }
        guard case .array(let values) = value else {
            fields.fail(name, "'\(name)' must be a list of texts.")
            return []
        }
        return values.compactMap { value in
            guard case .string(let text) = value else {
                fields.fail(name, "'\(name)' must be a list of texts.")
                return nil
            }
            return text
        }
    }
}

/// A registration as administrators see it.
package struct RegistrationView: Encodable, Sendable {
    let id: String
    let name: String
    let issuer: String
    let clientId: String
    let deploymentId: String
    let authorizationUrl: String
    /// nil where the keys themselves were given.
    let keysUrl: String?
    let origins: [String]
    let courses: [CourseID]
    let createdAt: Int64

    package init(_ registration: PlatformRegistration) {
        id = registration.id
        name = registration.name
        issuer = registration.issuer
        clientId = registration.clientID
        deploymentId = registration.deploymentID
        authorizationUrl = registration.authorizationURL
        if case .url(let url) = registration.keys { keysUrl = url } else { keysUrl = nil }
        origins = registration.origins
        courses = registration.courses
        createdAt = registration.createdAt.seconds
    }
}
