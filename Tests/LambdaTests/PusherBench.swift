import ChatService
import Foundation
import Redis
import Support
import TestSupport

@testable import ChatAdapters
@testable import Lambda

/// Sessions on a real Redis, sockets at a fake `@connections`, and processes that send to them.
final class PusherBench: Sendable {
    let prefix = "test:\(RandomIdentifier.make()):"
    let time = ManualTime()
    let fake: ConnectionsFake
    let client: RedisClient
    let sockets: GatewaySockets
    private let address: RedisAddress
    private let clock: RedisClock
    private let running = Locked<[(pusher: SocketPusher, run: Task<Void, any Error>)]>([])
    private let plain = Locked<[RedisSessions]>([])

    /// - Parameter isWound: Redis goes by `time` instead of its own clock.
    init(isWound: Bool = false, _ rule: @escaping ConnectionsFake.Rule = { _, _, _ in 200 }) async throws {
        fake = try ConnectionsFake(rule)
        address = try RedisAddress(try await RedisServer.shared().url, setting: "GEPETO_SESSIONS")
        client = RedisClient(address, options: Self.options)
        clock = isWound ? .wound(time) : .server
        sockets = GatewaySockets(client, prefix: prefix, clock: clock)
    }

    private static var options: RedisOptions {
        var options = RedisOptions()
        options.timeout = .seconds(20)
        options.connectLimit = .seconds(20)
        return options
    }

    /// The sessions as they are.
    func plainSessions() throws -> RedisSessions {
        let sessions = RedisSessions(address, prefix: prefix, options: Self.options, clock: clock)
        plain.withLock { $0.append(sessions) }
        return sessions
    }

    /// A process that sends.
    func process(tries: Int = 10, linger: Duration = .milliseconds(20)) throws -> (
        sessions: PushedSessions, pusher: SocketPusher, run: Task<Void, any Error>
    ) {
        let sessions = try plainSessions()
        var parameters = SocketPusher.Parameters()
        parameters.interval = .milliseconds(10)
        parameters.linger = linger
        parameters.tries = tries
        parameters.pauses = Backoff(base: .milliseconds(5), cap: .milliseconds(20))
        let pusher = SocketPusher(
            sessions: sessions, sockets: sockets, connections: try fake.client(), parameters: parameters,
            log: .silent)
        let run = Task { try await pusher.run() }
        running.withLock { $0.append((pusher, run)) }
        return (PushedSessions(sessions) { try await pusher.wake($0) }, pusher, run)
    }

    func stop() async {
        for one in running.withLock({ $0 }) {
            await one.pusher.shutDown()
            _ = await one.run.result
        }
        for sessions in plain.withLock({ $0 }) { await sessions.close() }
        await client.close()
        await fake.stop()
    }

    func seat(_ session: String, after: Int64? = nil, withheld: Int64? = nil, expires: Timestamp? = nil)
        -> SocketDesk.Seat
    {
        SocketDesk.Seat(
            session: session, principal: Principal(user: .local, expires: expires), after: after, withheld: withheld,
            subprotocol: nil)
    }

    static func delta(_ index: Int, job: String = "j") -> ChatEvent {
        .messageDelta(ChatEvent.Delta(jobId: job, attempt: 1, stream: 1, index: index, content: "\(index) "))
    }

    static func status(_ job: String = "j") -> ChatEvent {
        .status(ChatEvent.Status(jobId: job, state: .queued, attempt: 0))
    }

    static func end(_ job: String = "j") -> ChatEvent {
        .error(ChatEvent.Failed(jobId: job, attempts: 1, failure: JobFailure(.internalError)))
    }

    /// What a client sees of a frame.
    struct Frame: Decodable, Equatable {
        let event: String
        let seq: Int64?
        var jobId: String?
        var resumedFrom: Int64?
        var replaces: String?
        var url: String?
    }

    func frames(_ connection: String) throws -> [Frame] {
        try fake.frames(connection).map { try JSONDecoder().decode(Frame.self, from: Data($0.utf8)) }
    }

    /// Returns when the client has seen that number.
    func until(_ connection: String, _ seq: Int64) async throws {
        try await eventually { try self.frames(connection).contains { $0.event != "connected" && $0.seq == seq } }
    }
}
