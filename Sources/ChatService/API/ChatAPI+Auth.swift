import Support
import WebServer

extension ChatAPI {
    func installAuth(in router: inout MeasuredRouter) {
        router.open(.post, "/api/auth/login", deadline: ports.deadline, login)
        router.open(.post, "/api/auth/refresh", deadline: ports.deadline, refresh)
        router.open(.post, "/api/auth/logout", deadline: ports.deadline, logout)
        router.open(.get, "/api/auth/notice") { _ in .json(200, ports.identity.notice) }
        router.on(.post, "/api/auth/password", .signedIn, timed(changePassword))
        router.on(.get, "/api/auth/me", .signedIn, timed(me))
    }

    /// `POST /api/auth/login`
    private func login(_ request: HTTPRequest) async throws -> HTTPResponse {
        let desk = try accountDesk()
        var fields = FieldReader(try await object(request))
        let user = fields.required("user")
        let password = fields.required("password")
        try fields.check()
        return .json(200, SignedInView(try await desk.signIn(user, password, from: clientAddress(request))))
    }

    /// `POST /api/auth/refresh`: a token is good once, for the next one.
    private func refresh(_ request: HTTPRequest) async throws -> HTTPResponse {
        let desk = try accountDesk()
        var fields = FieldReader(try await object(request))
        let token = fields.required("refreshToken")
        try fields.check()
        return .json(200, SignedInView(try await desk.renew(token)))
    }

    /// `POST /api/auth/logout`: also with a token that is good no more.
    private func logout(_ request: HTTPRequest) async throws -> HTTPResponse {
        let desk = try accountDesk()
        var fields = FieldReader(try await object(request))
        let token = fields.required("refreshToken")
        try fields.check()
        try await desk.signOut(token)
        return HTTPResponse(status: 204)
    }

    /// `POST /api/auth/password`: ends the user's other sign-ins and their API tokens. Whoever had to change it refreshes the token then: the
    /// one at hand still opens no course.
    private func changePassword(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let desk = try accountDesk()
        guard caller.principal.session != nil else { throw Self.notOfAnAccount }
        var fields = FieldReader(try await object(request))
        let current = fields.required("current")
        let new = fields.required("new")
        try fields.check()
        try await desk.change(current, to: new, by: caller.principal, from: clientAddress(request))
        return HTTPResponse(status: 204)
    }

    /// `GET /api/auth/me`: who the caller is, with the courses that can be opened.
    private func me(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let principal = caller.principal
        let roles = try await access.courses(of: principal)
        let titles = try await ports.documents.directory.titles()
        let courses = try await courseIDs(of: principal).map { id in
            MeView.Course(id: id, title: titles[id] ?? id.name, role: roles.map { $0[id] ?? .student } ?? .staff)
        }
        var account: Account?
        if principal.session != nil { account = try await ports.identity.accounts?.accounts.account(principal.user) }
        return .json(
            200,
            MeView(
                id: principal.user, name: account?.name ?? principal.name ?? principal.user.name,
                standing: principal.standing, courses: courses, mustChangePassword: account?.mustChange ?? false))
    }

    // MARK: - For the routes about people

    /// - Throws: `Problem` 404 where nobody has an account here.
    func accountDesk() throws -> AccountDesk {
        guard let desk = ports.identity.accounts else {
            throw Problem(
                404, "no_local_accounts", "No accounts here",
                "This server signs nobody in itself: accounts are kept elsewhere, or GEPETO_AUTH is 'open'.")
        }
        return desk
    }

    /// Where the request comes from, as far as the proxies before us are believed.
    func clientAddress(_ request: HTTPRequest) -> String {
        ports.identity.proxies.client(peer: request.peerAddress, forwarded: request.headers.list("x-forwarded-for"))
    }

    static let notOfAnAccount = Problem(
        403, "not_of_an_account", "Not with this token",
        "This needs the sign-in of an account of this server: tokens from elsewhere have no password here.")
}

extension FieldReader {
    /// A required text exactly as it stands, for secrets; empty when it is wrong.
    mutating func required(_ name: String) -> String {
        let before = errors.count
        guard let text = string(name), !text.isEmpty else {
            if errors.count == before { fail(name, "'\(name)' is required.") }
            return ""
        }
        return text
    }
}

/// Who is signed in, for display.
struct UserView: Encodable, Sendable {
    let id: UserID
    let name: String
    let standing: Standing

    init(_ account: Account) {
        id = account.user
        name = account.name
        standing = account.standing
    }
}

struct SignedInView: Encodable, Sendable {
    let accessToken: String
    /// Seconds.
    let expiresIn: Int64
    let refreshToken: String
    let user: UserView
    let mustChangePassword: Bool

    init(_ signedIn: AccountDesk.SignedIn) {
        accessToken = signedIn.accessToken
        expiresIn = TokenIssuer.lifetime.components.seconds
        refreshToken = signedIn.refreshToken
        user = UserView(signedIn.account)
        mustChangePassword = signedIn.account.mustChange
    }
}

struct MeView: Encodable, Sendable {
    struct Course: Encodable, Sendable {
        let id: CourseID
        let title: String
        let role: CourseRole
    }

    let id: UserID
    let name: String
    let standing: Standing
    let courses: [Course]
    let mustChangePassword: Bool
}
