import ChatAdapters
import ChatService
import Support
import WebServer

/// What API Gateway invokes: `POST /chat` by the very routes of the server, and the three routes of its WebSocket by the
/// same desk. It takes questions and notes who listens; `SocketPusher`, in processes that stay, sends what there is to tell.
package struct GatewayFunction: Sendable {
    /// The one route that is served, and its name outside `/api`.
    private static let route = (path: "/api/chat", short: "/chat")

    private let router: Router
    private let desk: SocketDesk
    private let sockets: GatewaySockets
    private let host: String
    private let awaken: @Sendable () async -> Void
    private let log: Log

    /// - Parameters:
    ///   - host: of GEPETO_PUBLIC_URL: requests come to one of API Gateway's own names, which it has checked.
    ///   - awaken: runs before each event: connections may have died while the process was frozen.
    package init(
        router: Router, desk: SocketDesk, sockets: GatewaySockets, host: String,
        awaken: @escaping @Sendable () async -> Void = {}, log: Log
    ) {
        self.router = router
        self.desk = desk
        self.sockets = sockets
        self.host = host
        self.awaken = awaken
        self.log = log
    }

    /// - Throws: `RuntimeError.unknownEvent`; `CancellationError`.
    package func answer(_ invocation: Invocation) async throws -> [UInt8] {
        let event = try GatewayEvent(invocation.event)
        await awaken()
        try Task.checkCancellation()
        return switch event {
        case .request(let request): await respond(to: request, invocation.trace).bytes
        case .socket(let event): await hear(event, invocation.trace).bytes
        }
    }

    // MARK: - HTTP

    private func respond(to request: GatewayRequest, _ trace: TracingHeader?) async -> GatewayReply {
        let response = await response(to: request, trace)
        return reply(response, request.format)
    }

    private func response(to request: GatewayRequest, _ trace: TracingHeader?) async -> HTTPResponse {
        do {
            guard let method = HTTPMethod(rawValue: request.method) else {
                throw HTTPError(501, .notImplemented, "This server does not know that method.")
            }
            guard let body = request.body else {
                throw HTTPError(400, .malformedRequest, "The body was said to be Base64 and is not.")
            }
            let path = request.target.prefix { $0 != "?" }
            guard path == Self.route.path || path == Self.route.short else { throw HTTPError.notFound }
            return await router.respond(
                to: try HTTPRequest(
                    method, Self.route.path + request.target.dropFirst(path.count),
                    headers: headers(request.headers, trace), body: body, peerAddress: request.sourceAddress))
        } catch {
            return router.errorResponse(error, nil)
        }
    }

    private func reply(_ response: HTTPResponse, _ format: GatewayRequest.Format) -> GatewayReply {
        switch response.body {
        case .none: return GatewayReply(response.status, response.headers, [], format: format)
        case .bytes(let bytes): return GatewayReply(response.status, response.headers, bytes, format: format)
        case .file, .slice, .stream:
            // No route that is served here answers so.
            log.error("an answer that cannot be told to API Gateway")
            return GatewayReply(500)
        }
    }

    private func headers(_ fields: HTTPFields, _ trace: TracingHeader?) -> HTTPFields {
        var fields = fields
        fields["host"] = host
        if fields["traceparent"] == nil, let trace { fields["traceparent"] = trace.traceparent }
        return fields
    }

    // MARK: - WebSocket

    private func hear(_ event: SocketEvent, _ trace: TracingHeader?) async -> GatewayReply {
        do {
            switch event.kind {
            case .connect: return try await connect(event, trace)
            case .message: try await take(event)
            case .disconnect: try await sockets.forget(event.connection)
            }
            return GatewayReply(200)
        } catch {
            log.error("socket event failed", ["event": event.kind.rawValue, "error": error.label])
            return reply(router.errorResponse(error, nil), .two)
        }
    }

    /// The gateway refuses the handshake with the status that is answered here, unless it is 200.
    private func connect(_ event: SocketEvent, _ trace: TracingHeader?) async throws -> GatewayReply {
        let request = try HTTPRequest(
            .get, "/api/ws" + (event.query.isEmpty ? "" : "?" + event.query), headers: headers(event.headers, trace),
            peerAddress: event.sourceAddress)
        switch await desk.admit(request) {
        case .refused(let response): return reply(response, .two)
        case .seat(let seat):
            guard try await sockets.open(event.connection, seat) else { throw RuntimeError.unknownEvent }
            return GatewayReply(200, seat.subprotocol.map { ["sec-websocket-protocol": $0] } ?? [:])
        }
    }

    private func take(_ event: SocketEvent) async throws {
        guard let reader = try await sockets.reader(of: event.connection) else {
            return try await sockets.dismiss(event.connection)
        }
        if let frame = await desk.carryOut(event.text, reader.principal, in: reader.session) {
            try await sockets.reply(frame, to: event.connection)
        }
    }
}
