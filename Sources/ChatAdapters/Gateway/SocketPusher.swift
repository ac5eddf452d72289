import AWS
import ChatService
import Redis
import Support

/// Sends the events of sessions to their sockets at API Gateway, in order and with no gap, from whichever process it runs
/// in: what one of them has claimed the others leave alone, and what it leaves behind they take up.
///
/// A frame whose fate is not known is sent again, so that a client may see a number twice, never a gap. A socket whose
/// frames are refused again and again is closed; its reader comes again and is told all it missed.
package final class SocketPusher: Service {
    package struct Parameters: Sendable {
        /// Sockets that are sent to at once.
        package var concurrency = 256
        /// Between two looks for sockets that nobody sends to.
        package var interval = Duration.milliseconds(250)
        package var linger = Duration.seconds(1)
        /// How long a socket may be unknown to the gateway while it is being opened: as long as a function may take.
        package var opening = Duration.seconds(30)
        /// Refusals in a row after which it is closed.
        package var tries = 10
        package var pauses = Backoff(base: .milliseconds(500), cap: .seconds(30))

        package init() {}
    }

    package let name = "socket pusher"
    private let sessions: any Sessions
    private let sockets: GatewaySockets
    private let connections: APIGatewayConnections
    private let parameters: Parameters
    private let time: any TimeSource
    private let log: Log
    private let stopping = Latch()
    /// Claims and places held.
    private let busy = Locked(0)
    private let claims: AsyncStream<SocketClaim>
    private let inbox: AsyncStream<SocketClaim>.Continuation

    /// - Parameter sessions: as they are, not `PushedSessions`.
    package init(
        sessions: any Sessions, sockets: GatewaySockets, connections: APIGatewayConnections,
        parameters: Parameters = Parameters(), time: any TimeSource = SystemTime(), log: Log
    ) {
        self.sessions = sessions
        self.sockets = sockets
        self.connections = connections
        self.parameters = parameters
        self.time = time
        self.log = log
        // Never more than there are places.
        (claims, inbox) = AsyncStream.makeStream()
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.look() }
            for await claim in claims { group.addTask { await self.serve(claim) } }
        }
    }

    package func shutDown() async {
        stopping.open()
        inbox.finish()
    }

    /// Something was appended to the session: its sockets that nobody has are sent to from here. Returns before that.
    /// - Throws: `RedisError` when nobody could be told.
    package func wake(_ session: String) async throws {
        // Few sessions have more sockets; the others are looked at soon.
        try await claim(upTo: 4) { try await self.sockets.wake(session, token: $0, most: $1) }
    }

    /// Takes as many as there are places for; without any they stay for another process.
    private func claim(
        upTo most: Int, _ take: (_ token: String, _ most: Int) async throws -> [SocketClaim]
    ) async throws {
        let places = busy.withLock { busy in
            let places = stopping.isOpen ? 0 : min(max(parameters.concurrency - busy, 0), most)
            busy += places
            return places
        }
        var taken: [SocketClaim] = []
        defer { busy.withLock { $0 -= places - taken.count } }
        taken = try await take(places == 0 ? "" : RandomIdentifier.make(), places)
        for claim in taken {
            if case .enqueued = inbox.yield(claim) { continue }
            // Shut down meanwhile: the claim ends by itself.
            busy.withLock { $0 -= 1 }
        }
    }

    /// Looks for sockets that are due, until the service ends.
    private func look() async {
        var isTroubled = false
        while !stopping.isOpen, !Task.isCancelled {
            do {
                if busy.withLock({ $0 < parameters.concurrency }) {
                    try await claim(upTo: 64) { try await self.sockets.due(token: $0, most: $1) }
                }
                isTroubled = false
            } catch {
                if !isTroubled { log.warning("sockets cannot be looked at", ["error": error.label]) }
                isTroubled = true
            }
            await pause()
        }
        inbox.finish()
    }

    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled when the service stops; nothing to do then.
            group.addTask { try? await self.time.sleep(for: self.parameters.interval) }
            group.addTask { await self.stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func serve(_ claim: SocketClaim) async {
        defer { busy.withLock { $0 -= 1 } }
        let delivery = SocketDelivery(
            claim: claim, sessions: sessions, sockets: sockets, connections: connections, time: time,
            linger: parameters.linger, isStopping: { [stopping] in stopping.isOpen })
        do {
            try await leave(claim, as: try await delivery.run())
        } catch is CancellationError {
            // The claim ends by itself; another process goes on.
        } catch {
            log.warning("socket left for later", ["error": error.label, "connection": claim.connection])
        }
    }

    private func leave(_ claim: SocketClaim, as end: SocketDelivery.End) async throws {
        switch end {
        case .settled, .lost: break
        case .handedOver: try await sockets.postpone(claim, by: .zero, isFailure: false)
        case .gone:
            // Its handshake may still be on its way through the gateway.
            if claim.isNew, time.now - claim.opened < parameters.opening {
                try await sockets.postpone(claim, by: parameters.interval, isFailure: false)
            } else {
                try await sockets.forget(claim.connection)
            }
        case .over: try await close(claim)
        case .refused(let error):
            log.warning(
                "frame not taken by the gateway", ["error": error.label, "connection": claim.connection])
            guard claim.tries + 1 < parameters.tries else { return try await close(claim) }
            let wait = parameters.pauses.ceiling(afterAttempt: claim.tries + 1)
            try await sockets.postpone(claim, by: wait, isFailure: true)
        }
    }

    /// Its reader comes again with the last number it has seen.
    private func close(_ claim: SocketClaim) async throws {
        try await sockets.forget(claim.connection)
        do {
            try await connections.close(claim.connection)
        } catch let error as AWSError {
            // The gateway ends it after two hours at the latest, or when it has been idle for ten minutes.
            log.warning("socket not closed", ["error": error.label, "connection": claim.connection])
        }
    }
}
