import ChatService
import Redis
import Support
import TestSupport

@testable import ChatAdapters

/// Every adapter that must keep the promises of `Sessions`.
enum SessionsKind: CaseIterable {
    case sqlite, redis

    /// Whether what is told word by word is there when the process is not any more.
    var keepsDeltas: Bool { self == .redis }
}

/// Sessions with a clock of their own, that can be closed and opened again.
final class SessionsUnderTest {
    let time = ManualTime()
    private(set) var sessions: any Sessions
    private let folder: TemporaryFolder
    private var sqlite: SQLiteChatStore?
    private var redis: RedisSessions?
    private let server: RedisServer?
    private let prefix = "test:\(RandomIdentifier.make()):"
    private let capacity: Int

    init(_ kind: SessionsKind, sessionsInMemory: Int = 100) async throws {
        folder = try TemporaryFolder()
        capacity = sessionsInMemory
        switch kind {
        case .sqlite:
            server = nil
            let store = try SQLiteChatStore(
                path: folder.file("gepeto.sqlite"), sessionsInMemory: capacity, time: time)
            (sqlite, sessions) = (store, store)
        case .redis:
            let shared = try await RedisServer.shared()
            server = shared
            let store = try RedisUnderTest.sessions(
                shared, prefix: prefix, sessionsInMemory: capacity, time: time, clock: .wound(time))
            (redis, sessions) = (store, store)
        }
    }

    deinit {
        // Nothing waits for it.
        if let redis { Task { await redis.close() } }
    }

    /// What a restart of the process does: all that was in its memory is gone.
    func reopen() async throws {
        if sqlite != nil {
            await sqlite?.close()
            let store = try SQLiteChatStore(path: folder.file("gepeto.sqlite"), time: time)
            (sqlite, sessions) = (store, store)
        } else if let server {
            await redis?.close()
            let store = try RedisUnderTest.sessions(server, prefix: prefix, time: time, clock: .wound(time))
            (redis, sessions) = (store, store)
        }
    }

    func prune() async throws {
        try await sqlite?.prune()
        await redis?.look()
    }

    /// Everything in the session's log after `seq`; fails to return when there is nothing.
    func events(_ session: String, after seq: Int64? = nil) async throws -> [LoggedEvent] {
        guard var subscription = try await sessions.subscribe(to: session, after: seq) else { return [] }
        return try await subscription.next(within: .zero)
    }
}
