import Support
import WebServer

/// A router whose routes let by only whom they are for, and are counted.
struct MeasuredRouter {
    /// What a route does for somebody who may use it.
    typealias Handler = @Sendable (HTTPRequest, Caller) async throws -> HTTPResponse

    private(set) var router: Router
    /// What was registered, in order.
    private(set) var entries: [RouteEntry] = []
    private let access: AccessControl
    private let metrics: HTTPMetrics
    private let time: any TimeSource
    private let tracer: Tracer?

    init(_ router: Router, _ access: AccessControl, _ metrics: ChatMetrics, _ time: any TimeSource) {
        self.router = router
        self.access = access
        self.metrics = metrics.http
        self.time = time
        tracer = metrics.tracer
    }

    /// A route for whoever reaches the server.
    mutating func open(
        _ method: HTTPMethod, _ pattern: String, bodyLimit: Int = 1 << 20, place: HandlerPlace = .pool,
        deadline: Duration? = nil, _ handler: @escaping Router.Handler
    ) {
        entries.append(RouteEntry(method: method, pattern: pattern, access: .anyone))
        let (route, time) = (metrics.route(method, pattern), time)
        let counted: Router.Handler = { request in
            let start = time.elapsed
            do {
                let response = try await handler(request)
                route.note(response.status, time.elapsed - start)
                return response
            } catch {
                route.note(Problem(error).status, time.elapsed - start)
                throw error
            }
        }
        // A load balancer asks each server for its health several times a minute: no trace is worth that.
        let isProbe = pattern == "/api/health" || pattern == "/api/ready"
        let followed = tracer.flatMap { isProbe ? nil : RequestTrace.following(counted, method, pattern, $0) }
        router.on(
            method, pattern, bodyLimit: bodyLimit, place: place, deadline: deadline, followed ?? counted)
    }

    mutating func on(
        _ method: HTTPMethod, _ pattern: String, _ who: Access, place: HandlerPlace = .pool, _ timed: TimedHandler
    ) { on(method, pattern, who, place: place, deadline: timed.deadline, timed.handler) }

    /// - Parameter who: anybody but `anyone`, which is `open`.
    mutating func on(
        _ method: HTTPMethod, _ pattern: String, _ who: Access, bodyLimit: Int = 1 << 20, place: HandlerPlace = .pool,
        deadline: Duration? = nil, _ handler: @escaping Handler
    ) {
        Self.check(pattern, who)
        let access = access
        open(method, pattern, bodyLimit: bodyLimit, place: place, deadline: deadline) { request in
            try await handler(request, try await access.caller(request, who))
        }
        entries[entries.count - 1] = RouteEntry(method: method, pattern: pattern, access: who)
    }

    mutating func webSocket(
        _ pattern: String, _ who: Access, place: HandlerPlace = .pool,
        _ handler: @escaping @Sendable (HTTPRequest, Caller) async throws -> WebSocketUpgrade
    ) {
        Self.check(pattern, who)
        entries.append(RouteEntry(method: .get, pattern: pattern, access: who, isWebSocket: true))
        let access = access
        router.webSocket(pattern, place: place) { request in
            try await handler(request, try await access.caller(request, who, isSocket: true))
        }
    }

    private static func check(_ pattern: String, _ who: Access) {
        precondition(who != .anyone, "\(pattern): what is for anyone is registered with 'open'")
        precondition(
            (who != .member && who != .staff) || pattern.contains("{course}"),
            "\(pattern): a route for a course's members has '{course}' in its path")
    }
}

/// A handler, and how long it may take.
struct TimedHandler {
    let handler: MeasuredRouter.Handler
    let deadline: Duration
}
