import HTTPClient
import Support

/// Where Redis is and who we are there: `redis://user:password@host:6379/0`, `rediss://` for TLS.
package struct RedisAddress: Sendable, Equatable {
    package var peer: ByteStream.Peer
    /// nil: the user `default`.
    package var user: String?
    package var password: String?
    package var database: Int
    /// The setting that this came from, for sentences.
    package let setting: String

    /// - Parameters:
    ///   - text: user and password percent-encoded where they hold `@`, `:`, `/` or `%`.
    ///   - setting: for example `GEPETO_SESSIONS`.
    ///   - certificates: a file of trusted certificates (PEM); nil for the system's.
    package init(_ text: String, setting: String, certificates: String? = nil) throws(RedisAddressError) {
        self.setting = setting
        let fault = RedisAddressError(setting: setting)
        guard let mark = text.firstRange(of: "://") else { throw fault }
        let isEncrypted: Bool
        switch text[..<mark.lowerBound].lowercased() {
        case "redis": isEncrypted = false
        case "rediss": isEncrypted = true
        default: throw fault
        }
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count).drop { $0 == "/" }
        guard path.isEmpty || Self.isNumber(path), let database = path.isEmpty ? 0 : Int(path), database < 1 << 16
        else { throw fault }
        self.database = database

        var place = authority
        if let at = authority.lastIndex(of: "@") {
            place = authority[authority.index(after: at)...]
            let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { Self.decoded($0) }
            guard decoded.count == 2, let name = decoded[0], let secret = decoded[1], !secret.isEmpty else {
                throw fault
            }
            user = name.isEmpty ? nil : name
            password = secret
        }
        var host = place
        var port = 6379
        if let colon = place.lastIndex(of: ":"), !place.hasSuffix("]") {
            host = place[..<colon]
            let digits = place[place.index(after: colon)...]
            guard Self.isNumber(digits), let number = Int(digits), (1...65_535).contains(number) else { throw fault }
            port = number
        }
        guard Self.isHost(host) else { throw fault }
        peer = ByteStream.Peer(host: String(host), port: port, isEncrypted: isEncrypted, certificates: certificates)
    }

    /// Host and port, for sentences and logs.
    package var place: String { "\(peer.host):\(peer.port)" }

    private static func isNumber(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// A name, an IPv4 address, or an IPv6 address in brackets.
    private static func isHost(_ host: Substring) -> Bool {
        guard (1...253).contains(host.utf8.count) else { return false }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.utf8.count > 3
                && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        return host.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    /// Percent-decoded; nil for what is no encoding, and for control characters.
    private static func decoded(_ text: Substring) -> String? {
        PercentEncoding.decode(text).flatMap { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } ? $0 : nil }
    }
}

/// The setting holds no address of a Redis. What it holds is not repeated: it may be a password.
package struct RedisAddressError: ExplainedError, Equatable {
    package let setting: String
    package let label = "redis_address"

    package var description: String {
        "\(setting) must be redis://host:6379/0, or rediss://user:password@host:6379/0 for TLS; write @, :, / and % "
            + "within user and password as %40, %3A, %2F and %25."
    }
}
