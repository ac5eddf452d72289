import Support
import WebServer

extension ChatAPI {
    func installPolicies(in router: inout MeasuredRouter) {
        router.on(.get, "/api/courses/{course}/policies", .member, timed(policies))
        router.on(.put, "/api/courses/{course}/policies", .staff, timed(setPolicies))
        router.on(.get, "/api/courses/{course}/budget", .member, timed(budget))
        router.on(.get, "/api/courses/{course}/flashcards", .member, timed(flashcards))
    }

    /// `GET /api/courses/{course}/policies`: all of it for staff, with its version; for students what concerns them.
    func policies(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let stored = try await ports.gate.policies.policy(of: try await knownCourse(request))
        guard caller.isStaff else {
            return .json(200, StudentPolicyView(stored.policy, at: ports.time.now))
        }
        return Self.response(stored)
    }

    /// `PUT /api/courses/{course}/policies`: all of it anew. What it was made from is said by `If-Match`, or by the field
    /// `version` as GET has it, so that two members of staff never overwrite each other.
    func setPolicies(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        var object = try await object(request)
        let field = object.removeValue(forKey: "version")
        let policy = try CoursePolicy.read(object)
        let gate = ports.gate
        let former = try await gate.policies.policy(of: course)
        let expected = try Self.expected(request.headers["if-match"], field, former)
        let stored = try await gate.policies.set(
            policy, of: course, expecting: expected, by: caller.user, at: ports.time.now)
        guard let stored else {
            throw Problem(
                412, "policy_changed", "Changed meanwhile",
                "Somebody else has changed these rules; GET them again, and make your change in what there is now.")
        }
        await audit("policies.changed", by: caller, in: course, details: ["version": "\(stored.version)"])
        ports.log.info("policies changed", ["course": course.name, "version": "\(stored.version)"])
        return Self.response(stored)
    }

    /// `GET /api/courses/{course}/budget`: what the caller has left.
    func budget(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        .json(200, try await ports.gate.budget(of: caller.user, in: try await knownCourse(request)))
    }

    /// `GET /api/courses/{course}/flashcards?format=csv|anki|json`: the caller's own marked quiz questions.
    func flashcards(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let name = request.queryValue("format") ?? Flashcards.Format.csv.rawValue
        guard let format = Flashcards.Format(rawValue: name) else {
            throw Problem.invalid("?format", "'format' must be one of: csv, anki, json.")
        }
        let view = try await view(of: course, caller)
        try view.checkOpen()
        let quizzes = try await ports.quizzes.quizzes(of: caller.user, in: course, limit: Self.mostQuizzes)
        let text = Flashcards(quizzes, without: view.hidden).text(as: format)
        if format == .json { return .json(200, bytes: Array(text.utf8)) }
        let ending = format == .csv ? "csv" : "txt"
        return HTTPResponse(
            status: 200,
            headers: [
                "content-type": format == .csv ? "text/csv; charset=utf-8" : "text/plain; charset=utf-8",
                "content-disposition": "attachment; filename=\"\(course)-flashcards.\(ending)\"",
                "cache-control": "no-store", "x-content-type-options": "nosniff",
            ], body: .bytes(Array(text.utf8)))
    }

    private static let mostQuizzes = 1_000

    /// The version that the new policy was made from.
    /// - Returns: nil for whichever there is, which only `If-Match: *` says.
    private static func expected(
        _ header: String?, _ field: JSONValue?, _ former: StoredPolicy
    ) throws -> Int? {
        if let header {
            let tag = header.trimmed
            if tag == "*" { return nil }
            guard let version = Int(tag.filter { $0 != "\"" }) else {
                throw Problem.invalid(
                    "If-Match", "'If-Match' must be the ETag of the rules that GET gave, for example \"3\".")
            }
            return version
        }
        switch field {
        case .number(let number)? where number >= 0 && number == number.rounded() && number < 1e15: return Int(number)
        case nil, .null?: break
        default: throw Problem.invalid("/version", "'version' must be that of the rules that GET gave.")
        }
        guard former.version == 0 else {
            throw Problem(
                428, "version_required", "Which version?",
                "Say which rules yours were made from: 'If-Match' with the ETag that GET gave, or its field 'version'.")
        }
        return 0
    }

    private static func response(_ stored: StoredPolicy) -> HTTPResponse {
        var response = HTTPResponse.json(200, PolicyView(stored))
        response.headers["etag"] = "\"\(stored.version)\""
        return response
    }

    /// What somebody may see of a course just now.
    func view(of course: CourseID, _ caller: Caller) async throws -> CourseView {
        try await view(of: course, caller.principal, language: caller.language)
    }

    func view(of course: CourseID, _ principal: Principal, language: String = "en") async throws -> CourseView {
        try await ports.gate.view(
            of: course, isStaff: try await access.role(of: principal, in: course) == .staff, language: language)
    }
}
