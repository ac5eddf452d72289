import Support
import WebServer

extension ChatAPI {
    private static let subprotocol = "gepeto.v1"

    /// `GET /api/ws` (contract, section 2).
    func socket(_ request: HTTPRequest, _ caller: Caller, _ shared: SharedAPI) async throws -> WebSocketUpgrade {
        let subprotocol = Self.subprotocol(request)
        let after = try seen(request)
        guard let feed = try await feed(request, caller) else {
            return .handle(subprotocol: subprotocol, ForeignSession())
        }
        let withheld = try await withheld(in: feed.id, after: after, caller)
        return .handle(
            subprotocol: subprotocol,
            ChatSocket(api: shared, feed: feed, after: after, withheld: withheld, principal: caller.principal))
    }

    /// The sub-protocol that the server selects.
    static func subprotocol(_ request: HTTPRequest) -> String? {
        request.offeredSubprotocols.contains(subprotocol) ? subprotocol : nil
    }

    /// The session that the request asks for, or a new one; nil when it is not there, or not for this user.
    func feed(_ request: HTTPRequest, _ caller: Caller) async throws -> (any SessionFeed)? {
        let session: String
        if let asked = request.queryValue("sessionId"), !asked.isEmpty {
            session = asked
        } else {
            session = try await ports.sessions.createSession(owner: caller.user)
        }
        guard let feed = try await ports.sessions.feed(of: session), feed.owner == caller.user else { return nil }
        return feed
    }

    /// The number of the last event behind `after` that may not be told again by now, because its course is locked or it
    /// shows a document that is hidden since; nil when all may. What came before it is for the history to tell.
    func withheld(in session: String, after: Int64?, _ caller: Caller) async throws -> Int64? {
        guard var log = try await ports.sessions.subscribe(to: session, after: after) else { return nil }
        var (last, views, courses): (Int64?, [CourseID: CourseView], [String: CourseID?]) = (nil, [:], [:])
        var keptBack: Set<String> = []
        do {
            for _ in 0..<Self.mostLooks {
                let events = try await log.next(within: .zero)
                if events.isEmpty { break }
                for event in events {
                    guard let job = event.jobID, event.kind != .documentStatus else { continue }
                    if courses[job] == nil {
                        courses[job] = .some(try await ports.ledger.record(job: job)?.job.course)
                    }
                    // A job that is gone was deleted with its conversation, and so were its events.
                    guard let known = courses[job], let course = known else { continue }
                    let view: CourseView
                    if let looked = views[course] {
                        view = looked
                    } else {
                        view = try await self.view(of: course, caller)
                        views[course] = view
                    }
                    // With the sources or the end of an answer its pieces are kept back too.
                    if !view.mayTell(event) { keptBack.insert(job) }
                    if keptBack.contains(job) { last = event.seq }
                }
            }
        } catch is SubscriptionLost {
            // The socket finds that out too, and closes.
        }
        return last
    }

    /// Reads of a session's log, each of hundreds of events: more than it keeps.
    private static let mostLooks = 1_000

    /// What came over a socket, carried out; what is wrong is told there.
    func carryOut(
        _ text: String, _ principal: Principal, _ session: String, _ connection: WebSocketConnection
    ) async {
        if let reply = await carryOut(text, principal, session) { connection.send(reply) }
    }

    /// - Returns: the frame that the socket is told outside the log, if any.
    func carryOut(_ text: String, _ principal: Principal, _ session: String) async -> String? {
        let traceID = RandomIdentifier.make()
        do {
            let reply = try await RequestTrace.following("WS /api/ws", traceID, ports.metrics.tracer) {
                try await carryOut(text, principal, session, traceID)
            }
            return reply.map { JSONText.encode($0) }
        } catch {
            let problem = Problem(error)
            if problem.status >= 500, !Self.isClientsDoing(error) {
                var metadata = ["error": error.label, "trace": traceID]
                if let error = error as? CourseUnavailable { metadata.merge(error.metadata) { $1 } }
                ports.log.error("action failed", metadata)
            }
            return rejection(problem, traceID: traceID)
        }
    }

    /// Answers an action that was not accepted.
    func rejection(_ problem: Problem, traceID: String = RandomIdentifier.make()) -> String {
        JSONText.encode(Rejected(timestamp: ports.time.now.seconds, problem: problem.body(traceID: traceID)))
    }

    /// - Returns: what the socket is told outside the log, if anything.
    private func carryOut(
        _ text: String, _ principal: Principal, _ session: String, _ traceID: String
    ) async throws -> Repeated? {
        let object = try JSONValue.object(in: Array(text.utf8))
        switch object["action"] {
        case .string("ask")?:
            return try await ask(object, principal, session, traceID)
        case .string("cancel")?:
            guard case .string(let job)? = object["jobId"] else {
                throw Problem.invalid("/jobId", "'jobId' is required and must be a string.")
            }
            try await cancel(job, of: principal)
            return nil
        default:
            throw Problem.invalid("/action", "'action' must be 'ask' or 'cancel'.")
        }
    }

    /// A question is answered by the events of its job. A repeat of its key has none of its own, and those of the first may
    /// have gone to another socket.
    private func ask(
        _ object: [String: JSONValue], _ principal: Principal, _ session: String, _ traceID: String
    ) async throws -> Repeated? {
        var fields = FieldReader(object)
        let key = fields.string("idempotencyKey")
        try fields.check()
        let submitted = try await submit(
            object, for: principal, session: session, traceID: traceID,
            idempotencyKey: try key.map { try idempotencyKey($0, route: "/api/ws") })
        return submitted.isRepeat ? Repeated(submitted.accepted) : nil
    }

    /// Answers the repeat of a question with what the first one was promised. Outside the log: it has no `seq`.
    private struct Repeated: Encodable {
        var event = "repeated"
        let jobId, conversationId, sessionId, traceId: String
        let timestamp: Int64

        init(_ accepted: Accepted) {
            jobId = accepted.jobID
            conversationId = accepted.conversationID
            sessionId = accepted.sessionID
            traceId = accepted.traceID
            timestamp = accepted.acceptedAt.seconds
        }
    }

    /// Answers an action that was not accepted. Outside the log: it has no `seq` and no job.
    private struct Rejected: Encodable {
        var event = "rejected"
        let timestamp: Int64
        let problem: Problem.Body
    }
}
