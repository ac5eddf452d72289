/// Scheme, host and port of an address: what browsers tell apart.
struct WebOrigin: Sendable, Equatable {
    /// For example `https://moodle.example.org`.
    let text: String
    let isSecure: Bool
    let isLoopback: Bool

    /// - Returns: nil when `address` is not of http or https, has a user in it, or a byte that belongs into no address.
    init?(of address: String) {
        guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !Self.forbidden.contains($0) }) else { return nil }
        for scheme in ["https", "http"] {
            let head = scheme + "://"
            guard address.lowercased().hasPrefix(head) else { continue }
            let authority = address.dropFirst(head.count).prefix { !"/?#".contains($0) }
            guard let parsed = Authority(String(authority)) else { return nil }
            let usual = scheme == "https" ? 443 : 80
            let port = parsed.port.map { $0 == usual ? "" : ":\($0)" } ?? ""
            text = head + parsed.host + port
            isSecure = scheme == "https"
            isLoopback = parsed.isLoopback
            return
        }
        return nil
    }

    /// What would end a directive of a policy, an attribute or a header.
    private static let forbidden = Set("\"'<>\\^`{|};,".utf8)
}
