/// Which channels are wanted and which are confirmed. A pure value: it is told what the peer said.
struct RedisSubscriptions<Ticket> {
    private struct Channel {
        /// SUBSCRIBEs whose confirmation is due; what comes before the last of them may belong to an earlier life.
        var unconfirmed = 0
        var isConfirmed: Bool { unconfirmed == 0 }
        var waiting: [(ticket: Ticket, expires: Duration)] = []
    }

    private let most: Int
    private var channels: [String: Channel] = [:]
    /// Those for which somebody waits.
    private var awaited: Set<String> = []
    /// SUBSCRIBEs under way of channels that nobody wants any more.
    private var stale: [String: Int] = [:]
    /// Confirmations of a new connection that are due before it is as good as the one before.
    private var restoring = 0

    /// - Parameter most: channels at once.
    init(most: Int) { self.most = most }

    var count: Int { channels.count }

    enum Wish: Equatable {
        /// It is subscribed already.
        case confirmed
        case subscribe
        case wait
        case tooMany
    }

    /// Somebody wants a channel and waits for its confirmation.
    mutating func want(_ name: String, _ ticket: Ticket, expires: Duration, isConnected: Bool) -> Wish {
        if var channel = channels[name] {
            if channel.isConfirmed, isConnected { return .confirmed }
            channel.waiting.append((ticket, expires))
            channels[name] = channel
            awaited.insert(name)
            return .wait
        }
        guard channels.count < most else { return .tooMany }
        var channel = Channel(unconfirmed: stale.removeValue(forKey: name) ?? 0)
        channel.waiting.append((ticket, expires))
        // Without a connection it is subscribed with all others when there is one.
        if isConnected { channel.unconfirmed += 1 }
        channels[name] = channel
        awaited.insert(name)
        return isConnected ? .subscribe : .wait
    }

    /// Nobody wants the channel any more.
    /// - Returns: who waited for it in vain; nil when it was not wanted.
    mutating func leave(_ name: String) -> [Ticket]? {
        guard let channel = channels.removeValue(forKey: name) else { return nil }
        awaited.remove(name)
        if channel.unconfirmed > 0 { stale[name, default: 0] += channel.unconfirmed }
        return channel.waiting.map(\.ticket)
    }

    func wants(_ name: String) -> Bool { channels[name] != nil }

    /// A new connection: all wanted channels, to be subscribed again.
    mutating func reconnected() -> [String] {
        stale = [:]
        for name in Array(channels.keys) { channels[name]?.unconfirmed = 1 }
        restoring = channels.count
        return Array(channels.keys)
    }

    /// - Returns: who waited for this confirmation, and whether it was the last one of a new connection: what was published
    ///   since the old one broke may have been missed.
    mutating func confirmed(_ name: String) -> (tickets: [Ticket], isRestored: Bool) {
        var isRestored = false
        if restoring > 0 {
            restoring -= 1
            isRestored = restoring == 0
        }
        guard var channel = channels[name] else {
            if let left = stale[name] { stale[name] = left > 1 ? left - 1 : nil }
            return ([], isRestored)
        }
        channel.unconfirmed = max(channel.unconfirmed - 1, 0)
        guard channel.isConfirmed else {
            channels[name] = channel
            return ([], isRestored)
        }
        let tickets = channel.waiting.map(\.ticket)
        channel.waiting = []
        awaited.remove(name)
        channels[name] = channel
        return (tickets, isRestored)
    }

    /// Whose time is over; their channels stay wanted until they are left.
    mutating func expire(now: Duration) -> [Ticket] { end { $0 <= now } }

    /// Gives up all that wait: the peer is out of reach.
    mutating func abandon() -> [Ticket] { end { _ in true } }

    /// When the next of those that wait expires.
    var nextExpiry: Duration? { awaited.compactMap { channels[$0]?.waiting.first?.expires }.min() }

    private mutating func end(where isOver: (Duration) -> Bool) -> [Ticket] {
        var over: [Ticket] = []
        for name in awaited {
            guard var channel = channels[name] else { continue }
            over += channel.waiting.filter { isOver($0.expires) }.map(\.ticket)
            channel.waiting.removeAll { isOver($0.expires) }
            channels[name] = channel
            if channel.waiting.isEmpty { awaited.remove(name) }
        }
        return over
    }
}
