import ChatService
import Support
import WebServer

/// What ends first when the program ends: nothing new is taken. A `Service` that does nothing but end, started last.
///
/// From then on `/api/ready` answers 503, no connection is accepted and each answer is the last one of its connection.
/// Sockets stay until the answers under way are told, or until the grace period is nearly over.
final class FrontDoor: Service {
    let name = "front door"
    private let server: WebServer
    private let readiness: Readiness
    private let sockets: Duration

    /// - Parameter sockets: how long sockets are kept open for answers under way.
    init(server: WebServer, readiness: Readiness, sockets: Duration) {
        self.server = server
        self.readiness = readiness
        self.sockets = sockets
    }

    func run() async throws { try await readiness.run() }

    func shutDown() async {
        server.stopAccepting(sockets: sockets)
        await readiness.shutDown()
    }
}
