import Testing

@testable import WebServer

/// What a handler answers at once reaches the peer before the Close that what follows has earned it.
@Suite struct WebSocketOrderTests {
    private final class Echo: WebSocketHandler {
        func opened(_ socket: WebSocketConnection) {}

        func received(_ message: WebSocketMessage, from socket: WebSocketConnection) -> WebSocketWork? {
            if case .text(let text) = message { socket.send(text) }
            return nil
        }
    }

    @Test(arguments: [
        (FrameDecoderTests.frame(3, []), 1002 as UInt16), (FrameDecoderTests.frame(8, [0x03, 0xE8]), 1000 as UInt16),
    ])
    func theAnswerGoesOutBeforeTheClose(_ last: [UInt8], _ code: UInt16) async throws {
        var router = Router()
        router.webSocket("/ws") { _ in .handle(subprotocol: nil, Echo()) }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            _ = try await client.upgrade()
            try await client.send(FrameDecoderTests.text("one") + FrameDecoderTests.text("two") + last)
            #expect(try await client.frame().payload == Array("one".utf8))
            #expect(try await client.frame().payload == Array("two".utf8))
            #expect(try await client.closeCode() == code)
            #expect(try await client.isAtEnd())
        }
    }
}
