/// A call to make.
package struct HTTPClientRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET", head = "HEAD", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    package var method: Method
    /// Absolute, `http` or `https`.
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var timeouts: HTTPTimeouts
    /// The most bytes the response's body may have; beyond it the call fails with `too_large`.
    package var responseLimit: Int
    /// Which addresses the host's name may stand for.
    package var reach: AddressReach

    package init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeouts: HTTPTimeouts, responseLimit: Int = 16 << 20, reach: AddressReach = .anywhere
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.responseLimit = responseLimit
        self.reach = reach
    }

    /// Host and port of the URL, for errors and logs; never user, password, path or query.
    var host: String {
        guard let scheme = url.firstRange(of: "://") else { return "an unknown host" }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@").last ?? ""
        return host.isEmpty ? "an unknown host" : String(host)
    }

    /// Whether it can be sent without changing its meaning: RFC 9110, sections 5.1 and 5.5.
    var isValid: Bool {
        let lower = url.prefix(8).lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return false }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { return false }
        return headers.allSatisfy { name, value in
            !name.isEmpty && name.utf8.allSatisfy(Self.isTokenByte)
                && !value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
