import Support
import WebServer

/// This server as a tool inside learning platforms (LTI 1.3 core, LTI deep linking 2.0, 1EdTech Security Framework 1.0).
///
/// The way of a launch: the platform sends the browser to `login`, which sends it on to the platform's authorization
/// endpoint with a sealed state; from there it comes to `launch` with a signed token. Nothing is stored before that token
/// was found good.
struct LTITool: Sendable {
    /// How long a launch is good for: there is nobody here to renew it but the platform, by another launch.
    static let tokenLife = Duration.seconds(4 * 3_600)

    let settings: LTISettings
    let memberships: any Memberships
    let library: any CourseLibrary
    let documents: any CourseDocuments
    let directory: any CourseDirectory
    let audit: any AuditTrail
    let time: any TimeSource
    let log: Log

    var registrations: any PlatformRegistrations { settings.registrations }
    var seal: Seal { Seal(secret: settings.secret, time: time) }
    var ring: ToolKeyRing { ToolKeyRing(registrations: registrations, time: time) }
    var check: LaunchCheck { LaunchCheck(keys: settings.keys, time: time) }

    /// Where platforms send launches.
    var launchAddress: String { settings.publicURL + "/api/lti/launch" }
}

/// What the tool needs of the outside.
package struct LTISettings: Sendable {
    package var registrations: any PlatformRegistrations
    package var keys: KeySetCache
    /// Without a slash at its end.
    package var publicURL: String
    /// The server's own, for what it must know again.
    package var secret: [UInt8]
    package var tokens: TokenIssuer
    /// The page that students and staff use, nil where there is none.
    package var page: @Sendable () async -> String?

    package init(
        registrations: any PlatformRegistrations, keys: KeySetCache, publicURL: String, secret: [UInt8],
        tokens: TokenIssuer, page: @escaping @Sendable () async -> String?
    ) {
        self.registrations = registrations
        self.keys = keys
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        self.secret = secret
        self.tokens = tokens
        self.page = page
    }
}
