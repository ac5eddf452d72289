import HTTPClient
import Support

/// A client of Redis: commands of many tasks, pipelined over one connection that a thread of its own keeps.
///
/// A command waits at most `options.timeout`. While Redis is known to be away commands fail at once. What is not
/// repeatable is never sent twice: when the connection breaks before its reply it fails with `lost`, and may have been
/// carried out.
package final class RedisClient: Sendable {
    package typealias Reply = RESPValue

    private struct Inbox {
        var waker: ByteStream.Waker?
        var entries: [RedisPipeline<RedisCall>.Entry] = []
        var isClosed = false
        /// Why Redis cannot be reached, as the thread last saw it.
        var trouble: RedisError?
    }

    package let address: RedisAddress
    private let options: RedisOptions
    private let opened: @Sendable () -> Void
    private let time: SystemTime
    private let inbox = Locked(Inbox())
    private let stopped = Latch()

    /// Connects in the background, and again whenever the connection is lost, until `close`.
    /// - Parameter opened: called on the thread whenever commands may be sent (again); must not block.
    package init(
        _ address: RedisAddress, options: RedisOptions = RedisOptions(), log: Log = .silent,
        opened: @escaping @Sendable () -> Void = {}
    ) {
        self.address = address
        self.opened = opened
        self.options = options
        time = SystemTime()
        let thread = DetachedThread { [self] in serve(log: log) }
        if !thread.start() {
            log.error("no thread for Redis could be started")
            end(RedisError(.unusable, address))
        }
    }

    /// Why Redis cannot be reached; nil while it can, and before that is known.
    package var trouble: RedisError? { inbox.withLock { $0.trouble } }

    /// - Returns: the reply, never `.error`.
    /// - Throws: `RedisError`, `CancellationError`.
    package func send(_ command: RedisCommand) async throws -> Reply {
        let call = RedisCall()
        put([entry(command, call)])
        return try await check(call.value())
    }

    /// Sends all of them in one go.
    /// - Returns: their replies in the same order; the first error is thrown when all have been answered.
    package func send(all commands: [RedisCommand]) async throws -> [Reply] {
        let calls = commands.map { _ in RedisCall() }
        put(zip(commands, calls).map { entry($0, $1) })
        var replies: [Reply] = []
        var failure: (any Error)?
        for call in calls {
            do { replies.append(try check(await call.value())) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
        return replies
    }

    /// Sends it without waiting for its reply, if Redis can be reached.
    package func post(_ command: RedisCommand) { put([entry(command, nil)]) }

    /// Ends the connection; what is under way fails with `closed`.
    package func close() async {
        inbox.withLock { inbox in
            inbox.isClosed = true
            inbox.waker?.wake()
        }
        await stopped.wait()
    }

    private func check(_ reply: Reply) throws -> Reply {
        if case .error(let words) = reply { throw RedisError(refusal: words, address) }
        return reply
    }

    private func entry(_ command: RedisCommand, _ call: RedisCall?) -> RedisPipeline<RedisCall>.Entry {
        .init(ticket: call, command: command, expires: time.elapsed + options.timeout)
    }

    private func put(_ entries: [RedisPipeline<RedisCall>.Entry]) {
        let refusal: RedisError.Code? = inbox.withLock { inbox in
            guard !inbox.isClosed else { return .closed }
            guard inbox.entries.count + entries.count <= options.mostCommands else { return .busy }
            // Whoever put something in before has woken the thread already.
            if inbox.entries.isEmpty { inbox.waker?.wake() }
            inbox.entries.append(contentsOf: entries)
            return nil
        }
        if let refusal { Self.fail(entries.compactMap(\.ticket), RedisError(refusal, address)) }
    }

    private static func fail(_ calls: [RedisCall], _ error: RedisError) {
        for call in calls { call.end(.failure(error)) }
    }

    // MARK: - On the thread

    private func serve(log: Log) {
        guard let stream = ByteStream() else {
            log.error("no memory for a connection to Redis")
            return end(RedisError(.unusable, address))
        }
        inbox.withLock { $0.waker = stream.waker }
        let connection = RedisConnection(address, options, stream, log: log)
        var pipeline = RedisPipeline<RedisCall>(mostEntries: options.mostCommands, mostBytes: options.mostBytes)
        while true {
            let (entries, isClosed) = inbox.withLock { inbox in
                defer { inbox.entries.removeAll(keepingCapacity: true) }
                return (inbox.entries, inbox.isClosed)
            }
            if isClosed {
                Self.fail(entries.compactMap(\.ticket) + pipeline.broke(now: .zero), RedisError(.closed, address))
                Self.fail(pipeline.abandon(), RedisError(.closed, address))
                break
            }
            for entry in entries where !pipeline.add(entry) {
                Self.fail([entry.ticket].compactMap { $0 }, RedisError(.busy, address))
            }
            turn(connection, &pipeline)
        }
        end(RedisError(.closed, address))
    }

    private func turn(_ connection: RedisConnection, _ pipeline: inout RedisPipeline<RedisCall>) {
        var now = time.elapsed
        for event in connection.turn(now: now) { take(event, connection, &pipeline, now) }
        Self.fail(pipeline.expire(now: now), RedisError(.timeout, address))
        // Replies come in order: where the oldest is so late, so are all others.
        if let oldest = pipeline.oldestDue, oldest + options.timeout <= now {
            take(connection.drop(RedisError(.timeout, address), now: now), connection, &pipeline, now)
        }
        if connection.isReady { write(connection, &pipeline, now) }
        if let trouble = connection.trouble { Self.fail(pipeline.abandon(), trouble) }
        inbox.withLock { $0.trouble = connection.trouble }

        now = time.elapsed
        var next = now + .seconds(60)
        if let expiry = pipeline.nextExpiry { next = min(next, expiry) }
        if let oldest = pipeline.oldestDue { next = min(next, oldest + options.timeout) }
        if let turn = connection.nextTurn { next = min(next, turn) }
        if connection.isReady, !pipeline.hasReplyDue { next = min(next, connection.heard + options.idle) }
        let isFull = inbox.withLock { !$0.entries.isEmpty || $0.isClosed }
        connection.stream.wait(for: isFull ? .zero : next - now)
    }

    private func write(
        _ connection: RedisConnection, _ pipeline: inout RedisPipeline<RedisCall>, _ now: Duration
    ) {
        if !pipeline.hasReplyDue, pipeline.nextExpiry == nil, now - connection.heard >= options.idle {
            // Nobody waits for it: it finds out whether the peer is still there before somebody does.
            _ = pipeline.add(entry(RedisCommand("PING", isRepeatable: false), nil))
        }
        let room = 256 << 10
        while connection.stream.pending < room {
            let output = pipeline.takeOutput(room: room)
            guard !output.isEmpty else { return }
            if let event = connection.write(output, now: now) { return take(event, connection, &pipeline, now) }
        }
    }

    private func take(
        _ event: RedisConnection.Event, _ connection: RedisConnection, _ pipeline: inout RedisPipeline<RedisCall>,
        _ now: Duration
    ) {
        switch event {
        case .opened: opened()
        case .lost(let error):
            let lost = RedisError(.lost, address)
            Self.fail(pipeline.broke(now: now), error.code == .protocolViolation ? error : lost)
        case .replies(let replies):
            for (index, reply) in replies.enumerated() {
                switch pipeline.answered() {
                case .ticket(let call): call.end(.success(reply))
                case .nobody: break
                case .unasked:
                    let error = RedisError(.protocolViolation, address)
                    return take(connection.drop(error, now: now), connection, &pipeline, now)
                }
                // A master that became a replica stays one: its name stands for another by now.
                if case .error(let words) = reply, words.hasPrefix("READONLY"), index == replies.count - 1 {
                    take(connection.drop(RedisError(.notReady, address), now: now), connection, &pipeline, now)
                }
            }
        }
    }

    private func end(_ error: RedisError) {
        let entries = inbox.withLock { inbox in
            inbox.isClosed = true
            inbox.waker = nil
            defer { inbox.entries = [] }
            return inbox.entries
        }
        Self.fail(entries.compactMap(\.ticket), error)
        stopped.open()
    }
}
