import WebServer

extension OpenAPIDocument {
    /// What platforms and the pages of a launch use, and what administrators register.
    static let platforms: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/lti/login", name: "ltiLogin", group: "lti",
            about: "Begin a launch: the platform's third-party initiated login",
            query: loginFields.map {
                APIOperation.Parameter(name: $0.name, schema: Schema.text, about: $0.about, isRequired: $0.isRequired)
            }, answers: pages([302: "On to the platform's authorization endpoint."])),
        APIOperation(
            method: .post, pattern: "/api/lti/login", name: "ltiLoginForm", group: "lti",
            about: "The same, sent as a form", body: [form(loginFields)],
            answers: pages([302: "On to the platform's authorization endpoint."])),
        APIOperation(
            method: .post, pattern: "/api/lti/launch", name: "ltiLaunch", group: "lti",
            about: "The platform's answer: who launched, from which course, for what",
            more: """
                Answers with the page that students and staff use, and in it, as JSON in the element `gepeto-launch`, an \
                access token for the course; with a page of choices for staff whose course is not connected yet, or who \
                asked for a link.
                """,
            body: [
                form([
                    ("id_token", "The platform's token.", false), ("state", "What the login gave it.", false),
                    ("error", "Why the platform sends none.", false),
                    ("binding", "What the platform's storage kept, where cookies are blocked.", false),
                ])
            ], answers: pages()),
        APIOperation(
            method: .post, pattern: "/api/lti/course", name: "ltiConnectCourse", group: "lti",
            about: "What staff chose on the page of courses",
            body: [
                form([
                    ("ticket", "Of the page.", false), ("course", "One that there is.", false),
                    ("title", "Of a new one.", false),
                ])
            ], answers: pages()),
        APIOperation(
            method: .post, pattern: "/api/lti/link", name: "ltiChooseLink", group: "lti",
            about: "What staff chose on the page of links (deep linking)",
            body: [form([("ticket", "Of the page.", false), ("document", "Empty for the whole course.", false)])],
            answers: pages()),
        APIOperation(
            method: .get, pattern: "/api/lti/jwks", name: "ltiKeys", group: "lti",
            about: "The keys that sign what this server sends to platforms",
            answers: [
                200: .json(
                    "A JSON Web Key Set (RFC 7517).",
                    Schema.object([
                        "keys": Schema.list(
                            Schema.object([
                                "kty": Schema.choice(["RSA"]), "use": Schema.choice(["sig"]),
                                "alg": Schema.choice(["RS256"]), "kid": Schema.text, "n": Schema.text, "e": Schema.text,
                            ]), most: 2)
                    ]))
            ], problems: [404, 503]),
        APIOperation(
            method: .get, pattern: "/api/lti/registrations", name: "ltiRegistrations", group: "lti",
            about: "The platforms that may open this server",
            answers: [
                200: .json(
                    "They.", Schema.object(["registrations": Schema.list(Schema.ref("Registration"), most: 200)]))
            ], problems: [404]),
        APIOperation(
            method: .post, pattern: "/api/lti/registrations", name: "addLTIRegistration", group: "lti",
            about: "Register a platform", more: "`docs/lti.md` says where a platform shows what is asked for here.",
            body: [
                APIOperation.Body(
                    schema: Schema.object(
                        [
                            "name?": Schema.orNull(Schema.text(0...120)), "issuer": Schema.text(1...512),
                            "clientId": Schema.text(1...512), "deploymentId": Schema.text(1...512),
                            "authorizationUrl": Schema.text(1...512), "keysUrl?": Schema.orNull(Schema.text),
                            "keys?": Schema.orNull(
                                Schema.said("The key set itself, instead of its address.", Schema.text)),
                            "origins?": Schema.orNull(Schema.list(Schema.text, most: 16)),
                            "courses?": Schema.orNull(Schema.list(Schema.course, most: 100)),
                        ], isOpen: true),
                    example: [
                        "issuer": "https://moodle.example.org", "clientId": "aBc", "deploymentId": "1",
                        "authorizationUrl": "https://moodle.example.org/mod/lti/auth.php",
                        "keysUrl": "https://moodle.example.org/mod/lti/certs.php",
                    ])
            ], answers: [201: .json("It is registered.", Schema.ref("Registration"))], problems: [404, 409]),
        APIOperation(
            method: .delete, pattern: "/api/lti/registrations/{id}", name: "removeLTIRegistration", group: "lti",
            about: "Remove a platform; its courses and their members stay",
            answers: [204: .none("It opens nothing any more.")]),
    ]

    static let platformSchemas: [String: JSONValue] = [
        "Registration": Schema.object([
            "id": Schema.id, "name": Schema.text, "issuer": Schema.text, "clientId": Schema.text,
            "deploymentId": Schema.text, "authorizationUrl": Schema.text, "keysUrl?": Schema.text,
            "origins": Schema.list(Schema.text, most: 17), "courses": Schema.list(Schema.course, most: 100),
            "createdAt": Schema.seconds,
        ])
    ]

    private typealias Field = (name: String, about: String, isRequired: Bool)

    private static let loginFields: [Field] = [
        ("iss", "The platform's issuer.", true), ("login_hint", "Given back to the platform.", true),
        ("target_link_uri", "Where the launch shall lead; an address of this server.", true),
        ("lti_message_hint", "Given back to the platform.", false),
        ("client_id", "Which of the issuer's clients; needed where it has several.", false),
        ("lti_deployment_id", "Which of the client's deployments.", false),
        ("lti_storage_target", "The platform's frame that keeps what a browser does not let us keep.", false),
    ]

    private static func form(_ fields: [Field]) -> APIOperation.Body {
        var properties: [String: JSONValue] = [:]
        for field in fields { properties[field.name] = Schema.said(field.about, Schema.text) }
        var schema: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return APIOperation.Body(type: "application/x-www-form-urlencoded", schema: .object(schema))
    }

    /// Every answer is a page to read.
    private static func pages(_ more: KeyValuePairs<Int, String> = [:]) -> [Int: APIOperation.Answer] {
        var answers: [Int: APIOperation.Answer] = [:]
        for (status, about) in [
            (200, "A page."), (400, "What came is incomplete, too old or not ours."),
            (401, "The token is not good: forged, expired, for others or used before."),
            (403, "Not registered, not this browser, or no role that may."),
            (404, "The course is not connected yet, or this server is not set up for platforms."),
            (502, "The platform's keys cannot be read."), (503, "Not just now."),
        ] {
            // Whoever finds the request itself malformed answers for programs.
            answers[status] = APIOperation.Answer(
                about: about, type: "text/html", schema: Schema.text,
                also: status < 400 ? [] : ["application/problem+json"])
        }
        for (status, about) in more { answers[status] = .none(about) }
        return answers
    }
}
