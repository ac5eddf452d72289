import Support

/// The tokens that people made for their programs. What a program presents is kept by its digest alone.
package protocol APITokens: Sendable {
    /// - Parameter digest: SHA-256 of the secret, in hexadecimal.
    /// - Throws: `APITokenError.tooMany`; nothing is stored then.
    func add(_ token: APIToken, digest: String) async throws
    /// The user's own, the last made first; those that ended meanwhile are gone.
    func tokens(of user: UserID) async throws -> [APIToken]
    /// nil when there is none, or it has ended.
    func token(digest: String) async throws -> APIToken?
    /// Notes that a token was used on that day.
    func noteUse(of id: String, on day: Int) async throws
    /// - Returns: false when the user has no such token.
    func revoke(_ id: String, of user: UserID) async throws -> Bool
    func revokeAll(of user: UserID) async throws
    func revokeAll(for course: CourseID) async throws
}

/// The right to ask in one course in somebody's name, for a program.
package struct APIToken: Sendable, Equatable {
    package let id: String
    package let user: UserID
    /// What its owner calls it.
    package let name: String
    package let course: CourseID
    /// What its owner was in the course when it was made, where only his sign-in said so; nil where the directory knows,
    /// which is asked at each use.
    package let granted: CourseRole?
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    /// Days since 1970: no more is kept of when a program asks.
    package let lastUsedOn: Int?

    /// Tokens that one user may have.
    package static let most = 20
    /// Days that a token is good for.
    package static let longest = 366
    /// The same where the directory does not know the member, so that nobody can take the right back but by the token.
    package static let longestGranted = 30

    package init(
        id: String, user: UserID, name: String, course: CourseID, granted: CourseRole? = nil, createdAt: Timestamp,
        expiresAt: Timestamp, lastUsedOn: Int? = nil
    ) {
        self.id = id
        self.user = user
        self.name = name
        self.course = course
        self.granted = granted
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedOn = lastUsedOn
    }
}

/// What a program presents: shown once, when it is made.
package struct APISecret: Sendable {
    /// By which people and scanners of secrets know it.
    package static let prefix = "gepeto_"

    package let text: String

    /// 256 random bits.
    package init() { text = Self.prefix + RandomIdentifier.makeSecret() }

    /// - Returns: nil for a token of another kind.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        self.text = text
    }

    /// Nobody can guess 256 bits, so that a digest without salt and cost gives nothing away.
    package var digest: String { SHA256.hex(text.utf8) }
}

package enum APITokenError: String, ExplainedError {
    case tooMany = "too_many_tokens"

    package var label: String { rawValue }

    package var description: String {
        "You have \(APIToken.most) tokens already; revoke one that you no longer need."
    }
}
