import Support
import WebServer

extension ChatAPI {
    private static let subprotocol = "gepeto.v1"
    private static let tokenPrefix = "bearer."

    /// `GET /api/ws` (contract, section 2).
    func socket(_ request: HTTPRequest) async throws -> WebSocketUpgrade {
        let offered = request.offeredSubprotocols
        let principal = try await principal(request, offered: offered)
        let subprotocol = offered.contains(Self.subprotocol) ? Self.subprotocol : nil
        let after = try seen(request)
        let session: String
        if let asked = request.queryValue("sessionId"), !asked.isEmpty {
            guard try await ports.sessions.owner(ofSession: asked) == principal.user else {
                return .accept(subprotocol: subprotocol) { $0.close(1008, "no such session") }
            }
            session = asked
        } else {
            session = try await ports.sessions.createSession(owner: principal.user)
        }
        guard let subscription = try await ports.sessions.subscribe(to: session, after: after) else {
            return .accept(subprotocol: subprotocol) { $0.close(1008, "no such session") }
        }
        return .accept(subprotocol: subprotocol) { connection in
            await serve(connection, principal, session, subscription)
        }
    }

    /// The token stands in the header, or, because browsers cannot set that, among the offered sub-protocols.
    private func principal(_ request: HTTPRequest, offered: [String]) async throws -> Principal {
        guard request.headers["authorization"] == nil,
            let carrier = offered.first(where: { $0.hasPrefix(Self.tokenPrefix) })
        else { return try await principal(request) }
        return try await ports.authenticator.authenticate(token: String(carrier.dropFirst(Self.tokenPrefix.count)))
    }

    private func serve(
        _ connection: WebSocketConnection, _ principal: Principal, _ session: String, _ subscription: Subscription
    ) async {
        let connected = ChatEvent.connected(
            ChatEvent.Connected(
                connectionId: RandomIdentifier.make(), sessionId: session, epoch: subscription.epoch,
                resumedFrom: subscription.resumedFrom))
        let frame = EventFrame(
            event: connected, seq: subscription.resumedFrom, timestamp: ports.time.now.seconds)
        _ = connection.send(JSONText.encode(frame))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await forward(subscription, to: connection) }
            group.addTask { await receive(from: connection, principal.user, session) }
            if let expires = principal.expires {
                group.addTask { await end(connection, at: expires) }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Sends the session's events until the socket is closed or the task is cancelled.
    private func forward(_ subscription: Subscription, to connection: WebSocketConnection) async {
        var subscription = subscription
        do {
            while true {
                for event in try await subscription.next() where connection.send(event.frame) != .accepted { return }
            }
        } catch is CancellationError {
            return
        } catch {
            connection.close(1013, "too slow; connect again")
        }
    }

    private func end(_ connection: WebSocketConnection, at expires: Timestamp) async {
        do {
            try await ports.time.sleep(for: max(expires - ports.time.now, .zero))
            connection.close(1008, "the token has expired")
        } catch {
            // The socket ended first.
        }
    }

    /// Carries out what the client sends until the socket is closed.
    private func receive(from connection: WebSocketConnection, _ user: UserID, _ session: String) async {
        for await message in connection.messages {
            guard case .text(let text) = message else {
                return connection.close(1008, "send JSON as text")
            }
            let traceID = RandomIdentifier.make()
            do {
                try await carryOut(text, user, session, traceID)
            } catch {
                let problem = Problem(error)
                if problem.status >= 500, !Self.isClientsDoing(error) {
                    var metadata = ["error": error.label, "trace": traceID]
                    if let error = error as? CourseUnavailable { metadata.merge(error.metadata) { $1 } }
                    ports.log.error("action failed", metadata)
                }
                _ = connection.send(
                    JSONText.encode(
                        Rejected(timestamp: ports.time.now.seconds, problem: problem.body(traceID: traceID))))
            }
        }
    }

    private func carryOut(_ text: String, _ user: UserID, _ session: String, _ traceID: String) async throws {
        let object = try JSONValue.object(in: Array(text.utf8))
        switch object["action"] {
        case .string("ask")?:
            _ = try await submit(object, for: user, session: session, traceID: traceID)
        case .string("cancel")?:
            guard case .string(let job)? = object["jobId"] else {
                throw Problem.invalid("/jobId", "'jobId' is required and must be a string.")
            }
            try await cancel(job, of: user)
        default:
            throw Problem.invalid("/action", "'action' must be 'ask' or 'cancel'.")
        }
    }

    /// Answers an action that was not accepted. Outside the log: it has no `seq` and no job.
    private struct Rejected: Encodable {
        var event = "rejected"
        let timestamp: Int64
        let problem: Problem.Body
    }
}
