import ChatService
import Support

/// What `gepeto lti` says.
struct LTIReport {
    let console: Console
    let isJSON: Bool
    /// GEPETO_PUBLIC_URL, where it is set.
    let publicURL: String?

    /// What is typed into the platform.
    private struct ToolAddresses: Encodable {
        let login: String
        let launch: String
        let jwks: String

        init(_ base: String) {
            let base = base.hasSuffix("/") ? String(base.dropLast()) : base
            login = base + "/api/lti/login"
            launch = base + "/api/lti/launch"
            jwks = base + "/api/lti/jwks"
        }
    }

    func list(_ registrations: [PlatformRegistration]) throws {
        if isJSON {
            return try console.print(JSONText.line(["registrations": registrations.map(RegistrationView.init)]))
        }
        guard !registrations.isEmpty else {
            return console.print("No platform is registered; 'gepeto lti add --help' says how to add one.")
        }
        var table = Table([("id", .left), ("name", .left), ("issuer", .left), ("client", .left), ("deployment", .left)])
        for each in registrations { table.add([each.id, each.name, each.issuer, each.clientID, each.deploymentID]) }
        for line in table.lines { console.print(line) }
    }

    func show(_ registration: PlatformRegistration, added: Bool) throws {
        if isJSON { return try console.print(JSONText.line(RegistrationView(registration))) }
        let tool = ToolAddresses(publicURL ?? "https://YOUR-PUBLIC-URL")
        var keys = "given with the registration"
        if case .url(let url) = registration.keys { keys = url }
        console.print(
            """
            \(added ? "Registered" : "Registration") \(registration.id): \(registration.name)
              issuer         \(registration.issuer)
              client id      \(registration.clientID)
              deployment id  \(registration.deploymentID)
              authorization  \(registration.authorizationURL)
              keys           \(keys)
              shown also by  \(registration.origins.isEmpty ? "nobody else" : registration.origins.joined(separator: " "))
              courses        \(registration.courses.isEmpty ? "those its staff make" : registration.courses.map(\.name).joined(separator: " "))
            What the platform must know of this tool:
              login (initiation) URL   \(tool.login)
              redirect and launch URL  \(tool.launch)
              public key set           \(tool.jwks)
            """)
    }

    func removed(_ count: Int) throws {
        if isJSON { return try console.print(JSONText.line(["removed": count])) }
        console.print("Removed \(count); the courses and their members stay.")
    }

    func rotated(_ ids: [String]) throws {
        if isJSON { return try console.print(JSONText.line(["published": ids])) }
        console.print(
            "A new key is published; it signs in an hour from now. Published: \(ids.joined(separator: ", ")).")
    }
}
