import Support
import WebServer

/// The one place where it is decided who may do what. A course of which somebody is no member is, to them, not there.
package struct AccessControl: Sendable {
    private static let tokenPrefix = "bearer."

    private let authenticator: any Authenticator
    private let memberships: any Memberships
    private let tokens: TokenDoor?

    /// - Parameter tokens: nil where nobody has API tokens.
    init(authenticator: any Authenticator, memberships: any Memberships, tokens: TokenDoor? = nil) {
        self.authenticator = authenticator
        self.memberships = memberships
        self.tokens = tokens
    }

    // MARK: - In a course

    /// What somebody is in a course: an administrator its staff, anybody else what their token or the directory says.
    package func role(of principal: Principal, in course: CourseID) async throws -> CourseRole? {
        guard principal.reaches(course) else { return nil }
        if principal.standing == .admin { return .staff }
        if let claimed = principal.claimed[course] { return claimed }
        return try await memberships.role(of: principal.user, in: course)
    }

    /// For routes whose path does not name the course.
    /// - Throws: `Problem` 404 `unknown_course` for who is no member, 403 `staff_only` for a student where staff is wanted.
    package func require(_ role: CourseRole, of principal: Principal, in course: CourseID) async throws {
        _ = try Self.check(try await self.role(of: principal, in: course), is: role)
    }

    /// The courses somebody belongs to; nil for all there are.
    package func courses(of principal: Principal) async throws -> [CourseID: CourseRole]? {
        guard principal.standing != .admin else {
            return principal.limitedTo.map { Dictionary(uniqueKeysWithValues: $0.map { ($0, .staff) }) }
        }
        let courses = try await memberships.courses(of: principal.user).merging(principal.claimed) { $1 }
        guard let limit = principal.limitedTo else { return courses }
        return courses.filter { limit.contains($0.key) }
    }

    /// The courses whose staff somebody is; nil for all there are.
    package func staffCourses(of principal: Principal) async throws -> Set<CourseID>? {
        try await courses(of: principal).map { Set($0.filter { $0.value == .staff }.keys) }
    }

    // MARK: - At a route

    /// Lets by who may use the route, and says who they are.
    /// - Throws: `AuthenticationError`; `Problem` 400 for a name no course can have, 403, 404.
    func caller(_ request: HTTPRequest, _ access: Access, isSocket: Bool = false) async throws -> Caller {
        let token = isSocket ? Self.socketToken(request) : Self.bearerToken(request)
        let program = try await tokens?.principal(token, route: request.route)
        let principal = if let program { program } else { try await authenticator.authenticate(token: token) }
        if principal.limitedTo?.isEmpty == true, !request.route.hasPrefix(Self.signInRoutes) {
            throw Self.passwordFirst
        }
        var role: CourseRole?
        switch access {
        case .anyone, .signedIn: break
        case .member: role = try await self.role(of: principal, atLeast: .student, request)
        case .staff: role = try await self.role(of: principal, atLeast: .staff, request)
        case .staffSomewhere:
            if try await staffCourses(of: principal)?.isEmpty == true { throw Self.staffOnly }
        case .courseMaker:
            guard principal.standing != .student, principal.limitedTo == nil else { throw Self.staffOnly }
        case .admin:
            guard principal.standing == .admin, principal.limitedTo == nil else { throw Self.adminOnly }
        }
        return Caller(principal: principal, role: role, language: Self.language(request))
    }

    private func role(
        of principal: Principal, atLeast least: CourseRole, _ request: HTTPRequest
    ) async throws -> CourseRole {
        let course = try Self.course(of: request)
        return try Self.check(try await role(of: principal, in: course), is: least)
    }

    private static func check(_ role: CourseRole?, is least: CourseRole) throws -> CourseRole {
        guard let role else { throw Problem.unknownCourse(nil) }
        guard role == .staff || least == .student else { throw staffOnly }
        return role
    }

    /// The course that the path names.
    /// - Throws: `Problem` 400 for a name no course can have.
    static func course(of request: HTTPRequest) throws -> CourseID {
        do {
            return try CourseID(request.pathParameters["course"] ?? "")
        } catch {
            throw Problem(400, error.label, "Not a course name", error.sentence)
        }
    }

    private static func bearerToken(_ request: HTTPRequest) -> String? {
        guard let value = request.headers["authorization"] else { return nil }
        let parts = value.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard parts.count == 2, String(Substring(parts[0])).lowercased() == "bearer" else { return nil }
        return String(Substring(parts[1]))
    }

    /// Of sentences for a person: Portuguese for who prefers it to English (RFC 9110, section 12.5.4).
    static func language(_ request: HTTPRequest) -> String {
        var best = (language: "en", quality: 0.0)
        for range in (request.headers["accept-language"] ?? "").split(separator: ",").prefix(20) {
            let parts = range.split(separator: ";").map { String($0).trimmed.lowercased() }
            guard let tag = parts.first?.prefix(while: { $0 != "-" }), tag == "pt" || tag == "en" else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if quality > best.quality { best = (String(tag), quality) }
        }
        return best.language
    }

    /// The token stands in the header, or, because browsers cannot set that, among the offered sub-protocols.
    private static func socketToken(_ request: HTTPRequest) -> String? {
        guard request.headers["authorization"] == nil,
            let carrier = request.offeredSubprotocols.first(where: { $0.hasPrefix(tokenPrefix) })
        else { return bearerToken(request) }
        return String(carrier.dropFirst(tokenPrefix.count))
    }

    /// All that a temporary password opens.
    private static let signInRoutes = "/api/auth/"

    static let passwordFirst = Problem(
        403, "password_change_required", "Choose a password first",
        "This sign-in is by a password for once: choose your own, then refresh the token.")
    static let staffOnly = Problem(
        403, "staff_only", "For staff", "Only the staff of a course may do this; sign in with a staff account.")
    static let adminOnly = Problem(
        403, "admin_only", "For administrators", "Only an administrator may do this; sign in with such an account.")
}
