import Support
import WebServer

/// What the routes of the API count.
package struct HTTPMetrics: Sendable {
    /// The series of one route, looked up once: a request costs two locks and no lookup.
    struct Route: Sendable {
        fileprivate let classes: [Counter.Series]
        fileprivate let seconds: Histogram.Series

        func note(_ status: Int, _ time: Duration) {
            classes[min(max(status / 100, 2), 5) - 2].add()
            seconds.observe(time)
        }
    }

    private static let classes = ["2xx", "3xx", "4xx", "5xx"]
    /// The route of a request that met none.
    private static let noRoute = "none"

    private let requests: Counter
    private let seconds: Histogram
    private let refused: Counter
    private let strays: [Counter.Series]

    init(_ metrics: Metrics) {
        requests = metrics.counter(
            "gepeto_http_requests_total", "Requests by route and class of status.",
            labels: ["method", "route", "status"])
        seconds = metrics.histogram(
            "gepeto_http_request_duration_seconds",
            "From a request's head to the head of its answer; of an upload, to its end.", labels: ["method", "route"],
            buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30])
        refused = metrics.counter(
            "gepeto_requests_refused_total", "Requests answered with a problem, by reason.",
            labels: ["status", "reason"])
        strays = Self.series(requests, method: Self.noRoute, route: Self.noRoute)
        for reason in Self.expected { refused.series(reason) }
    }

    /// What an alarm asks for, so that it is there before it happens.
    private static let expected: [Metrics.Labels] = [
        ["status": "429", "reason": "rate_limited"], ["status": "503", "reason": IntakeError.backlogFull.rawValue],
        ["status": "503", "reason": "unavailable"], ["status": "500", "reason": "internal"],
    ]

    private static func series(_ requests: Counter, method: String, route: String) -> [Counter.Series] {
        classes.map { requests.series(["method": method, "route": route, "status": $0]) }
    }

    /// - Parameter pattern: the route's, never a request's path.
    func route(_ method: HTTPMethod, _ pattern: String) -> Route {
        Route(
            classes: Self.series(requests, method: method.rawValue, route: pattern),
            seconds: seconds.series(["method": method.rawValue, "route": pattern]))
    }

    /// - Parameter isStray: no route saw the request, so nobody has counted it.
    func refuse(_ problem: Problem, isStray: Bool = false) {
        refused.add(1, ["status": "\(problem.status)", "reason": problem.label])
        if isStray { strays[min(max(problem.status / 100, 2), 5) - 2].add() }
    }
}
