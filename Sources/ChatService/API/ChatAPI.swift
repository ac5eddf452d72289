import Support
import WebServer

/// The routes of the contract, section 1, and the socket of section 2, over the ports.
package struct ChatAPI: Sendable {
    /// What the routes lean on.
    package struct Dependencies: Sendable {
        package var intake: any Intake
        package var history: any History
        package var sessions: any Sessions
        package var ledger: any JobLedger
        package var deadLetters: any DeadLetters
        package var library: any CourseLibrary
        package var documents: DocumentDesk
        package var memberships: any Memberships
        package var audit: any AuditTrail
        package var gate: PolicyGate
        package var quizzes: any QuizRecord
        package var tokens: any APITokens
        package var feedback: any Feedback
        package var insights: any Insights
        package var conversationSearch: any ConversationSearch
        package var topics: TopicBoard
        package var identity: Identity
        package var authenticator: any Authenticator
        /// For learning platforms; nil where the server is not set up for them.
        package var lti: LTISettings?
        package var origins: OriginGuard
        package var limiter: any QuestionLimiter
        package var running: RunningJobs
        package var readiness: Readiness
        package var metrics: ChatMetrics
        /// The latest end of a request that does not stream (contract, section 5).
        package var deadline: Duration
        package var time: any TimeSource
        package var log: Log

        package init(
            intake: any Intake, history: any History, sessions: any Sessions, ledger: any JobLedger,
            deadLetters: any DeadLetters, library: any CourseLibrary, documents: DocumentDesk,
            memberships: any Memberships, audit: any AuditTrail, gate: PolicyGate, quizzes: any QuizRecord,
            tokens: any APITokens, feedback: any Feedback, insights: any Insights,
            conversationSearch: any ConversationSearch, topics: TopicBoard, identity: Identity,
            authenticator: any Authenticator, origins: OriginGuard, lti: LTISettings? = nil,
            limiter: any QuestionLimiter = RateLimiter(), running: RunningJobs, readiness: Readiness,
            metrics: ChatMetrics = ChatMetrics(), deadline: Duration = .seconds(29),
            time: any TimeSource = SystemTime(), log: Log
        ) {
            self.intake = intake
            self.history = history
            self.sessions = sessions
            self.ledger = ledger
            self.deadLetters = deadLetters
            self.library = library
            self.documents = documents
            self.memberships = memberships
            self.audit = audit
            self.gate = gate
            self.quizzes = quizzes
            self.tokens = tokens
            self.feedback = feedback
            self.insights = insights
            self.conversationSearch = conversationSearch
            self.topics = topics
            self.identity = identity
            self.authenticator = authenticator
            self.lti = lti
            self.origins = origins
            self.limiter = limiter
            self.running = running
            self.readiness = readiness
            self.metrics = metrics
            self.deadline = deadline
            self.time = time
            self.log = log
        }
    }

    let ports: Dependencies
    let access: AccessControl
    let publisher: TerminalPublisher
    /// Requests with an `Idempotency-Key` that are in work.
    let keys = KeysInWork()
    /// Searches in conversations, and those of programs: each reads through a good deal.
    let searches: RateLimiter
    /// The OpenAPI document, once it was asked for.
    let openAPI = Locked<[UInt8]?>(nil)

    package init(_ dependencies: Dependencies) {
        var ports = dependencies
        // Whatever changes a membership here, the cache sees.
        ports.memberships = MembershipCache(ports.memberships, time: ports.time)
        self.ports = ports
        searches = RateLimiter(perMinute: 60, burst: 20, time: ports.time)
        access = AccessControl(
            authenticator: ports.authenticator, memberships: ports.memberships,
            tokens: TokenDoor(tokens: ports.tokens, time: ports.time))
        publisher = TerminalPublisher(
            ledger: dependencies.ledger, sessions: dependencies.sessions, log: dependencies.log)
    }

    /// Adds the routes, the guard and the form of errors to `plain`.
    package func install(in plain: inout Router) {
        plain.guard = { try check($0) }
        plain.errorResponse = { respond(to: $0, $1) }
        plain = registered(in: plain).router
    }

    /// All routes, with who may use them.
    package var routes: [RouteEntry] { registered(in: Router()).entries }

    private func registered(in plain: Router) -> MeasuredRouter {
        var router = MeasuredRouter(plain, access, ports.metrics, ports.time)
        installService(in: &router)
        installChat(in: &router)
        installCourses(in: &router)
        installPolicies(in: &router)
        installChunks(in: &router)
        installTokens(in: &router)
        installCompletions(in: &router)
        installOpenAPI(in: &router)
        installInsights(in: &router)
        installCourseCare(in: &router)
        installAuth(in: &router)
        installMembers(in: &router)
        installInvitations(in: &router)
        installUsers(in: &router)
        installAccount(in: &router)
        installLTI(in: &router)
        return router
    }

    private func installService(in router: inout MeasuredRouter) {
        router.open(.get, "/api/health", place: .loop) { _ in .json(200, ["status": "ok"]) }
        router.open(.get, "/api/ready", deadline: ports.deadline) { _ in await ports.readiness.response() }
        router.on(.get, "/api/dead-letters", .staffSomewhere, timed(deadLetters))
        router.on(.get, "/api/dead-letters/{id}", .staffSomewhere, timed(deadLetter))
        router.on(.post, "/api/dead-letters/{id}/redrive", .staffSomewhere, timed(redriveDeadLetter))
    }

    private func installChat(in router: inout MeasuredRouter) {
        // On the loop: asking waits for the disk, but never blocks.
        router.on(.post, "/api/chat", .signedIn, place: .loop, timed(ask))
        router.on(.get, "/api/jobs/{jobId}", .signedIn, timed(job))
        router.on(.delete, "/api/jobs/{jobId}", .signedIn, timed(cancelJob))
        router.on(.get, "/api/jobs/{jobId}/events", .signedIn, jobEvents)
        router.webSocket("/api/ws", .signedIn, place: .loop) { [shared = SharedAPI(self)] in
            try await socket($0, $1, shared)
        }
        router.on(.get, "/api/conversations", .signedIn, timed(conversations))
        router.on(.post, "/api/conversations", .signedIn, timed(createConversation))
        router.on(.get, "/api/conversations/{id}", .signedIn, timed(conversation))
        router.on(.patch, "/api/conversations/{id}", .signedIn, timed(renameConversation))
        router.on(.delete, "/api/conversations/{id}", .signedIn, timed(deleteConversation))
        router.on(.get, "/api/conversations/{id}/messages", .signedIn, timed(messages))
        router.on(.post, "/api/conversations/{id}/messages", .signedIn, place: .loop, timed(askInConversation))
        router.on(.post, "/api/conversations/{id}/messages/stream", .signedIn, timed(askAndStream))
    }

    private func installCourses(in router: inout MeasuredRouter) {
        router.on(.get, "/api/courses", .signedIn, timed(courses))
        router.on(.post, "/api/courses", .courseMaker, timed(createCourse))
        router.on(.get, "/api/courses/{course}", .member, timed(course))
        router.on(.get, "/api/courses/{course}/search", .member, timed(search))
        router.on(.get, "/api/courses/{course}/documents", .staff, timed(documents))
        router.on(.post, "/api/courses/{course}/documents", .staff, bodyLimit: Self.uploadLimit, upload)
        router.on(.get, "/api/courses/{course}/documents/{id}", .staff, timed(document))
        router.on(.delete, "/api/courses/{course}/documents/{id}", .staff, timed(deleteDocument))
        router.on(.post, "/api/courses/{course}/documents/{id}/retry", .staff, timed(retryDocument))
        router.on(.get, "/api/courses/{course}/documents/{id}/content", .member, timed(content))
    }

    /// A handler that must have answered at the deadline: a client behind a load balancer would not see a later answer.
    func timed(_ handler: @escaping MeasuredRouter.Handler) -> TimedHandler {
        TimedHandler(handler: handler, deadline: ports.deadline)
    }

    /// Host and Origin, on every request. A load balancer asks for health by address: that tells nothing, so it may.
    func check(_ request: HTTPRequest) throws {
        if ports.origins != .loopback, request.path == "/api/health" || request.path == "/api/ready" { return }
        let origin = Self.isPlatforms(request) ? nil : request.headers["origin"]
        try ports.origins.check(host: request.headers["host"], origin: origin)
    }

    func respond(to thrown: any Error, _ request: HTTPRequest?) -> HTTPResponse {
        let traced = thrown as? TracedFailure
        let error = traced?.cause ?? thrown
        let problem = Problem(error)
        let traceID = traced?.traceID ?? TraceContext.traceID(request)
        ports.metrics.http.refuse(problem, isStray: request?.route.isEmpty ?? true)
        if problem.status >= 500 {
            var metadata = [
                "route": request?.route ?? "", "error": error.label, "status": "\(problem.status)", "trace": traceID,
            ]
            if let error = error as? CourseUnavailable { metadata.merge(error.metadata) { $1 } }
            if Self.isClientsDoing(error) {
                ports.log.debug("request not served", metadata)
            } else {
                ports.log.error("request failed", metadata)
            }
        }
        if let path = request?.path, CompletionProblem.speaks(for: path) {
            return CompletionProblem.response(problem, traceID: traceID)
        }
        return problem.response(traceID: traceID)
    }

    /// Whether a 5xx tells staff nothing: the client asked for what HTTP has no duty to know, or left before its answer.
    static func isClientsDoing(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError: true
        case let error as HTTPError: error.kind == .notImplemented || error.kind == .versionNotSupported
        default: false
        }
    }

    // MARK: - For the routes

    /// The JSON object of the body.
    func object(_ request: HTTPRequest) async throws -> [String: JSONValue] {
        guard Self.isJSON(request.headers["content-type"] ?? "") else {
            throw Problem(
                415, "unsupported_media_type", "Not JSON", "Send JSON with 'Content-Type: application/json'.",
                headers: ["accept": "application/json"])
        }
        return try JSONValue.object(in: try await request.body.collect(upTo: 1 << 20))
    }

    private static func isJSON(_ mediaType: String) -> Bool {
        if mediaType == "application/json" { return true }
        let parts = mediaType.split(separator: ";").map { String($0).trimmed.lowercased() }
        return parts.first == "application/json" && parts.dropFirst().allSatisfy(isHarmless)
    }

    /// A parameter of the media type: any but another charset.
    private static func isHarmless(_ parameter: String) -> Bool {
        !parameter.hasPrefix("charset=") || ["charset=utf-8", "charset=\"utf-8\""].contains(parameter)
    }

    /// A path parameter of the route's pattern.
    func parameter(_ name: String, _ request: HTTPRequest) -> String { request.pathParameters[name] ?? "" }

    /// A whole number from the query.
    /// - Throws: `Problem` 400 for anything else.
    func number(_ name: String, in range: ClosedRange<Int>, default usual: Int, _ request: HTTPRequest) throws -> Int {
        guard let text = request.queryValue(name) else { return usual }
        guard let number = Int(text), range.contains(number) else {
            throw Problem.invalid(
                "?\(name)", "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func cursor(_ request: HTTPRequest) throws -> PageCursor? {
        guard let text = request.queryValue("cursor") else { return nil }
        guard let cursor = PageCursor(text: text) else {
            throw Problem.invalid("?cursor", "'cursor' must be the nextCursor of the page before.")
        }
        return cursor
    }
}
