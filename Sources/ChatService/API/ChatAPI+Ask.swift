import Support
import WebServer

extension ChatAPI {
    /// `POST /api/chat`
    func ask(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try await ask(request, caller, conversation: nil)
    }

    /// `POST /api/conversations/{id}/messages`
    func askInConversation(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try await ask(request, caller, conversation: parameter("id", request))
    }

    /// `POST /api/conversations/{id}/messages/stream`: asks, and answers with the job's events as they come. The first one
    /// tells the job: a client that loses the stream resumes at `/api/jobs/{jobId}/events` with `Last-Event-ID`. A question
    /// that was stored but cannot be streamed just now is answered 202, as by `POST /api/chat`.
    func askAndStream(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let submitted = try await submit(request, caller, conversation: parameter("id", request))
        var response: HTTPResponse
        do {
            let record = try await record(submitted.accepted.jobID, of: caller.principal)
            response = try await events(of: record, after: nil, try await view(of: record.job.course, caller))
        } catch {
            // It is a promise already: a client that is told otherwise would ask again, and be answered twice.
            ports.log.warning("answer not streamed", ["job": submitted.accepted.jobID, "error": error.label])
            return Self.receipt(submitted, in: Self.accepted(submitted.accepted))
        }
        // The request is in work until the stream ends.
        if let key = submitted.key { response.body = response.body.holding(key) }
        return Self.receipt(submitted, in: response)
    }

    private func ask(_ request: HTTPRequest, _ caller: Caller, conversation: String?) async throws -> HTTPResponse {
        let submitted = try await submit(request, caller, conversation: conversation)
        return Self.receipt(submitted, in: Self.accepted(submitted.accepted))
    }

    private func submit(
        _ request: HTTPRequest, _ caller: Caller, conversation: String?
    ) async throws -> Submitted {
        var object = try await object(request)
        if let conversation { object["conversationId"] = .string(conversation) }
        return try await submit(
            object, for: caller.principal, traceID: TraceContext.traceID(request),
            idempotencyKey: try idempotencyKey(request))
    }

    private static func receipt(_ submitted: Submitted, in response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.headers.append("location", "/api/jobs/" + submitted.accepted.jobID)
        for field in Self.headers(submitted.verdict) { response.headers.append(field.name, field.value) }
        return response
    }

    /// A question that is a promise now.
    struct Submitted: Sendable {
        let accepted: Accepted
        let verdict: RateVerdict
        /// Of a request with this key, which was accepted before.
        let isRepeat: Bool
        /// While it is held, the same request is told to come back.
        let key: KeysInWork.Hold?
    }

    /// Validates a question and turns it into a promise; the same for HTTP and for the socket.
    /// - Parameters:
    ///   - session: the socket's own session; nil takes the field `sessionId`.
    ///   - traceID: used unless the field `traceId` says another.
    ///   - given: what was said before, as a client tells it who keeps the conversation himself.
    func submit(
        _ object: [String: JSONValue], for principal: Principal, session: String? = nil, traceID: String,
        idempotencyKey: String? = nil, given: [Turn]? = nil
    ) async throws -> Submitted {
        let user = principal.user
        var fields = FieldReader(object)
        let message = fields.text("message", limit: FieldReader.longestMessage)
        let namedCourse = fields.course()
        let conversationID = fields.string("conversationId")
        let sessionID = fields.string("sessionId")
        let mode = fields.mode()
        let assignment = fields.string("assignment")
        if let assignment, !PolicyReader.isAssignment(assignment) {
            fields.fail("assignment", "'assignment' must be the id of one of the course's assignments.")
        }
        let trace = fields.traceID() ?? traceID
        if let session, let sessionID, sessionID != session {
            fields.fail("sessionId", "A socket asks in its own session; leave 'sessionId' out.")
        }
        try fields.check()
        let idempotency = idempotencyKey.map { key in
            var parts = [message, namedCourse?.name ?? "", conversationID ?? "", sessionID ?? "", mode.rawValue]
            if let assignment { parts.append(assignment) }
            if let given { parts += given.flatMap { [$0.role.rawValue, $0.content] } }
            return Submission.Idempotency(key: key, fingerprint: SHA256.hex(JSONText.bytes(parts)))
        }
        let hold = try idempotency.map { try keys.enter($0.key, of: user, fingerprint: $0.fingerprint) }
        // Before the limiter: whoever repeats a question for want of an answer asks nothing more.
        if let idempotency, let first = try await ports.intake.accepted(idempotency, user: user) {
            ports.log.info("question repeated", ["job": first.jobID, "trace": first.traceID])
            return Submitted(accepted: first, verdict: await ports.limiter.look(user), isRepeat: true, key: hold)
        }
        let verdict = await ports.limiter.take(user)
        if let wait = verdict.wait { throw Self.tooMany("questions", verdict, wait) }
        let course = try await course(namedCourse, conversation: conversationID, of: principal)
        let admission = try await ports.gate.admit(
            message, mode: mode, assignment: assignment, course: course,
            isStaff: try await access.role(of: principal, in: course) == .staff)
        RequestTrace.current?.accepting(trace)
        let accepted = try await ports.intake.accept(
            Submission(
                user: user, message: message, course: course, mode: mode, traceID: trace,
                conversationID: conversationID, sessionID: session ?? sessionID, idempotency: idempotency, given: given,
                admission: admission, isSampled: RequestTrace.current?.isSampled))
        RequestTrace.current?.accepted(job: accepted.jobID, traceID: accepted.traceID)
        ports.log.info(
            "question accepted", ["job": accepted.jobID, "trace": accepted.traceID, "course": course.name])
        ports.metrics.acceptedQuestion(mode)
        return Submitted(accepted: accepted, verdict: verdict, isRepeat: false, key: hold)
    }

    /// The course that was named, the conversation's, or the only one there is.
    private func course(
        _ named: CourseID?, conversation: String?, of principal: Principal
    ) async throws -> CourseID {
        if let conversation {
            guard let known = try await ports.history.conversation(conversation, user: principal.user) else {
                throw IntakeError.unknownConversation
            }
            guard named == nil || named == known.course else { throw IntakeError.otherCourse }
            try await access.require(.student, of: principal, in: known.course)
            return known.course
        }
        return try await course(named, of: principal)
    }

    /// The course that was named, if there is one of that name and they belong to it, or the only one of theirs.
    func course(_ named: CourseID?, of principal: Principal) async throws -> CourseID {
        if let named {
            guard try await access.role(of: principal, in: named) != nil,
                try await look(into: named, { try await $0.exists(named) })
            else { throw Problem.unknownCourse("/course") }
            return named
        }
        let all = try await courseIDs(of: principal)
        if all.isEmpty {
            throw Problem.unavailable(
                "There is no course for you yet; staff make one with 'gepeto ingest', or add you to theirs.",
                label: "no_courses", retryAfter: 60)
        }
        guard let only = all.first, all.count == 1 else {
            throw Problem.invalid("/course", "'course' is required, because there are several courses.")
        }
        return try await course(only, of: principal)
    }

    /// The courses there are that somebody belongs to, sorted.
    func courseIDs(of principal: Principal) async throws -> [CourseID] {
        let theirs = try await access.courses(of: principal)
        let all = try await look(into: nil) { try await $0.ids() }
        return theirs.map { theirs in all.filter { theirs[$0] != nil } } ?? all
    }

    /// The key of the header, scoped to the route.
    /// - Throws: `Problem` 400 for a key that is no key.
    func idempotencyKey(_ request: HTTPRequest) throws -> String? {
        try request.headers["idempotency-key"].map { try idempotencyKey($0, route: "\(request.route)") }
    }

    /// - Throws: `Problem` 400 for a key that is no key.
    func idempotencyKey(_ key: String, route: String) throws -> String {
        guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw Problem(
                400, "invalid_idempotency_key", "The request is not valid",
                "An idempotency key must be 1 to 128 visible ASCII characters, for example a UUID.")
        }
        return "\(route) \(key)"
    }

    static func tooMany(_ what: String, _ verdict: RateVerdict, _ wait: Duration) -> Problem {
        let seconds = Self.wholeSeconds(wait)
        var fields = headers(verdict)
        fields["retry-after"] = "\(seconds)"
        return Problem(
            429, "rate_limited", "Too many \(what)",
            "You have asked too many \(what) in a short time; ask again in \(seconds) s.", headers: fields)
    }

    static func headers(_ verdict: RateVerdict) -> HTTPFields {
        [
            "ratelimit-limit": "\(verdict.limit)", "ratelimit-remaining": "\(verdict.remaining)",
            "ratelimit-reset": "\(verdict.wait.map(wholeSeconds) ?? 0)",
        ]
    }

    /// Rounded up: whoever waits that long is let by.
    private static func wholeSeconds(_ wait: Duration) -> Int { Int(wait.inSeconds.rounded(.up)) }

    /// The 202, written by hand: it is sent for every question.
    static func accepted(_ accepted: Accepted) -> HTTPResponse {
        var fields = JSONFields()
        fields.add("conversationId", accepted.conversationID)
        fields.add("jobId", accepted.jobID)
        fields.add("sessionId", accepted.sessionID)
        fields.add("status", JobStatus.queued.rawValue)
        // Seconds since 1970.
        fields.add("timestamp", accepted.acceptedAt.seconds)
        fields.add("traceId", accepted.traceID)
        return .json(202, bytes: fields.object())
    }
}
