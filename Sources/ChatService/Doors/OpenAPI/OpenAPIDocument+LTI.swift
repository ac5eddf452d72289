import WebServer

extension OpenAPIDocument {
    static let platforms: [APIOperation] = [
        page(
            .get, "/api/lti/login", "ltiLoginByAddress", "A platform begins a launch (OpenID Connect, third party)",
            form: false),
        page(.post, "/api/lti/login", "ltiLogin", "The same, as a form"),
        page(.post, "/api/lti/launch", "ltiLaunch", "A platform opens the course"),
        page(.post, "/api/lti/course", "ltiCourse", "Staff say which course a platform's course is"),
        page(.post, "/api/lti/link", "ltiLink", "Deep linking: what was chosen goes back to the platform"),
        APIOperation(
            method: .get, pattern: "/api/lti/jwks", name: "ltiKeys", group: "lti", about: "This server's public keys",
            answers: [200: .json("A JSON Web Key Set.", Schema.object(["keys": Schema.list(["type": "object"])]))],
            problems: [404, 503]),
        APIOperation(
            method: .get, pattern: "/api/lti/registrations", name: "registrations", group: "lti",
            about: "The platforms that may open this server",
            answers: [200: .json("They.", Schema.object(["registrations": Schema.list(Schema.ref("Registration"))]))],
            problems: [404]),
        APIOperation(
            method: .post, pattern: "/api/lti/registrations", name: "addRegistration", group: "lti",
            about: "Let a platform open this server",
            body: [
                APIOperation.Body(
                    schema: Schema.object(
                        [
                            "name?": Schema.orNull(Schema.text), "issuer": Schema.text, "clientId": Schema.text,
                            "deploymentId": Schema.text, "authorizationUrl": Schema.text,
                            "keysUrl?": Schema.orNull(Schema.text), "keys?": Schema.orNull(Schema.text),
                            "origins?": Schema.orNull(Schema.list(Schema.text)),
                            "courses?": Schema.orNull(Schema.list(Schema.course)),
                        ], isOpen: true))
            ], answers: [201: .json("It may.", Schema.ref("Registration"))], problems: [404, 409]),
        APIOperation(
            method: .delete, pattern: "/api/lti/registrations/{id}", name: "removeRegistration", group: "lti",
            about: "Let it no more", answers: [204: .none("It may not.")]),
    ]

    static let platformSchemas: [String: JSONValue] = [
        "Registration": Schema.object([
            "id": Schema.id, "name": Schema.text, "issuer": Schema.text, "clientId": Schema.text,
            "deploymentId": Schema.text, "authorizationUrl": Schema.text, "keysUrl?": Schema.text,
            "origins": Schema.list(Schema.text), "courses": Schema.list(Schema.course), "createdAt": Schema.seconds,
        ])
    ]

    /// A step of a launch: a page in every case, for whoever clicked in a platform is no program.
    private static func page(
        _ method: HTTPMethod, _ pattern: String, _ name: String, _ about: String, form: Bool = true
    ) -> APIOperation {
        let forms = APIOperation.Body(
            type: "application/x-www-form-urlencoded", schema: ["type": "object", "additionalProperties": Schema.text])
        return APIOperation(
            method: method, pattern: pattern, name: name, group: "lti", about: about, body: form ? [forms] : [],
            answers: [
                200: APIOperation.Answer(about: "A page.", type: "text/html", schema: [:]),
                302: .none("On to the platform."),
            ], problems: [401, 404, 502, 503], isPage: true)
    }
}
