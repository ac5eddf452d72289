import Glibc
import Support
import WebServer

/// A WebSocket echo made of the program's own server and codec, for the Autobahn fuzzing client. Prints its port.
///
/// Messages may have 16 MiB and come in fragments of a few bytes, and everything may wait for a slow reader: the program's
/// own bounds would end those cases, and have tests of their own.
@main
struct EchoServer {
    static func main() async throws {
        var configuration = ServerConfiguration(port: 0)
        configuration.limits.webSocketMessage = 16 << 20
        configuration.limits.webSocketFragments = 1 << 20
        configuration.limits.webSocketBacklog = 64 << 20
        var router = Router()
        router.webSocket("/") { _ in .handle(subprotocol: nil, Echo()) }
        let server = try WebServer(configuration, router: router, log: .silent)
        let line = Array("\(server.port)\n".utf8)
        guard write(STDOUT_FILENO, line, line.count) == line.count else { return }
        try await server.run()
    }
}

private final class Echo: WebSocketHandler {
    func opened(_ socket: WebSocketConnection) {}

    func received(_ message: WebSocketMessage, from socket: WebSocketConnection) -> WebSocketWork? {
        switch message {
        case .text(let text): socket.send(text)
        case .binary(let bytes): socket.send(.binary(bytes))
        }
        return nil
    }
}
