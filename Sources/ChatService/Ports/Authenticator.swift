import Support

/// Says who stands behind a request.
package protocol Authenticator: Sendable {
    /// - Parameter token: the bearer token, nil when there was none.
    /// - Throws: `AuthenticationError`.
    func authenticate(token: String?) async throws -> Principal
}

/// No token, or none that is good: HTTP 401.
package struct AuthenticationError: ExplainedError {
    package enum Cause: String, Sendable {
        case missing, malformed, algorithm, signature, expired, notYetValid = "not_yet_valid", issuer, audience
        case subject, revoked, unknown
        case otherRoute = "other_route"
    }

    package let cause: Cause

    package init(_ cause: Cause) { self.cause = cause }

    package var label: String { "token_\(cause.rawValue)" }

    package var description: String {
        switch cause {
        case .missing: "This needs a token: send 'Authorization: Bearer …'."
        case .expired: "The token has expired; sign in again."
        case .unknown: "This API token is unknown, revoked or has ended; make another one."
        case .otherRoute: "An API token is good for /api/v1 and the search of its course only; sign in for the rest."
        case .revoked: "This sign-in has ended; sign in again."
        default: "The token is not valid here; sign in again."
        }
    }
}
