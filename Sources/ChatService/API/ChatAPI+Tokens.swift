import Support
import WebServer

extension ChatAPI {
    /// Characters of a token's name.
    private static let longestTokenName = 80

    func installTokens(in router: inout MeasuredRouter) {
        router.on(.get, "/api/tokens", .signedIn, timed(apiTokens))
        router.on(.post, "/api/tokens", .signedIn, timed(makeToken))
        router.on(.delete, "/api/tokens/{id}", .signedIn, timed(revokeToken))
    }

    /// `GET /api/tokens`: the caller's own, without their secrets.
    func apiTokens(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try Self.requireWhole(caller)
        return .json(200, ["tokens": try await ports.tokens.tokens(of: caller.user).map { TokenView($0) }])
    }

    /// `POST /api/tokens`: the only answer that ever has the secret. It may end sooner than was wished for; the answer says
    /// when.
    func makeToken(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try Self.requireWhole(caller)
        var fields = FieldReader(try await object(request))
        let name = fields.text("name", limit: Self.longestTokenName)
        let named = fields.course()
        let days = fields.integer("expiresInDays", in: 1...APIToken.longest)
        try fields.check()
        let course = try await course(named, of: caller.principal)
        // Asked of the directory alone: what only the sign-in says may be taken back there, where nobody tells us.
        var granted: CourseRole?
        if try await ports.memberships.role(of: caller.user, in: course) == nil {
            granted = try await access.role(of: caller.principal, in: course)
        }
        let longest = granted == nil ? APIToken.longest : APIToken.longestGranted
        let (now, secret) = (ports.time.now, APISecret())
        let token = APIToken(
            id: RandomIdentifier.make(at: now), user: caller.user, name: name, course: course, granted: granted,
            createdAt: now, expiresAt: now + .seconds(min(days ?? 90, longest) * 24 * 3600))
        do {
            try await ports.tokens.add(token, digest: secret.digest)
        } catch let error as APITokenError {
            throw Problem(409, error.label, "Too many tokens", error.description)
        }
        await audit(
            "token.made", by: caller, in: course, subject: token.id, details: ["expires": "\(token.expiresAt.seconds)"])
        return .json(201, TokenView(token, secret: secret.text))
    }

    /// `DELETE /api/tokens/{id}`: from now on it opens nothing.
    func revokeToken(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try Self.requireWhole(caller)
        let id = parameter("id", request)
        guard RandomIdentifier.isWellFormed(id), try await ports.tokens.revoke(id, of: caller.user) else {
            throw Problem.unknown("token")
        }
        await audit("token.revoked", by: caller, in: nil, subject: id)
        return HTTPResponse(status: 204)
    }

    /// A token that is limited to a course makes no others.
    private static func requireWhole(_ caller: Caller) throws {
        guard caller.principal.limitedTo == nil else {
            throw Problem(
                403, "limited_token", "Not with this token",
                "This sign-in is for one course only; sign in to your account to manage tokens.")
        }
    }
}

/// A token as its owner sees it; times in seconds since 1970.
struct TokenView: Encodable, Sendable {
    let id: String
    /// In the answer to the request that made it only.
    let token: String?
    let name: String
    let course: CourseID
    let createdAt: Int64
    let expiresAt: Int64
    /// The beginning of the day of its last use; absent before that.
    let lastUsedAt: Int64?

    init(_ token: APIToken, secret: String? = nil) {
        (id, self.token, name, course) = (token.id, secret, token.name, token.course)
        (createdAt, expiresAt) = (token.createdAt.seconds, token.expiresAt.seconds)
        lastUsedAt = token.lastUsedOn.map { Int64($0) * 24 * 3600 }
    }
}
