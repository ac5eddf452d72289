import HTTPClient
import Support

/// Listens to channels of Redis over one connection that a thread of its own keeps, and that is subscribed anew whenever
/// it was lost.
///
/// Messages are hints: what is published while there is no connection is never heard, which `gap` tells.
package final class RedisSubscriber: Sendable {
    package enum Event: Sendable {
        case message(channel: String, payload: [UInt8])
        /// All channels are subscribed again after the connection was lost: messages may have been missed.
        case gap
    }

    private enum Wish {
        case subscribe(String, RedisCall, expires: Duration)
        case unsubscribe(String)
    }

    private struct Inbox {
        var waker: ByteStream.Waker?
        var wishes: [Wish] = []
        var isClosed = false
    }

    /// Channels at once, and wishes that wait for the thread.
    private static let mostChannels = 200_000
    /// Channels of one SUBSCRIBE.
    private static let portion = 500

    private let address: RedisAddress
    private let options: RedisOptions
    private let time = SystemTime()
    private let hear: @Sendable (Event) -> Void
    private let inbox = Locked(Inbox())
    private let stopped = Latch()

    /// - Parameter hear: called on the thread, one event after the other; must not block.
    package init(
        _ address: RedisAddress, options: RedisOptions = RedisOptions(), log: Log = .silent,
        hear: @escaping @Sendable (Event) -> Void
    ) {
        self.address = address
        var options = options
        options.marker = nil
        self.options = options
        self.hear = hear
        let thread = DetachedThread { [self] in serve(log: log) }
        if !thread.start() {
            log.error("no thread for Redis could be started")
            end()
        }
    }

    /// Returns when all that is published from now on is heard, until `unsubscribe`. A channel whose confirmation came too
    /// late is wanted all the same, until it is unsubscribed.
    /// - Throws: `RedisError`, `CancellationError`.
    package func subscribe(_ channel: String) async throws {
        let call = RedisCall()
        put(.subscribe(channel, call, expires: time.elapsed + options.timeout))
        _ = try await call.value()
    }

    package func unsubscribe(_ channel: String) { put(.unsubscribe(channel)) }

    package func close() async {
        inbox.withLock { inbox in
            inbox.isClosed = true
            inbox.waker?.wake()
        }
        await stopped.wait()
    }

    private func put(_ wish: Wish) {
        let refusal: RedisError.Code? = inbox.withLock { inbox in
            guard !inbox.isClosed else { return .closed }
            guard inbox.wishes.count < Self.mostChannels else { return .busy }
            if inbox.wishes.isEmpty { inbox.waker?.wake() }
            inbox.wishes.append(wish)
            return nil
        }
        if let refusal { refuse(wish, refusal) }
    }

    private func refuse(_ wish: Wish, _ code: RedisError.Code) {
        if case .subscribe(_, let call, _) = wish { call.end(.failure(RedisError(code, address))) }
    }

    // MARK: - On the thread

    private struct State {
        var subscriptions = RedisSubscriptions<RedisCall>(most: mostChannels)
        var pinged: Duration?
    }

    private func serve(log: Log) {
        guard let stream = ByteStream() else {
            log.error("no memory for a connection to Redis")
            return end()
        }
        inbox.withLock { $0.waker = stream.waker }
        let connection = RedisConnection(address, options, stream, log: log)
        var state = State()
        while true {
            let (wishes, isClosed) = inbox.withLock { inbox in
                defer { inbox.wishes.removeAll(keepingCapacity: true) }
                return (inbox.wishes, inbox.isClosed)
            }
            if isClosed {
                for wish in wishes { refuse(wish, .closed) }
                fail(state.subscriptions.abandon(), RedisError(.closed, address))
                break
            }
            turn(connection, wishes, &state)
        }
        end()
    }

    private func turn(_ connection: RedisConnection, _ wishes: [Wish], _ state: inout State) {
        var now = time.elapsed
        for event in connection.turn(now: now) { take(event, connection, &state, now) }
        carryOut(wishes, connection, &state, now)
        fail(state.subscriptions.expire(now: now), RedisError(.timeout, address))
        if let trouble = connection.trouble { fail(state.subscriptions.abandon(), trouble) }
        if connection.isReady { keepAlive(connection, &state, now) }

        now = time.elapsed
        var next = now + .seconds(60)
        if let expiry = state.subscriptions.nextExpiry { next = min(next, expiry) }
        if let turn = connection.nextTurn { next = min(next, turn) }
        if connection.isReady {
            next = min(next, state.pinged.map { $0 + options.timeout } ?? connection.heard + options.idle)
        }
        let isFull = inbox.withLock { !$0.wishes.isEmpty || $0.isClosed }
        connection.stream.wait(for: isFull ? .zero : next - now)
    }

    private func carryOut(_ wishes: [Wish], _ connection: RedisConnection, _ state: inout State, _ now: Duration) {
        var wanted: [String] = []
        func send() {
            guard !wanted.isEmpty else { return }
            write("SUBSCRIBE", wanted, connection, &state, now)
            wanted = []
        }
        for wish in wishes {
            switch wish {
            case .subscribe(let channel, let call, let expires):
                switch state.subscriptions.want(channel, call, expires: expires, isConnected: connection.isReady) {
                case .confirmed: call.end(.success(.null))
                case .subscribe: wanted.append(channel)
                case .wait: break
                case .tooMany: refuse(wish, .busy)
                }
            case .unsubscribe(let channel):
                guard let waiting = state.subscriptions.leave(channel) else { continue }
                fail(waiting, RedisError(.closed, address))
                // In the order in which they were wished.
                send()
                if connection.isReady { write("UNSUBSCRIBE", [channel], connection, &state, now) }
            }
        }
        send()
    }

    private func write(
        _ command: String, _ channels: [String], _ connection: RedisConnection, _ state: inout State, _ now: Duration
    ) {
        var rest = channels[...]
        while !rest.isEmpty, connection.isReady {
            let bytes = RedisCommand(command, rest.prefix(Self.portion).map { .text($0) }, isRepeatable: true).encoded
            if let event = connection.write(bytes, now: now) { take(event, connection, &state, now) }
            rest = rest.dropFirst(Self.portion)
        }
    }

    private func take(
        _ event: RedisConnection.Event, _ connection: RedisConnection, _ state: inout State, _ now: Duration
    ) {
        switch event {
        case .opened:
            state.pinged = nil
            write("SUBSCRIBE", state.subscriptions.reconnected(), connection, &state, now)
        case .lost: state.pinged = nil
        case .replies(let replies):
            state.pinged = nil
            for reply in replies where !hear(reply, &state) {
                let error: RedisError =
                    if case .error(let words) = reply {
                        RedisError(refusal: words, address)
                    } else {
                        RedisError(.protocolViolation, address)
                    }
                return take(connection.drop(error, now: now), connection, &state, now)
            }
        }
    }

    /// - Returns: false for what nobody says to a subscriber.
    private func hear(_ reply: RESPValue, _ state: inout State) -> Bool {
        if reply == .text("PONG") { return true }
        guard let parts = reply.elements, let kind = parts.first?.string else { return false }
        switch (kind, parts.count) {
        case ("message", 3):
            guard let channel = parts[1].string, case .bytes(let payload) = parts[2] else { return false }
            if state.subscriptions.wants(channel) { hear(.message(channel: channel, payload: payload)) }
        case ("subscribe", 3):
            guard let channel = parts[1].string else { return false }
            let (calls, isRestored) = state.subscriptions.confirmed(channel)
            if isRestored { hear(.gap) }
            for call in calls { call.end(.success(.null)) }
        case ("unsubscribe", 3), ("pong", 2): break
        default: return false
        }
        return true
    }

    /// A connection that a firewall has forgotten says nothing, like one on which nothing happens.
    private func keepAlive(_ connection: RedisConnection, _ state: inout State, _ now: Duration) {
        if let pinged = state.pinged {
            guard now - pinged >= options.timeout else { return }
            take(connection.drop(RedisError(.timeout, address), now: now), connection, &state, now)
        } else if now - connection.heard >= options.idle {
            state.pinged = now
            let ping = RedisCommand("PING", isRepeatable: true).encoded
            if let event = connection.write(ping, now: now) { take(event, connection, &state, now) }
        }
    }

    private func fail(_ calls: [RedisCall], _ error: RedisError) {
        for call in calls { call.end(.failure(error)) }
    }

    private func end() {
        let wishes = inbox.withLock { inbox in
            inbox.isClosed = true
            inbox.waker = nil
            defer { inbox.wishes = [] }
            return inbox.wishes
        }
        for wish in wishes { refuse(wish, .closed) }
        stopped.open()
    }
}
