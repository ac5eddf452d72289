import Support
import WebServer

/// Lets a program in by its API token, where such a token is good for anything.
struct TokenDoor: Sendable {
    private static let secondsOfDay: Int64 = 24 * 3600

    let tokens: any APITokens
    let time: any TimeSource

    /// Whoever made the token, limited to its course; nil when `bearer` is no API token.
    /// - Parameter route: the pattern of the route that is asked.
    /// - Throws: `AuthenticationError` for a token that is unknown, revoked or has ended, and beyond its routes.
    func principal(_ bearer: String?, route: String) async throws -> Principal? {
        guard let secret = bearer.flatMap({ APISecret($0) }) else { return nil }
        guard Self.opens(route), let token = try await tokens.token(digest: secret.digest) else {
            throw AuthenticationError(Self.opens(route) ? .unknown : .otherRoute)
        }
        let day = Int(time.now.seconds / Self.secondsOfDay)
        if token.lastUsedOn != day { try await tokens.noteUse(of: token.id, on: day) }
        return Principal(
            user: token.user, expires: token.expiresAt, claimed: token.granted.map { [token.course: $0] } ?? [:],
            limitedTo: [token.course])
    }

    /// Answers and search of its course, nothing else: not the account, nor what others see of the course.
    static func opens(_ route: String) -> Bool {
        route.hasPrefix("/api/v1/") || route == "/api/courses/{course}/search"
    }
}
