/// Where a handler runs.
package enum HandlerPlace: Sendable {
    /// On the cooperative pool: the default, for a slow handler must not hold up the sockets of its loop.
    case pool
    /// On the thread of the connection's event loop: only for what neither blocks nor reckons for long. What it awaits may
    /// take its time.
    case loop
}

/// A pattern and what answers it.
struct Route: Sendable {
    enum Action: Sendable {
        case respond(Router.Handler)
        case upgrade(Router.UpgradeHandler)
    }

    let pattern: String
    /// In the order in which they stand in the pattern.
    let parameterNames: [String]
    let bodyLimit: Int
    let place: HandlerPlace
    let deadline: Duration?
    let action: Action

    init(_ pattern: String, bodyLimit: Int, place: HandlerPlace, deadline: Duration?, action: Action) {
        precondition(pattern.hasPrefix("/"), "the route \(pattern) must begin with a slash")
        self.pattern = pattern
        self.bodyLimit = bodyLimit
        self.place = place
        self.deadline = deadline
        self.action = action
        parameterNames = Self.segments(of: pattern).compactMap(Self.parameterName)
    }

    var segments: [String] { Self.segments(of: pattern) }

    private static func segments(of pattern: String) -> [String] {
        pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    /// The name in `{name}`; nil for a literal segment.
    static func parameterName(_ segment: String) -> String? {
        guard segment.hasPrefix("{"), segment.hasSuffix("}"), segment.utf8.count > 2 else { return nil }
        return String(segment.dropFirst().dropLast())
    }
}

/// The routes below one path, as a tree by segments.
struct RouteNode: Sendable {
    private var methods: [HTTPMethod: Route] = [:]
    private var literals: [String: RouteNode] = [:]
    /// None or one; an array because a struct cannot hold itself.
    private var parameter: [RouteNode] = []

    mutating func insert(_ route: Route, method: HTTPMethod) { insert(route, method, route.segments[...]) }

    private mutating func insert(_ route: Route, _ method: HTTPMethod, _ segments: ArraySlice<String>) {
        guard let segment = segments.first else {
            methods[method] = route
            return
        }
        if Route.parameterName(segment) == nil {
            literals[segment, default: RouteNode()].insert(route, method, segments.dropFirst())
        } else {
            if parameter.isEmpty { parameter.append(RouteNode()) }
            parameter[0].insert(route, method, segments.dropFirst())
        }
    }

    /// The methods of the pattern that matches, and the values of its parameters in order. The depth of the patterns,
    /// not the length of the request, bounds the search.
    func find(_ segments: ArraySlice<String>) -> (methods: [HTTPMethod: Route], values: [String])? {
        guard let segment = segments.first else { return methods.isEmpty ? nil : (methods, []) }
        if let found = literals[segment]?.find(segments.dropFirst()) { return found }
        guard !segment.isEmpty, let below = parameter.first?.find(segments.dropFirst()) else { return nil }
        return (below.methods, [segment] + below.values)
    }
}
