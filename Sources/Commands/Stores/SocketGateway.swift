import ChatAdapters
import ChatService
import Support

/// Sockets that API Gateway holds, and what of this process they are told.
struct SocketGateway: Sendable {
    let sockets: GatewaySockets
    /// Sends what there is to tell; nil in a process that only notes that there is something.
    let pusher: SocketPusher?
    /// The sessions whose events wake whoever sends.
    let sessions: PushedSessions

    /// - Parameter posts: where frames are posted; nil for a process that sends none.
    init(_ sessions: RedisSessions, posts: String?, clients: CloudClients, log: Log) throws {
        let sockets = GatewaySockets(sessions.client)
        self.sockets = sockets
        guard let posts else {
            pusher = nil
            self.sessions = PushedSessions(sessions) { try await sockets.wake($0) }
            return
        }
        let pusher = SocketPusher(
            sessions: sessions, sockets: sockets, connections: try clients.connections(posts), log: log)
        self.pusher = pusher
        self.sessions = PushedSessions(sessions) { try await pusher.wake($0) }
    }
}
