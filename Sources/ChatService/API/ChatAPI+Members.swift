import Support
import WebServer

extension ChatAPI {
    func installMembers(in router: inout MeasuredRouter) {
        router.on(.get, "/api/courses/{course}/members", .staff, timed(members))
        router.on(.put, "/api/courses/{course}/members", .staff, timed(enrol))
        router.on(.delete, "/api/courses/{course}/members/{user}", .staff, timed(removeMember))
        router.on(.post, "/api/courses/{course}/members/{user}/password", .staff, timed(resetMember))
        router.on(.get, "/api/courses/{course}/audit", .staff, timed(auditTrail))
    }

    /// `GET /api/courses/{course}/members`: in the order in which they came.
    private func members(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let limit = try number("limit", in: 1...1_000, default: 200, request)
        let page = try await ports.memberships.members(of: course, after: cursor(request), limit: limit)
        return .json(200, MembersView(members: page.items.map(MemberView.init), nextCursor: page.next?.text))
    }

    /// `PUT /api/courses/{course}/members`: JSON or CSV; who has no account yet gets one, where accounts are kept here.
    private func enrol(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let people = try await people(request)
        let outcome = try await ports.memberships.enrol(people, in: course)
        let opened = try await openAccounts(people, of: course, joined: Set(outcome.added), by: caller)
        await audit(
            "members.changed", by: caller, in: course,
            details: [
                "added": "\(outcome.added.count)", "changed": "\(outcome.changed.count)",
                "accounts": "\(opened.count)",
            ])
        // Who was given power over the course is said by name.
        let touched = Set(outcome.added + outcome.changed)
        for person in people where person.role == .staff && touched.contains(person.user) {
            await audit("staff.appointed", by: caller, in: course, subject: person.user.name)
        }
        return .json(
            200,
            EnrolledView(
                added: outcome.added.count, changed: outcome.changed.count, unchanged: outcome.unchanged,
                accounts: opened.map { EnrolledView.Opened(user: $0.user, temporaryPassword: $0.password) }))
    }

    /// Accounts for members who have none, where accounts are kept here. Staff get none of somebody who is known already,
    /// but as a student of theirs: the password would make them that person.
    private func openAccounts(
        _ people: [Enrolment], of course: CourseID, joined: Set<UserID>, by caller: Caller
    ) async throws -> [(user: UserID, password: String)] {
        guard let book = ports.identity.accounts?.book else { return [] }
        func open(_ people: [Enrolment], _ claim: AccountClaim) async throws -> [(user: UserID, password: String)] {
            try await book.open(people.map { AccountBook.Newcomer(user: $0.user, name: $0.name) }, claim)
        }
        guard let theirs = try await access.staffCourses(of: caller.principal) else {
            return try await open(people, .anybody)
        }
        var strangers: [Enrolment] = []
        for person in people where try await !hasAsked(person.user, beyond: theirs) { strangers.append(person) }
        return try await open(
            strangers.filter { joined.contains($0.user) }, .strangers(studentsOf: theirs, joined: course))
            + open(strangers.filter { !joined.contains($0.user) }, .strangers(studentsOf: theirs))
    }

    /// Conversations of one person that are looked at.
    private static let mostLookedAt = 10_000

    /// Whether somebody has conversations in other courses than those; also where there are too many to tell.
    func hasAsked(_ user: UserID, beyond courses: Set<CourseID>) async throws -> Bool {
        var cursor: PageCursor?
        for _ in 0..<(Self.mostLookedAt / 100) {
            let page = try await ports.history.conversations(user: user, after: cursor, limit: 100)
            if page.items.contains(where: { !courses.contains($0.course) }) { return true }
            guard let next = page.next else { return false }
            cursor = next
        }
        return true
    }

    private func people(_ request: HTTPRequest) async throws -> [Enrolment] {
        guard HeaderParameters(request.headers["content-type"] ?? "").value == "text/csv" else {
            guard case .array(let values)? = try await object(request)["members"] else {
                throw Problem.invalid("/members", "'members' is required: an array of {\"user\", \"name\", \"role\"}.")
            }
            guard values.count <= MemberTable.mostRows else { throw MemberTable.tooMany }
            return try values.enumerated().map { index, value in
                let fault = { (what: String) in Problem.invalid("/members/\(index)", "Member \(index) \(what)") }
                guard case .object(let object) = value, case .string(let user)? = object["user"],
                    case .string(let role)? = object["role"]
                else { throw fault("must be an object with the texts 'user' and 'role'.") }
                var name: String?
                switch object["name"] {
                case nil, .null?: break
                case .string(let text)?: name = text
                default: throw fault("has a 'name' that is no text.")
                }
                return try MemberTable.enrolment(user: user, name: name, role: role, fault)
            }
        }
        guard let text = String(validating: try await request.body.collect(upTo: 1 << 20), as: UTF8.self) else {
            throw Problem(400, "invalid_utf8", "Not UTF-8", "The table is not valid UTF-8; save it as CSV in UTF-8.")
        }
        return try MemberTable.read(text)
    }

    /// `DELETE /api/courses/{course}/members/{user}`: their account and what they asked stay theirs.
    private func removeMember(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let user = UserID(parameter("user", request))
        guard try await ports.memberships.remove(user, from: course) else { throw Problem.unknown("member") }
        await audit("members.removed", by: caller, in: course, subject: user.name)
        return HTTPResponse(status: 204)
    }

    /// `POST /api/courses/{course}/members/{user}/password`: of students who are the caller's in all their courses, those in
    /// which they ever asked among them, for who has the password has the person.
    private func resetMember(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let desk = try accountDesk()
        let course = try await knownCourse(request)
        let user = UserID(parameter("user", request))
        guard try await ports.memberships.member(user, of: course) != nil,
            let account = try await desk.accounts.account(user)
        else { throw Problem.unknown("member with an account") }
        if let theirs = try await access.staffCourses(of: caller.principal) {
            let courses = try await ports.memberships.courses(of: user)
            guard account.standing == .student, courses.allSatisfy({ $0.value == .student && theirs.contains($0.key) }),
                try await !hasAsked(user, beyond: theirs)
            else {
                throw Problem(
                    403, "not_only_yours", "Not only your student",
                    "This member also belongs, or has belonged, to courses of others, or is staff: an administrator may reset the password."
                )
            }
        }
        let password = try await desk.reset(user)
        await audit("password.reset", by: caller, in: course, subject: user.name)
        return .json(200, ["temporaryPassword": password])
    }

    /// `GET /api/courses/{course}/audit`: the last one first.
    private func auditTrail(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let limit = try number("limit", in: 1...200, default: 50, request)
        let page = try await ports.audit.entries(of: course, after: cursor(request), limit: limit)
        return .json(200, AuditView(entries: page.items.map(AuditView.Entry.init), nextCursor: page.next?.text))
    }

    /// The course of the path, which there is.
    /// - Throws: `Problem` 404: an administrator is not kept out before, by a membership.
    func knownCourse(_ request: HTTPRequest) async throws -> CourseID {
        let course = try courseID(request)
        guard try await look(into: course, { try await $0.exists(course) }) else { throw Problem.unknownCourse(nil) }
        return course
    }
}

/// A member as staff see them; times in seconds since 1970.
struct MemberView: Encodable, Sendable {
    let user: UserID
    let name: String?
    let role: CourseRole
    let addedAt: Int64

    init(_ member: Member) {
        user = member.user
        name = member.name
        role = member.role
        addedAt = member.addedAt.seconds
    }
}

struct MembersView: Encodable, Sendable {
    let members: [MemberView]
    /// Absent on the last page.
    let nextCursor: String?
}

struct EnrolledView: Encodable, Sendable {
    struct Opened: Encodable, Sendable {
        let user: UserID
        /// Shown this once.
        let temporaryPassword: String
    }

    let added: Int
    let changed: Int
    let unchanged: Int
    let accounts: [Opened]
}

struct AuditView: Encodable, Sendable {
    struct Entry: Encodable, Sendable {
        let at: Int64
        let actor: UserID
        let action: String
        let course: CourseID?
        let subject: String
        let details: [String: String]

        init(_ entry: AuditEntry) {
            at = entry.at.seconds
            actor = entry.actor
            action = entry.action
            course = entry.course
            subject = entry.subject
            details = entry.details
        }
    }

    let entries: [Entry]
    /// Absent on the last page.
    let nextCursor: String?
}
