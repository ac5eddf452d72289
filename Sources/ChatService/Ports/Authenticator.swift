import Support

/// Says who stands behind a request.
package protocol Authenticator: Sendable {
    /// - Parameter token: the bearer token, nil when there was none.
    /// - Throws: `AuthenticationError`.
    func authenticate(token: String?) async throws -> Principal
}

/// Somebody whose identity was checked.
package struct Principal: Sendable, Equatable {
    package let user: UserID
    /// When the token ends and the socket with it; nil for never.
    package let expires: Timestamp?
    /// Whether they may change courses.
    package let isStaff: Bool

    package init(user: UserID, expires: Timestamp? = nil, isStaff: Bool = false) {
        self.user = user
        self.expires = expires
        self.isStaff = isStaff
    }
}

/// No token, or none that is good: HTTP 401.
package struct AuthenticationError: ExplainedError {
    package enum Cause: String, Sendable {
        case missing, malformed, algorithm, signature, expired, notYetValid = "not_yet_valid", issuer, audience
        case subject
    }

    package let cause: Cause

    package init(_ cause: Cause) { self.cause = cause }

    package var label: String { "token_\(cause.rawValue)" }

    package var description: String {
        switch cause {
        case .missing: "This needs a token: send 'Authorization: Bearer …'."
        case .expired: "The token has expired; sign in again."
        default: "The token is not valid here; sign in again."
        }
    }
}
