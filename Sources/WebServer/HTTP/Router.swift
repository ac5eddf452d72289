import Support

/// What the server does with a request: routes, guards and the form of errors.
package struct Router: Sendable {
    package typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse
    package typealias UpgradeHandler = @Sendable (HTTPRequest) async throws -> WebSocketUpgrade

    private var root = RouteNode()
    private var mounts: [FileMount] = []

    /// Runs before every request, matched or not; what it throws is the answer. For Host and Origin checks.
    package var `guard`: (@Sendable (HTTPRequest) async throws -> Void)?

    /// Makes the answer to an error, whoever found it; the request is nil when there is no whole one. The place to log
    /// what went wrong. Must not block.
    package var errorResponse: @Sendable (any Error, HTTPRequest?) -> HTTPResponse = { error, _ in .problem(error) }

    package init() {}

    /// Adds a route. A second one for the same method and pattern replaces the first. The handler's task is cancelled when
    /// the connection breaks; a peer that has only finished sending still gets its answer.
    /// - Parameters:
    ///   - pattern: for example `/api/jobs/{jobId}`; a literal segment goes before a parameter.
    ///   - bodyLimit: in bytes; a longer body is answered 413 before or while it arrives.
    ///   - place: where the handler runs.
    ///   - deadline: when the handler is cancelled and its client told to try again (503), counted from the request's head;
    ///     nil for never. Once a handler has answered with a stream, the stream may take as long as it needs.
    package mutating func on(
        _ method: HTTPMethod, _ pattern: String, bodyLimit: Int = 1 << 20, place: HandlerPlace = .pool,
        deadline: Duration? = nil, _ handler: @escaping Handler
    ) {
        let route = Route(
            pattern, bodyLimit: bodyLimit, place: place, deadline: deadline, action: .respond(handler))
        root.insert(route, method: method)
    }

    /// Adds a WebSocket endpoint. The handshake is checked before the handler runs. The task of an accepted socket is not
    /// cancelled with its connection; the end of `messages` tells.
    package mutating func webSocket(
        _ pattern: String, place: HandlerPlace = .pool, deadline: Duration? = nil, _ handler: @escaping UpgradeHandler
    ) {
        let route = Route(pattern, bodyLimit: 0, place: place, deadline: deadline, action: .upgrade(handler))
        root.insert(route, method: .get)
    }

    /// Serves the files below `folder` at `urlPrefix`, wherever no route matches the path.
    /// - Parameters:
    ///   - headers: sent with every file.
    ///   - others: files that are served under another name too, with headers of their own.
    package mutating func files(
        at urlPrefix: String, folder: String, headers: [(name: String, value: String)] = [],
        alsoAs others: [String: OtherName] = [:]
    ) {
        let prefix = urlPrefix.split(separator: "/").map(String.init)
        mounts.append(
            FileMount(prefix: prefix, files: StaticFiles(folder: folder, headers: headers, others: others)))
        mounts.sort { $0.prefix.count > $1.prefix.count }
    }

    /// The answer to a request made within the process; an accepted upgrade is a plain 101.
    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        let match = match(request.method, request.segments)
        switch await outcome(of: request.matched(match.pattern, match.parameters), match) {
        case .response(let response): return response
        case .upgrade: return HTTPResponse(status: 101)
        }
    }

    // MARK: - For the server

    enum Outcome: Sendable {
        case response(HTTPResponse)
        case upgrade(WebSocketHandshake, WebSocketSpeaker)
    }

    func match(_ method: HTTPMethod, _ segments: [String]) -> RouteMatch {
        if let (methods, values) = root.find(segments[...]), !methods.isEmpty {
            guard let route = methods[method] ?? (method == .head ? methods[.get] : nil) else {
                var allowed = Set(methods.keys)
                if allowed.contains(.get) { allowed.insert(.head) }
                return .methodNotAllowed(HTTPMethod.allCases.filter(allowed.contains))
            }
            return .route(route, Dictionary(zip(route.parameterNames, values)) { $1 })
        }
        if method == .options, segments.isEmpty { return .server }
        for mount in mounts where segments.starts(with: mount.prefix) && segments.count > mount.prefix.count {
            return .files(mount, Array(segments.dropFirst(mount.prefix.count)))
        }
        return .notFound
    }

    /// Never throws: an error becomes `errorResponse`.
    /// - Parameter cause: what an error was in truth.
    func outcome(
        of request: HTTPRequest, _ match: RouteMatch, cause: (any Error) -> any Error = { $0 }
    ) async -> Outcome {
        do {
            try await self.guard?(request)
            switch match {
            case .route(let route, _):
                switch route.action {
                case .respond(let handler): return .response(try await handler(request))
                case .upgrade(let handler): return try await upgrade(request, handler)
                }
            case .files(let mount, let segments):
                return .response(try await mount.files.respond(to: request, segments: segments))
            case .server:
                // OPTIONS * asks what the server can do in general (RFC 9110, section 9.3.7).
                let methods = HTTPMethod.allCases.map(\.rawValue).joined(separator: ", ")
                return .response(HTTPResponse(status: 204, headers: ["allow": methods]))
            case .methodNotAllowed(let allowed): throw HTTPError.methodNotAllowed(allowed)
            case .notFound: throw HTTPError.notFound
            }
        } catch {
            return .response(errorResponse(cause(error), request))
        }
    }

    private func upgrade(_ request: HTTPRequest, _ handler: UpgradeHandler) async throws -> Outcome {
        var handshake = try WebSocketHandshake(request)
        switch try await handler(request) {
        case .refuse(let response): return .response(response)
        case .accept(let subprotocol, let run):
            handshake.select(subprotocol)
            return .upgrade(handshake, .session(run))
        case .handle(let subprotocol, let handler):
            handshake.select(subprotocol)
            return .upgrade(handshake, .handler(handler))
        }
    }
}

/// What the router found for a method and a path.
enum RouteMatch: Sendable {
    case route(Route, [String: String])
    case files(FileMount, [String])
    /// Not a resource but the server: `OPTIONS *`.
    case server
    case methodNotAllowed([HTTPMethod])
    case notFound

    var pattern: String {
        switch self {
        case .route(let route, _): route.pattern
        case .files(let mount, _): "/" + mount.prefix.map { $0 + "/" }.joined() + "*"
        case .server, .methodNotAllowed, .notFound: ""
        }
    }

    var parameters: [String: String] {
        if case .route(_, let parameters) = self { return parameters }
        return [:]
    }

    /// Whether the handler may have the loop's own thread.
    var runsOnLoop: Bool {
        switch self {
        case .route(let route, _): route.place == .loop
        // Files are opened elsewhere, those in memory need nobody else.
        case .files, .server, .methodNotAllowed, .notFound: true
        }
    }

    var deadline: Duration? {
        if case .route(let route, _) = self { return route.deadline }
        return nil
    }

    /// The most a request's body may have.
    var bodyLimit: Int {
        if case .route(let route, _) = self { return route.bodyLimit }
        // Nobody will read it: the answer goes out before the body is in, and back-pressure bounds what arrives.
        return .max
    }
}

/// A folder served below a prefix.
struct FileMount: Sendable {
    let prefix: [String]
    let files: StaticFiles
}
