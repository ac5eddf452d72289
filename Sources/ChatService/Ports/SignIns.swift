import Support

/// Who is signed in, by refresh tokens: each is good once, for the next one. Only their hashes are kept.
package protocol SignIns: Sendable {
    /// Ends the oldest sign-ins of a user who has more than `SignIn.most`.
    func begin(_ signIn: SignIn) async throws
    /// Takes the token with that hash for used, and `next` in its place.
    func renew(_ tokenHash: String, with next: String, until end: Timestamp) async throws -> Renewal
    /// Ends the sign-in that the token belongs to.
    /// - Returns: its id; nil when there is none.
    func end(tokenHash: String) async throws -> String?
}

/// One sign-in, from the password to the sign-out.
package struct SignIn: Sendable, Equatable {
    /// Of one user at once.
    package static let most = 20
    /// From the last renewal on.
    package static let lifetime = Duration.seconds(30 * 24 * 3600)

    package let id: String
    package let user: UserID
    package let tokenHash: String
    package let expires: Timestamp

    package init(id: String, user: UserID, tokenHash: String, expires: Timestamp) {
        self.id = id
        self.user = user
        self.tokenHash = tokenHash
        self.expires = expires
    }
}

/// What became of a refresh token that was shown.
package enum Renewal: Sendable, Equatable {
    case renewed(user: UserID, session: String)
    /// None, or past its time.
    case unknown
    /// It was used before, by somebody who had it from the user or by the user after a thief: the sign-in is ended.
    case reused(user: UserID, session: String)
}
