import AWS
import ChatService
import Support

/// One claim on a socket from its beginning to its end: what the reader has not seen is sent, in order, each number noted
/// before the next one goes out.
struct SocketDelivery: Sendable {
    /// What the socket was left as.
    enum End: Sendable, Equatable {
        /// Nothing is left to send.
        case settled
        /// The process is going: somebody else goes on.
        case handedOver
        /// The gateway does not have the socket, not yet or no more.
        case gone
        /// The socket must be closed, so that its reader comes again.
        case over
        /// Another process has the claim by now.
        case lost
        /// The gateway did not take a frame.
        case refused(AWSError)
    }

    let claim: SocketClaim
    let sessions: any Sessions
    let sockets: GatewaySockets
    let connections: APIGatewayConnections
    let time: any TimeSource
    /// How long the next event is waited for before the claim is given back: pieces of an answer follow each other.
    let linger: Duration
    let isStopping: @Sendable () -> Bool

    private enum Sending: Error { case ended(End) }

    /// - Throws: `RedisError`, `CancellationError`: the claim then ends by itself.
    func run() async throws -> End {
        do {
            return try await deliver()
        } catch Sending.ended(let end) {
            return end
        } catch let error as AWSError {
            return .refused(error)
        } catch is SubscriptionLost {
            return .over
        }
    }

    private var hasExpired: Bool { claim.expires.map { $0 <= time.now } ?? false }

    private func deliver() async throws -> End {
        guard !hasExpired, var log = try await sessions.subscribe(to: claim.session, after: claim.seen) else {
            return .over
        }
        if claim.isNew {
            log = try await greet(log)
        } else if log.resumedFrom != claim.seen {
            // Events were lost; a new socket is told so.
            return .over
        }
        while true {
            for frame in try await sockets.replies(claim) {
                try await post(frame)
                guard try await sockets.replied(claim, frame: frame) else { throw Sending.ended(.lost) }
            }
            let events = try await log.next(within: isStopping() ? .zero : linger)
            for event in events {
                try await post(event)
                try await acknowledge(event.seq)
            }
            if hasExpired { return .over }
            if events.isEmpty {
                switch try await sockets.settle(claim) {
                case .settled: return .settled
                case .lost: return .lost
                case .more: break
                }
            }
            if isStopping() { return .handedOver }
        }
    }

    /// `connected`, the first frame.
    private func greet(_ log: Subscription) async throws -> Subscription {
        var (log, epoch) = (log, log.epoch)
        if let withheld = claim.withheld, log.resumedFrom < withheld {
            // As if they were no longer kept: the client reads the history, which shows what may be shown.
            guard let behind = try await sessions.subscribe(to: claim.session, after: withheld) else {
                throw Sending.ended(.over)
            }
            (log, epoch) = (behind, "\(behind.epoch)-\(withheld)")
        }
        let connected = ChatEvent.connected(
            ChatEvent.Connected(
                connectionId: claim.connection, sessionId: claim.session, epoch: epoch, resumedFrom: log.resumedFrom))
        try await post(EventFrame(event: connected, seq: log.resumedFrom, timestamp: time.now.seconds).text)
        try await acknowledge(log.resumedFrom)
        return log
    }

    private func acknowledge(_ seq: Int64) async throws {
        guard try await sockets.acknowledge(claim, seq: seq) else { throw Sending.ended(.lost) }
    }

    private func post(_ event: LoggedEvent) async throws {
        guard event.frame.utf8.count <= SocketFrame.mostBytes else {
            return try await post(SocketFrame.resync(event, at: time.now))
        }
        do {
            try await post(event.frame)
        } catch let error as AWSError where error.kind == .tooLarge {
            try await post(SocketFrame.resync(event, at: time.now))
        }
    }

    private func post(_ frame: String) async throws {
        guard try await connections.post(Array(frame.utf8), to: claim.connection) else {
            throw Sending.ended(.gone)
        }
    }
}
