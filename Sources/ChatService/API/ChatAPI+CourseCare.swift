import Support
import WebServer

extension ChatAPI {
    func installCourseCare(in router: inout MeasuredRouter) {
        router.on(.patch, "/api/courses/{course}", .staff, timed(renameCourse))
        router.on(.delete, "/api/courses/{course}", .staff, timed(deleteCourse))
    }

    /// `PATCH /api/courses/{course}`: the title.
    private func renameCourse(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let id = try await knownCourse(request)
        var fields = FieldReader(try await object(request))
        let title = fields.text("title", limit: Self.longestTitle)
        try fields.check()
        try await ports.documents.directory.setTitle(title, of: id)
        await audit("course.renamed", by: caller, in: id)
        return try await course(request, caller)
    }

    /// `DELETE /api/courses/{course}`: its documents, members, rules and insights, for good; by an administrator or who made it. What was
    /// asked in it stays in the conversations of those who asked.
    private func deleteCourse(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let id = try courseID(request)
        // A deletion that failed half way, when the course itself was gone, is said again.
        if caller.principal.standing == .admin, try await !ports.library.exists(id) {
            try await forget(id)
            throw Problem.unknownCourse(nil)
        }
        _ = try await knownCourse(request)
        if caller.principal.standing != .admin {
            guard try await ports.memberships.maker(of: id) == caller.user else {
                throw Problem(
                    403, "maker_only", "For the maker",
                    "Only who made the course, or an administrator, may delete it.")
            }
        }
        guard try await ports.documents.removeCourse(id) else { throw Problem.unknownCourse(nil) }
        try await forget(id)
        await audit("course.deleted", by: caller, in: id)
        return HTTPResponse(status: 204)
    }

    /// What is known of a course beside its file; what was asked in it stays in the conversations.
    private func forget(_ id: CourseID) async throws {
        try await ports.memberships.removeAll(from: id)
        try await ports.tokens.revokeAll(for: id)
        // Else the next course of this name would begin with this one's rules and its students' questions. What ends now is
        // counted, so the insights go after it.
        let ended = try await ports.identity.erasure.erase(id)
        for job in ended {
            ports.running.cancel(job)
            await publisher.publish(job: job)
        }
        try await ports.gate.policies.removePolicy(of: id)
        try await ports.insights.removeInsights(of: id)
        try await ports.documents.directory.forgetTitle(of: id)
    }
}
