/// A request as a handler sees it.
package struct HTTPRequest: Sendable {
    package struct QueryItem: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package let method: HTTPMethod
    /// Percent-decoded.
    package let path: String
    /// As it came: path and query, nothing decoded.
    package let rawTarget: String
    package let query: [QueryItem]
    package let headers: HTTPFields
    /// What stood in the place of `{name}` in the route's pattern, percent-decoded.
    package let pathParameters: [String: String]
    /// The pattern that matched, safe as a metric label; empty when none did.
    package let route: String
    /// The peer's numeric address, without its port.
    package let peerAddress: String
    package let body: RequestBody
    let segments: [String]

    /// The first value of that name in the query.
    package func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// A request made by a program rather than by a peer: for tests and for calls within the process.
    /// - Throws: `HTTPError` (400) when `target` is malformed.
    package init(
        _ method: HTTPMethod, _ target: String, headers: HTTPFields = [:], body: [UInt8] = [],
        peerAddress: String = "127.0.0.1"
    ) throws(HTTPError) {
        self.init(
            method: method, rawTarget: target, target: try RequestTarget(target), headers: headers,
            peerAddress: peerAddress, body: RequestBody(body), route: "", pathParameters: [:])
    }

    init(
        method: HTTPMethod, rawTarget: String, target: RequestTarget, headers: HTTPFields, peerAddress: String,
        body: RequestBody, route: String, pathParameters: [String: String]
    ) {
        self.method = method
        self.rawTarget = rawTarget
        self.headers = headers
        self.peerAddress = peerAddress
        self.body = body
        self.route = route
        self.pathParameters = pathParameters
        path = target.path
        query = target.query
        segments = target.segments
    }

    /// The same request, matched by a route.
    func matched(_ route: String, _ parameters: [String: String]) -> HTTPRequest {
        HTTPRequest(copy: self, route: route, pathParameters: parameters)
    }

    private init(copy: HTTPRequest, route: String, pathParameters: [String: String]) {
        method = copy.method
        path = copy.path
        rawTarget = copy.rawTarget
        query = copy.query
        headers = copy.headers
        peerAddress = copy.peerAddress
        body = copy.body
        segments = copy.segments
        self.route = route
        self.pathParameters = pathParameters
    }
}
