import Redis
import Support

/// What may be computed again, kept for a while for all processes. Without Redis nothing is found and nothing kept.
package struct RedisCache: Sendable {
    /// Bytes of one value; what is larger is not kept.
    package static let mostBytes = 256 << 10
    package static let longestLife = Duration.seconds(24 * 3600)

    /// What a key belongs to; names the keys in Redis.
    package struct Namespace: Sendable, Equatable {
        let name: StaticString
        package init(_ name: StaticString) { self.name = name }
        package static func == (left: Self, right: Self) -> Bool { "\(left.name)" == "\(right.name)" }
    }

    private let client: RedisClient
    private let keys: RedisKeys

    package init(_ client: RedisClient, prefix: String = "gepeto:") {
        self.client = client
        keys = RedisKeys(prefix: prefix)
    }

    /// - Parameter key: of any length and content; only its digest is stored.
    package func value(_ key: String, in namespace: Namespace) async -> [UInt8]? {
        let get = RedisCommand("GET", [name(key, namespace)], isRepeatable: true)
        guard case .bytes(let value)? = try? await client.send(get) else { return nil }
        return value
    }

    /// - Returns: whether it is kept.
    @discardableResult
    package func keep(
        _ value: [UInt8], as key: String, in namespace: Namespace, for lifetime: Duration
    ) async -> Bool {
        guard value.count <= Self.mostBytes, lifetime > .zero else { return false }
        let life = max(min(lifetime, Self.longestLife).milliseconds, 1)
        let set = RedisCommand(
            "SET", [name(key, namespace), .bytes(value), "PX", .number(life)], isRepeatable: true)
        return (try? await client.send(set)) == .text("OK")
    }

    package func forget(_ key: String, in namespace: Namespace) async {
        _ = try? await client.send(RedisCommand("DEL", [name(key, namespace)], isRepeatable: true))
    }

    private func name(_ key: String, _ namespace: Namespace) -> RedisCommand.Argument {
        .text(keys.cached("\(namespace.name)", key))
    }
}
