import Support

/// Lets a request by only when it was meant for this server: a foreign `Host` is DNS rebinding, a foreign `Origin` is
/// another site's page that uses the student's browser.
package struct OriginGuard: Sendable, Equatable {
    private enum Rule: Sendable, Equatable {
        case loopback
        case origin(Authority, scheme: String)
    }

    private let rule: Rule

    /// `open` mode: the loopback names, on whatever port the request came to.
    package static let loopback = OriginGuard(rule: .loopback)

    private init(rule: Rule) { self.rule = rule }

    /// - Parameter publicURL: `scheme://host[:port]`, the value of GEPETO_PUBLIC_URL.
    /// - Throws: `InvalidPublicURL`.
    package init(publicURL: String) throws {
        guard
            let (scheme, authority) = Self.parse(
                origin: publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL)
        else { throw InvalidPublicURL() }
        rule = .origin(authority, scheme: scheme)
    }

    /// `https://tutor.example.org`; nil in `open` mode, where it is the name that a request came to.
    var publicOrigin: String? {
        guard case .origin(let authority, let scheme) = rule else { return nil }
        return "\(scheme)://\(authority.host)" + (authority.port.map { ":\($0)" } ?? "")
    }

    /// - Throws: `Problem` 403.
    func check(host: String?, origin: String?) throws {
        guard let asked = host.flatMap(Authority.init), allows(host: asked) else {
            throw Problem(
                403, "foreign_host", "Unknown host name",
                "This server does not answer to that host name; use the address it was started with.")
        }
        guard let origin else { return }
        guard let (scheme, authority) = Self.parse(origin: origin),
            allows(origin: authority, scheme: scheme, host: asked)
        else {
            throw Problem(
                403, "foreign_origin", "Foreign origin", "Pages of other sites may not use this server.")
        }
    }

    private func allows(host: Authority) -> Bool {
        switch rule {
        case .loopback: host.isLoopback
        case .origin(let authority, let scheme): host.matches(authority, scheme: scheme)
        }
    }

    private func allows(origin: Authority, scheme: String, host: Authority) -> Bool {
        switch rule {
        // Another program's page on another port of this machine is another site.
        case .loopback: origin.isLoopback && origin.matchesPort(host, scheme: scheme)
        case .origin(let authority, let known): scheme == known && origin.matches(authority, scheme: scheme)
        }
    }

    private static func parse(origin: String) -> (scheme: String, authority: Authority)? {
        for scheme in ["http", "https"] where origin.lowercased().hasPrefix("\(scheme)://") {
            return Authority(String(origin.dropFirst(scheme.count + 3))).map { (scheme, $0) }
        }
        return nil
    }
}

/// `host[:port]` (RFC 3986, section 3.2, without user information).
struct Authority: Sendable, Equatable {
    let host: String
    let port: Int?

    init?(_ text: String) {
        var name = text.utf8[...]
        var port: Int?
        // The last colon begins the port unless it stands inside the brackets of an IPv6 address.
        if let colon = name.lastIndex(of: UInt8(ascii: ":")), !name[colon...].contains(UInt8(ascii: "]")) {
            guard let number = Int(Substring(name[colon...].dropFirst())), (1...65535).contains(number) else {
                return nil
            }
            port = number
            name = name[..<colon]
        }
        let allowed = name.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "["),
                UInt8(ascii: "]"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        guard !name.isEmpty, allowed else { return nil }
        host = String(Substring(name)).lowercased()
        self.port = port
    }

    var isLoopback: Bool { host == "localhost" || host == "127.0.0.1" || host == "[::1]" }

    func matches(_ other: Authority, scheme: String) -> Bool {
        host == other.host && matchesPort(other, scheme: scheme)
    }

    func matchesPort(_ other: Authority, scheme: String) -> Bool {
        let usual = scheme == "https" ? 443 : 80
        return (port ?? usual) == (other.port ?? usual)
    }
}

package struct InvalidPublicURL: ExplainedError {
    package let label = "invalid_public_url"
    package let description = "GEPETO_PUBLIC_URL must be like https://tutor.example.org, without a path."
}
