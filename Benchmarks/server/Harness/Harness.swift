import ChatAdapters
import ChatService
import Support
import WebServer

@testable import Commands

/// The program's server and routes with nobody who answers, for measurements that `gepeto serve` cannot give.
///
///     Harness memory|store      settings as of `gepeto serve`, by environment
///
/// `memory`: questions are kept in memory only, all else is as in the program. `store`: questions are committed as in
/// the program. Beside the program's own routes: `/load/echo`, a WebSocket that sends back what it gets, and
/// `POST /load/drive`, which streams pieces of text to sessions (`DeltaDriver`).
@main
struct Harness {
    static func main() async throws {
        let signals = TerminationSignals()
        let configuration = try Configuration(environment: Environment.variables)
        let log = Log(level: configuration.logLevel)
        let house = try await House(configuration, log: log)
        var router = Router()
        try house.install(in: &router, keepsInMemory: CommandLine.arguments.last == "memory")
        router.webSocket("/load/echo", place: .loop) { _ in .handle(subprotocol: nil, Echo.shared) }
        let driver = DeltaDriver(sessions: house.store)
        router.on(.post, "/load/drive", driver.respond)
        let server = try WebServer(configuration.server, router: router, log: log)
        let console = Console.standard
        console.print("gepeto is serving http://\(configuration.host):\(server.port)")
        let group = ServiceGroup([server, house.readiness], log: log)
        try await group.run { await signals.wait() }
        await house.store.close()
    }
}

/// Sends back what it gets.
private final class Echo: WebSocketHandler {
    static let shared = Echo()

    func opened(_ socket: WebSocketConnection) {}

    func received(_ message: WebSocketMessage, from socket: WebSocketConnection) -> WebSocketWork? {
        if case .text(let text) = message { socket.send(text) }
        return nil
    }
}
