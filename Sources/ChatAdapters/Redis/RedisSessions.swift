import ChatService
import Redis
import Support

/// The sessions of many processes in one Redis: each log a stream there that any process appends to, mirrored in those
/// whose sockets follow it.
///
/// What is published is a hint only: a mirror that misses a number, and each one every few seconds, looks at the log.
/// While Redis is away appending and new readers fail at once with `RedisError`, readers that are there wait.
package final class RedisSessions: Sendable {
    /// Sessions mirrored in one process.
    static let mostSessions = 1_024
    /// Between two looks at the logs of all mirrored sessions.
    static let lookInterval = Duration.seconds(4)
    /// Looks between two sweeps of sessions that nobody reads.
    private static let looksPerSweep = 15
    /// Sessions read at once.
    static let portion = 64
    /// Events of one reply.
    static let mostRead = 1_000
    /// How often the life of a session that is read is renewed.
    static let renewal = Duration.seconds(3600)

    /// For what else is kept there: limits, caches.
    package let client: RedisClient
    let keys: RedisKeys
    let time: any TimeSource
    let clock: RedisClock
    let log: Log
    let table: MirrorTable
    let subscriber: RedisSubscriber
    private let desk: MirrorDesk
    private let caretaker = Locked<Task<Void, Never>?>(nil)

    /// Connects in the background; whether Redis can be reached, `trouble` and `check` tell.
    /// - Parameters:
    ///   - prefix: of all keys; the same for all processes that share sessions.
    ///   - clock: by which events grow old.
    package init(
        _ address: RedisAddress, prefix: String = "gepeto:", options: RedisOptions = RedisOptions(),
        sessionsInMemory: Int = RedisSessions.mostSessions, time: any TimeSource = SystemTime(),
        clock: RedisClock = .server, log: Log = .silent
    ) {
        let keys = RedisKeys(prefix: prefix)
        self.keys = keys
        self.time = time
        self.clock = clock
        self.log = log
        var options = options
        options.marker = keys.run
        let desk = MirrorDesk()
        self.desk = desk
        // Both connections must be there for a mirror to be true again; they come back in any order.
        client = RedisClient(address, options: options, log: log) { desk.hear(.gap, keys) }
        subscriber = RedisSubscriber(address, options: options, log: log) { desk.hear($0, keys) }
        let subscriber = subscriber
        table = MirrorTable(capacity: sessionsInMemory) { subscriber.unsubscribe(keys.channel($0.text)) }
        desk.take(table)
        // Not anybody's child: what it looks after is shared by all who ask. Ends with `close`.
        let task = Task { await self.care() }
        caretaker.withLock { $0 = task }
    }

    /// Why Redis cannot be reached; nil while it can, and before that is known.
    package var trouble: RedisError? { client.trouble }

    /// For readiness.
    /// - Throws: `RedisError` when Redis does not answer.
    package func check() async throws { _ = try await client.send(RedisCommand("PING", isRepeatable: true)) }

    /// Sends readers away and ends the connections.
    package func close() async {
        let task = caretaker.withLock { $0 }
        task?.cancel()
        await task?.value
        for mirror in table.all { table.remove(mirror) }
        await subscriber.close()
        await client.close()
    }

    // MARK: - Keeping the mirrors true

    private func care() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow() }
            group.addTask { await self.lookRegularly() }
        }
    }

    /// Reads what mirrors have missed, as soon as that is known.
    private func follow() async {
        for await _ in desk.calls {
            while case let mirrors = desk.takeBehind(Self.portion), !mirrors.isEmpty, !Task.isCancelled {
                await withTaskGroup(of: Void.self) { group in
                    for mirror in mirrors {
                        group.addTask {
                            // Redis is away, which its connection has logged: the gap or the next look comes back to it.
                            _ = try? await self.bring(mirror)
                        }
                    }
                }
            }
        }
    }

    private func lookRegularly() async {
        var (round, mark) = (0, table.now)
        while (try? await time.sleep(for: Self.lookInterval)) != nil {
            round += 1
            if round % Self.looksPerSweep == 0 {
                table.sweep(unusedSince: mark)
                mark = table.now
            }
            await look()
        }
    }

    /// Finds the mirrors that missed something although nothing told them.
    func look() async {
        let now = clock.here(time)
        var rest = table.all[...]
        while !rest.isEmpty, !Task.isCancelled {
            let mirrors = Array(rest.prefix(Self.mostRead))
            rest = rest.dropFirst(Self.mostRead)
            let commands = mirrors.map {
                RedisCommand("HMGET", [.text(keys.session($0.key.text)), "seq", "epoch", "leaps"], isRepeatable: true)
            }
            // Redis is away, which its connection has logged.
            guard let replies = try? await client.send(all: commands) else { return }
            for (mirror, reply) in zip(mirrors, replies) {
                mirror.session?.trim(now: now)
                if !mirror.isAt(reply) || mirror.renews(at: time.elapsed, every: Self.renewal) { desk.call(mirror) }
            }
        }
    }
}
