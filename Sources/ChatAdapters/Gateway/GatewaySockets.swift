import ChatService
import Redis
import Support

/// The WebSockets that API Gateway holds, known to all processes: whose they are, how far their reader has come, and who
/// sends to them just now. Throws `RedisError`, `CancellationError`.
package struct GatewaySockets: Sendable {
    /// How long a claim holds without a sign of life.
    static let claimTime = Duration.seconds(15)
    /// Frames outside the log that wait for one socket, and how long.
    private static let mostReplies = 32
    private static let replyTime = Duration.seconds(120)

    private let client: RedisClient
    private let keys: RedisKeys
    private let clock: RedisClock
    private let connections: RedisConnections

    package init(_ client: RedisClient, prefix: String = "gepeto:", clock: RedisClock = .server) {
        self.client = client
        keys = RedisKeys(prefix: prefix)
        self.clock = clock
        connections = RedisConnections(client, prefix: prefix, clock: clock)
    }

    // MARK: - For who holds the door

    /// Notes a socket that is being opened; `connected` is sent as soon as the gateway has it.
    /// - Returns: false for what is no connection's id.
    package func open(_ connection: String, _ seat: SocketDesk.Seat) async throws -> Bool {
        guard RedisConnections.isID(connection), SessionKey(seat.session) != nil else { return false }
        let reader = JSONText.encode(SocketReader(seat.principal))
        _ = try await client.run(
            SocketScripts.open, keys: [keys.socket(connection), keys.replies(connection), keys.dueSockets],
            [
                .number(clock.argument), .text(connection), .text(seat.session), .text(reader),
                .number(seat.after ?? -1), .number(seat.withheld ?? -1),
                .number(seat.principal.expires?.milliseconds ?? 0),
                .number(RedisConnections.lifetime.milliseconds),
            ], isRepeatable: true)
        let displaced = try await connections.connect(connection, to: seat.session) ?? []
        for connection in displaced { try await dismiss(connection) }
        // Whoever was quick has looked before the session had it among its sockets.
        try await wake(seat.session)
        return true
    }

    /// Has a socket closed of which nothing is known any more: its reader comes again.
    package func dismiss(_ connection: String) async throws {
        _ = try await client.run(
            SocketScripts.open, keys: [keys.socket(connection), keys.replies(connection), keys.dueSockets],
            [
                .number(clock.argument), .text(connection), "", "", -1, -1, 0,
                .number(Self.replyTime.milliseconds),
            ], isRepeatable: true)
    }

    /// Who opened the socket, and in which session; nil when it is not known (any more).
    package func reader(of connection: String) async throws -> (principal: Principal, session: String)? {
        let fields = try await client.send(
            RedisCommand("HMGET", [.text(keys.socket(connection)), "reader", "session"], isRepeatable: true)
        ).elements
        guard let fields, fields.count == 2, let text = fields[0].string, let session = fields[1].string,
            let reader = try? JSONText.decode(SocketReader.self, from: text)
        else { return nil }
        return (reader.principal, session)
    }

    /// Has a frame sent to the socket outside its session's log.
    /// - Returns: false when it is not known (any more).
    @discardableResult
    package func reply(_ frame: String, to connection: String) async throws -> Bool {
        let reply = try await client.run(
            SocketScripts.reply, keys: [keys.socket(connection), keys.dueSockets, keys.replies(connection)],
            [
                .number(clock.argument), .text(connection), .text(frame), .number(Int64(Self.mostReplies)),
                .number(Self.replyTime.milliseconds),
            ], isRepeatable: false)
        return reply.number == 1
    }

    /// The socket is closed.
    package func forget(_ connection: String) async throws {
        try await connections.disconnect(connection)
        _ = try await client.send(all: [
            RedisCommand(
                "DEL", [.text(keys.socket(connection)), .text(keys.replies(connection))], isRepeatable: true),
            RedisCommand("ZREM", [.text(keys.dueSockets), .text(connection)], isRepeatable: true),
        ])
    }

    /// Something was appended to the session: whoever sends looks at its sockets.
    package func wake(_ session: String) async throws { _ = try await wake(session, token: "", most: 0) }

    // MARK: - For who sends

    /// The same, and this process takes those of them that nobody has.
    func wake(_ session: String, token: String, most: Int) async throws -> [SocketClaim] {
        guard SessionKey(session) != nil else { return [] }
        let reply = try await client.run(
            SocketScripts.wake, keys: [keys.connections(of: session), keys.dueSockets], claiming(token, most),
            // A claim whose answer is lost ends by itself.
            isRepeatable: false)
        return SocketClaim.list(reply, token: token)
    }

    /// Takes sockets that somebody is to look at, those that have waited longest first.
    func due(token: String, most: Int) async throws -> [SocketClaim] {
        let reply = try await client.run(
            SocketScripts.due, keys: [keys.dueSockets], claiming(token, most), isRepeatable: false)
        return SocketClaim.list(reply, token: token)
    }

    private func claiming(_ token: String, _ most: Int) -> [RedisCommand.Argument] {
        [
            .number(clock.argument), .text(token), .number(Int64(most)), .text(keys.socket("")),
            .number(Self.claimTime.milliseconds),
        ]
    }

    /// The event of that number was sent.
    /// - Returns: false when the claim is lost.
    func acknowledge(_ claim: SocketClaim, seq: Int64) async throws -> Bool {
        let reply = try await client.run(
            SocketScripts.acknowledge, keys: [keys.socket(claim.connection), keys.dueSockets],
            [
                .number(clock.argument), .text(claim.connection), .text(claim.token), .number(seq),
                .number(Self.claimTime.milliseconds),
            ], isRepeatable: true)
        return reply.number == 1
    }

    enum Settlement: Sendable { case settled, more, lost }

    /// Gives the claim back unless there is more to send.
    func settle(_ claim: SocketClaim) async throws -> Settlement {
        let reply = try await client.run(
            SocketScripts.settle,
            keys: [
                keys.socket(claim.connection), keys.dueSockets, keys.replies(claim.connection),
                keys.session(claim.session),
            ], [.number(clock.argument), .text(claim.connection), .text(claim.token)], isRepeatable: false)
        return reply.number == 1 ? .settled : reply.number == 0 ? .more : .lost
    }

    /// Gives the claim back; somebody looks at the socket again after `wait`.
    func postpone(_ claim: SocketClaim, by wait: Duration, isFailure: Bool) async throws {
        _ = try await client.run(
            SocketScripts.postpone, keys: [keys.socket(claim.connection), keys.dueSockets],
            [
                .number(clock.argument), .text(claim.connection), .text(claim.token), .number(wait.milliseconds),
                .number(isFailure ? 1 : 0),
            ], isRepeatable: false)
    }

    /// The frames outside the log that wait, oldest first.
    func replies(_ claim: SocketClaim) async throws -> [String] {
        try await client.send(
            RedisCommand("LRANGE", [.text(keys.replies(claim.connection)), 0, -1], isRepeatable: true)
        ).elements?.compactMap(\.string) ?? []
    }

    /// One of them was sent.
    /// - Returns: false when the claim is lost: it is the new claimer's to send.
    func replied(_ claim: SocketClaim, frame: String) async throws -> Bool {
        let reply = try await client.run(
            SocketScripts.replied, keys: [keys.socket(claim.connection), keys.replies(claim.connection)],
            // The same frame may wait twice.
            [.text(claim.token), .text(frame)], isRepeatable: false)
        return reply.number == 1
    }
}
