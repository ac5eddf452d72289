import WebServer

/// What a browser has kept for this server (RFC 6265, section 5.4).
struct Cookies: Sendable {
    private let pairs: [(name: String, value: String)]

    init(_ headers: HTTPFields) {
        pairs = headers.all("cookie").flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return (String(parts[0]).trimmed, String(parts[1]).trimmed)
        }
    }

    /// The first of that name.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }
}
