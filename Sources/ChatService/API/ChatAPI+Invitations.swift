import Support
import WebServer

extension ChatAPI {
    /// Hours that an invitation is good for, at most: a year.
    private static let longestInvitation = 8_760

    func installInvitations(in router: inout MeasuredRouter) {
        router.on(.get, "/api/courses/{course}/invitations", .staff, timed(invitations))
        router.on(.post, "/api/courses/{course}/invitations", .staff, timed(invite))
        router.on(.delete, "/api/courses/{course}/invitations/{id}", .staff, timed(withdrawInvitation))
        router.open(.post, "/api/invitations/{code}", deadline: ports.deadline, acceptInvitation)
    }

    /// `GET /api/courses/{course}/invitations`: those still good, without their codes, which nobody has but the invited.
    private func invitations(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let invitations = try await ports.identity.invitations.invitations(of: try await knownCourse(request))
        return .json(200, ["invitations": invitations.map { InvitationView($0) }])
    }

    /// `POST /api/courses/{course}/invitations`
    private func invite(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        var fields = FieldReader(try await object(request))
        let role = fields.role()
        let hours = fields.integer("expiresInHours", in: 1...Self.longestInvitation, default: 168)
        let uses = fields.integer("uses", in: 1...10_000, default: 1)
        try fields.check()
        let code = RandomIdentifier.make()
        let now = ports.time.now
        let invitation = Invitation(
            id: RandomIdentifier.make(at: now), course: course, role: role, usesLeft: uses, madeBy: caller.user,
            createdAt: now, expiresAt: now + .seconds(hours * 3600))
        try await ports.identity.invitations.add(invitation, codeHash: AccountDesk.hash(code))
        await audit(
            "invitation.made", by: caller, in: course, subject: invitation.id,
            details: ["role": role.rawValue, "uses": "\(uses)", "hours": "\(hours)"])
        // Behind the '#', which no browser sends: the code stands in nobody's log.
        let url = (ports.identity.publicURL ?? "") + "/#/join/\(code)"
        return .json(201, InvitationView(invitation, code: code, url: url))
    }

    /// `DELETE /api/courses/{course}/invitations/{id}`
    private func withdrawInvitation(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let id = parameter("id", request)
        guard try await ports.identity.invitations.remove(id, from: course) else {
            throw Problem.unknown("invitation")
        }
        await audit("invitation.withdrawn", by: caller, in: course, subject: id)
        return HTTPResponse(status: 204)
    }

    /// `POST /api/invitations/{code}`: who is signed in joins; anybody else makes an account and is then signed in.
    private func acceptInvitation(_ request: HTTPRequest) async throws -> HTTPResponse {
        let hash = AccountDesk.hash(parameter("code", request))
        if request.headers["authorization"] != nil {
            let principal = try await access.caller(request, .signedIn).principal
            guard principal.limitedTo == nil else { throw Self.notOfAnAccount }
            let joined = try await join(hash, principal.user, principal.name)
            return .json(200, JoinedView(course: joined.course, role: joined.role))
        }
        let desk = try accountDesk()
        guard !ports.identity.hasOtherIssuer else { throw Self.signInFirst }
        // Before anything slow: what tries codes or names is held up like what tries passwords.
        let address = clientAddress(request)
        try desk.throttle.take(address: address)
        var fields = FieldReader(try await object(request))
        let user = fields.required("user")
        let password = fields.required("password")
        let name = fields.string("name").map { String($0.trimmed.prefix(Account.longestName)) }
        try fields.check()
        guard try await ports.identity.invitations.invitation(codeHash: hash) != nil else { throw Self.noInvitation }
        guard let user = Account.userID(user) else { throw AccountError.badName }
        let shownName = name.flatMap { $0.isLegible ? $0 : nil }
        // Whoever comes with a token from elsewhere has conversations before anybody made them a member.
        guard try await !hasAsked(user, beyond: []) else { throw AccountError.taken(user) }
        let account = try await desk.book.open(
            AccountBook.Newcomer(user: user, name: shownName), password: password, .strangers())
        do {
            _ = try await join(hash, user, shownName)
        } catch {
            // The last use was taken meanwhile: nobody shall have an account by it.
            _ = try await desk.remove(user)
            throw error
        }
        desk.throttle.succeeded(address: address)
        return .json(200, SignedInView(try await desk.begin(account)))
    }

    private func join(_ hash: String, _ user: UserID, _ name: String?) async throws -> Invitation {
        let joined = try await ports.identity.invitations.accept(codeHash: hash, user: user, name: name)
        guard let joined else { throw Self.noInvitation }
        ports.log.info("invitation accepted", ["course": joined.course.name])
        return joined
    }

    /// Names of accounts and of an identity provider's users are the same names: nobody takes one before its owner comes.
    private static let signInFirst = Problem(
        403, "sign_in_first", "Sign in first",
        "Who uses this server signs in at their institution: sign in there, then open the invitation again.")

    private static let noInvitation = Problem(
        404, "unknown_invitation", "No such invitation",
        "This invitation is not good any more, or never was; ask the staff of the course for another.")
}

extension FieldReader {
    /// The field `role`; student where there is none.
    mutating func role() -> CourseRole {
        guard let text = string("role") else { return .student }
        guard let role = CourseRole(rawValue: text) else {
            fail("role", "'role' must be 'student' or 'staff'.")
            return .student
        }
        return role
    }
}

struct InvitationView: Encodable, Sendable {
    let id: String
    /// Once, with the answer to who made it.
    let code: String?
    let url: String?
    let role: CourseRole
    /// Seconds since 1970.
    let expiresAt: Int64
    let usesLeft: Int

    init(_ invitation: Invitation, code: String? = nil, url: String? = nil) {
        id = invitation.id
        self.code = code
        self.url = url
        role = invitation.role
        expiresAt = invitation.expiresAt.seconds
        usesLeft = invitation.usesLeft
    }
}

struct JoinedView: Encodable, Sendable {
    let course: CourseID
    let role: CourseRole
}
