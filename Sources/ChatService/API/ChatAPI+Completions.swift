import Support
import WebServer

/// The door for programs that speak OpenAI's chat completions: a question goes the way of every other one (intake, queue,
/// worker, policies, limits), and only its form is another.
extension ChatAPI {
    func installCompletions(in router: inout MeasuredRouter) {
        router.on(.get, "/api/v1/models", .signedIn, timed(models))
        router.on(.get, "/api/v1/models/{model}", .signedIn, timed(model))
        // A streamed answer takes as long as it needs; one that is not has a deadline of its own.
        router.on(.post, "/api/v1/chat/completions", .signedIn, complete)
    }

    /// `GET /api/v1/models`: one a course that the caller belongs to.
    func models(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let titles = try await ports.documents.directory.titles()
        let models = try await courseIDs(of: caller.principal).map { ModelView($0, title: titles[$0]) }
        return .json(200, ModelsView(data: models))
    }

    /// `GET /api/v1/models/{model}`
    func model(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let name = parameter("model", request)
        let course = try await course(ofModel: name, caller)
        return .json(200, ModelView(course, title: try await ports.documents.directory.titles()[course]))
    }

    /// - Throws: `Problem` 404 `model_not_found`, also for a course of which the caller is no member.
    private func course(ofModel name: String, _ caller: Caller) async throws -> CourseID {
        guard let id = CompletionRequest.course(ofModel: name) else { throw CompletionRequest.unknownModel(name) }
        do {
            return try await course(id, of: caller.principal)
        } catch let problem as Problem where problem.status == 404 {
            throw CompletionRequest.unknownModel(name)
        }
    }

    /// `POST /api/v1/chat/completions`. A client that goes away takes its question back.
    func complete(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let asked = try CompletionRequest(try await object(request))
        let course = try await course(ofModel: asked.model, caller)
        let submitted = try await submit(
            asked.fields, for: caller.principal, traceID: TraceContext.traceID(request),
            idempotencyKey: try idempotencyKey(request), given: asked.given)
        let base = ports.origins.publicOrigin ?? "http://" + (request.headers["host"] ?? "localhost")
        let wait = CompletionWait(
            job: submitted.accepted.jobID, principal: caller.principal, course: course,
            head: CompletionHead(submitted.accepted, asked, base: base))
        var response: HTTPResponse
        if asked.streams {
            response = stream(wait)
            if let key = submitted.key { response.body = response.body.holding(key) }
        } else {
            response = .json(200, CompletionReply(try await answer(wait), wait.head))
            submitted.key?.leave()
        }
        response.headers["x-request-id"] = submitted.accepted.traceID
        for field in Self.headers(submitted.verdict) { response.headers[field.name] = field.value }
        return response
    }

    /// A client who waits for a job.
    struct CompletionWait: Sendable {
        let job: String
        let principal: Principal
        let course: CourseID
        let head: CompletionHead

        var user: UserID { principal.user }
    }

    /// The whole answer.
    /// - Throws: `Problem` for a job that found none, also 504 at the deadline of requests; the job is then cancelled.
    private func answer(_ wait: CompletionWait) async throws -> ChatEvent.Completed {
        let end = ports.time.elapsed + ports.deadline
        return try await takingBack(wait) {
            var completed: ChatEvent.Completed?
            let isOver = try await follow(wait, until: end) { event in
                switch event {
                case .messageCompleted(let event): completed = event
                case .error(let failed): throw Problem(failed)
                default: break
                }
            }
            guard isOver, let completed else {
                throw Problem(
                    504, "too_slow", "Too slow", "The answer was not there in time; ask with 'stream': true.",
                    headers: ["x-should-retry": "false"])
            }
            return completed
        }
    }

    private func stream(_ wait: CompletionWait) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [
                "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no",
                "x-content-type-options": "nosniff",
            ],
            body: .stream { stream in
                try await takingBack(wait) { try await send(wait, to: stream) }
            })
    }

    private func send(_ wait: CompletionWait, to stream: ResponseStream) async throws {
        try await stream.write(CompletionChunk(head: wait.head, part: .role).event)
        let isOver = Locked(false)
        try await untilFarewell {
            var text = CompletionText()
            do {
                _ = try await follow(wait, idle: { try await stream.write(CompletionChunk.comment) }) { event in
                    try await stream.write(Self.piece(of: event, &text, wait.head))
                }
            } catch let denied as PolicyDenied {
                try await stream.write(CompletionChunk.event(CompletionProblem(Problem(denied), traceID: "")))
            }
            isOver.withLock { $0 = true }
        }
        if !isOver.withLock({ $0 }) {
            let problem = Problem.unavailable(
                "The server is shutting down; ask again in a moment.", label: "shutting_down")
            try await stream.write(CompletionChunk.event(CompletionProblem(problem, traceID: "")))
        }
        try await stream.write(CompletionChunk.done)
    }

    /// What an event adds to the stream; nothing for those that tell of the way only.
    private static func piece(
        of event: ChatEvent, _ text: inout CompletionText, _ head: CompletionHead
    ) -> [UInt8] {
        func content(_ piece: String) -> [UInt8] {
            piece.isEmpty ? [] : CompletionChunk(head: head, part: .content(piece)).event
        }
        switch event {
        case .messageDelta(let delta): return content(text.take(delta))
        case .messageCompleted(let completed):
            let rest = content(text.finish(completed.answer.content))
            let annotations = CompletionAnnotation.all(in: completed.answer, base: head.base, offset: text.before)
            let end = CompletionChunk.Part.end(annotations, CompletionExtension(completed, ignored: head.ignored))
            let usage = CompletionChunk.Part.usage(CompletionUsage(completed.answer.metadata))
            return rest + CompletionChunk(head: head, part: end).event
                + (head.includesUsage ? CompletionChunk(head: head, part: usage).event : [])
        case .error(let failed):
            return CompletionChunk.event(CompletionProblem(Problem(failed), traceID: ""))
        default: return []
        }
    }

    /// Runs `body`; when it does not come to its end, for the client went away or for want of time, the job is cancelled.
    private func takingBack<Value: Sendable>(
        _ wait: CompletionWait, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            // Not a child: this task is cancelled, when it was the client who left.
            await Task {
                do {
                    try await cancel(wait.job, of: wait.principal)
                } catch {
                    ports.log.warning("job not cancelled", ["job": wait.job, "error": error.label])
                }
            }.value
            throw error
        }
    }
}

struct ModelsView: Encodable, Sendable {
    var object = "list"
    let data: [ModelView]
}

/// A course as OpenAI's clients see it.
struct ModelView: Encodable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case id, object, created, name
        case owner = "owned_by"
    }

    let id: String
    var object = "model"
    /// Seconds since 1970, in OpenAI's form; when a course was made is not kept.
    var created = 0
    var owner = "gepeto"
    let name: String

    init(_ course: CourseID, title: String?) {
        id = "course:\(course)"
        name = title ?? course.name
    }
}
