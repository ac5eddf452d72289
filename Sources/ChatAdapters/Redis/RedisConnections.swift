import Redis
import Support

/// Which connections a session has, and whose session a connection is, where sockets end at a gateway that knows no
/// sessions.
package struct RedisConnections: Sendable {
    /// API Gateway ends a WebSocket after two hours.
    package static let lifetime = Duration.seconds(2 * 3600 + 600)
    /// Connections of one session; the oldest go first.
    package static let mostOfSession = 16
    private static let longestID = 128

    private static let moment = """
        local at = tonumber(ARGV[1])
        if at < 0 then
            local time = redis.call('TIME')
            at = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        end

        """

    /// `KEYS`: of the connection, of the session's connections. `ARGV`: moment, connection, session, milliseconds it lives,
    /// the most of a session, what keys of sessions begin with. Returns those that had to go.
    private static let connect = RedisScript(
        moment + """
            local former = redis.call('GET', KEYS[1])
            if former and former ~= ARGV[3] then redis.call('ZREM', ARGV[6] .. former, ARGV[2]) end
            redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
            redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', at)
            redis.call('ZADD', KEYS[2], at + tonumber(ARGV[4]), ARGV[2])
            local displaced = redis.call('ZRANGE', KEYS[2], 0, -1 - tonumber(ARGV[5]))
            redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[5]))
            redis.call('PEXPIRE', KEYS[2], ARGV[4])
            return displaced
            """)

    /// `KEYS`: of the session's connections. `ARGV`: moment.
    private static let list = RedisScript(
        moment + "return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', at), '+inf')")

    private let client: RedisClient
    private let keys: RedisKeys
    private let clock: RedisClock

    package init(_ client: RedisClient, prefix: String = "gepeto:", clock: RedisClock = .server) {
        self.client = client
        keys = RedisKeys(prefix: prefix)
        self.clock = clock
    }

    /// Notes a connection for its lifetime; again, it is noted anew, also for another session.
    /// - Returns: the session's oldest connections, that had to go for it; nil for what is no connection's or session's id.
    /// - Throws: `RedisError`, as all of them.
    @discardableResult
    package func connect(_ connection: String, to session: String, for lifetime: Duration = lifetime) async throws
        -> [String]?
    {
        guard Self.isID(connection), SessionKey(session) != nil else { return nil }
        return try await client.run(
            Self.connect, keys: [keys.connection(connection), keys.connections(of: session)],
            [
                .number(clock.argument), .text(connection), .text(session), .number(max(lifetime.milliseconds, 1)),
                .number(Int64(Self.mostOfSession)), .text(keys.connections(of: "")),
            ], isRepeatable: true
        ).elements?.compactMap(\.string) ?? []
    }

    /// The connection is in use: its lifetime begins anew.
    /// - Returns: false when it is not known (any more).
    package func refresh(_ connection: String, for lifetime: Duration = lifetime) async throws -> Bool {
        guard let session = try await session(of: connection) else { return false }
        return try await connect(connection, to: session, for: lifetime) != nil
    }

    package func disconnect(_ connection: String) async throws {
        guard let session = try await session(of: connection) else { return }
        _ = try await client.send(all: [
            RedisCommand("DEL", [.text(keys.connection(connection))], isRepeatable: true),
            RedisCommand("ZREM", [.text(keys.connections(of: session)), .text(connection)], isRepeatable: true),
        ])
    }

    /// nil when the connection is not known (any more).
    package func session(of connection: String) async throws -> String? {
        guard Self.isID(connection) else { return nil }
        return try await client.send(
            RedisCommand("GET", [.text(keys.connection(connection))], isRepeatable: true)
        ).string
    }

    /// The connections of a session, those that end first in front.
    package func connections(of session: String) async throws -> [String] {
        guard SessionKey(session) != nil else { return [] }
        return try await client.run(
            Self.list, keys: [keys.connections(of: session)], [.number(clock.argument)], isRepeatable: true
        ).elements?.compactMap(\.string) ?? []
    }

    static func isID(_ text: String) -> Bool {
        (1...longestID).contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) }
    }
}
