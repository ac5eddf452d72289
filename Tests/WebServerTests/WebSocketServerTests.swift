import Support
import Testing

@testable import WebServer

/// WebSocket over real sockets.
@Suite struct WebSocketServerTests {
    private static let frame = FrameDecoderTests.frame
    private static func text(_ text: String) -> [UInt8] { FrameDecoderTests.text(text) }

    @Test func echoesMessagesAndFragments() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            let head = try await client.upgrade()
            #expect(head.first == "HTTP/1.1 101 Switching Protocols")
            #expect(head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))

            try await client.send(Self.text("olá"))
            var (opcode, payload) = try await client.frame()
            #expect(opcode == 1 && payload == Array("olá".utf8))

            // Fragments with a ping between them, byte by byte.
            let bytes =
                FrameDecoderTests.text("re", final: false) + FrameDecoderTests.frame(9, [7])
                + FrameDecoderTests.frame(0, Array("cursão".utf8))
            for byte in bytes { try await client.send([byte]) }
            (opcode, payload) = try await client.frame()
            #expect(opcode == 10 && payload == [7])
            (opcode, payload) = try await client.frame()
            #expect(payload == Array("recursão".utf8))

            let large = [UInt8](repeating: 5, count: 65_536)
            try await client.send(FrameDecoderTests.frame(2, large))
            (opcode, payload) = try await client.frame()
            #expect(opcode == 2 && payload == large)

            try await client.send(FrameDecoderTests.frame(8, [0x03, 0xE8]))
            #expect(try await client.closeCode() == 1000)
            #expect(try await client.isAtEnd())
        }
    }

    @Test func framesThatCameWithTheHandshakeAreRead() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            let handshake =
                "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Protocol: gepeto.v1, bearer.x\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            try await client.send(Array(handshake.utf8) + Self.text("at once"))
            #expect(try await client.head().contains("sec-websocket-protocol: gepeto.v1"))
            #expect(try await client.frame().payload == Array("at once".utf8))
        }
    }

    @Test func violationsAreClosedWithTheirCode() async throws {
        try await withServer(testRouter()) { server in
            let cases: [([UInt8], UInt16)] = [
                (FrameDecoderTests.frame(1, [0x61], masked: false), 1002), (FrameDecoderTests.frame(1, [0xFF]), 1007),
                (FrameDecoderTests.frame(2, [], length: [127, 0, 0, 0, 0, 0, 1, 0, 1]), 1009),
                ((0..<300).flatMap { _ in FrameDecoderTests.frame(10, []) }, 1008),
            ]
            for (bytes, code) in cases {
                let client = try TestClient(port: server.port)
                _ = try await client.upgrade()
                try await client.send(bytes)
                #expect(try await client.closeCode() == code)
                #expect(try await client.isAtEnd())
            }
        }
    }

    @Test func anUpgradeCanBeRefused() async throws {
        var router = Router()
        router.webSocket("/ws") { _ in .refuse(.text("no", status: 403)) }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            #expect(try await client.upgrade().first == "HTTP/1.1 403 Forbidden")
        }
    }

    @Test func theHandlersEndClosesTheSocket() async throws {
        var router = Router()
        router.webSocket("/ws") { _ in .accept(subprotocol: nil) { $0.send("bye") } }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            _ = try await client.upgrade()
            #expect(try await client.frame().payload == Array("bye".utf8))
            #expect(try await client.closeCode() == 1000)
        }
    }

    @Test func messagesEndWhenThePeerVanishes() async throws {
        let ended = Latch()
        var router = Router()
        router.webSocket("/ws") { _ in
            .accept(subprotocol: nil) { socket in
                for await _ in socket.messages {}
                #expect(socket.send("too late") == .closed)
                ended.open()
            }
        }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            _ = try await client.upgrade()
            await client.shutDownSending()
            await ended.wait()
        }
    }

    @Test func aSlowReaderIsDroppedWith1013() async throws {
        let result = Locked<[WebSocketConnection.SendResult]>([])
        let dropped = Latch()
        var router = Router()
        router.webSocket("/ws") { _ in
            .accept(subprotocol: nil) { socket in
                let frame = WebSocketFrame.text(String(repeating: "x", count: 32 << 10))
                // Far more than the kernel's buffers take; the peer reads nothing meanwhile.
                var last = WebSocketConnection.SendResult.accepted
                while last == .accepted { last = socket.send(frame) }
                result.withLock { $0 = [last, socket.send("after")] }
                dropped.open()
                for await _ in socket.messages {}
            }
        }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4_096)
            _ = try await client.upgrade()
            await dropped.wait()
            #expect(result.withLock { $0 } == [.dropped, .closed])
            // What had been begun arrives whole, then the Close.
            var frame = try await client.frame()
            while frame.opcode == 1 {
                #expect(frame.payload.count == 32 << 10)
                frame = try await client.frame()
            }
            #expect(frame.opcode == 8)
            #expect(frame.payload.prefix(2) == [0x03, 0xF5])
            #expect(try await client.isAtEnd())
        }
    }

    @Test func aHandlerThatDoesNotReadMakesThePeerWait() async throws {
        let gate = Latch()
        let counted = Locked(0)
        var router = Router()
        router.webSocket("/ws") { _ in
            .accept(subprotocol: nil) { socket in
                await gate.wait()
                for await message in socket.messages {
                    if case .binary(let bytes) = message { counted.withLock { $0 += bytes.count } }
                    if case .text = message { socket.send("\(counted.withLock { $0 })") }
                }
            }
        }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            _ = try await client.upgrade()
            // 256 KiB are queued and the rest stays with the peer and the kernel.
            let frame = FrameDecoderTests.frame(2, [UInt8](repeating: 0, count: 60_000))
            for _ in 0..<20 { try await client.send(frame) }
            gate.open()
            try await client.send(Self.text("how many?"))
            #expect(try await client.frame().payload == Array("1200000".utf8))
        }
    }

    @Test func pingsGoOutAndASilentPeerIsClosed() async throws {
        try await withServer(
            testRouter(),
            {
                $0.timeouts.webSocketPing = .milliseconds(40)
                $0.timeouts.webSocketSilence = .milliseconds(200)
            }
        ) { server in
            let client = try TestClient(port: server.port)
            _ = try await client.upgrade()
            var frame = try await client.frame()
            #expect(frame.opcode == 9)
            while frame.opcode == 9 { frame = try await client.frame() }
            #expect(frame.opcode == 8)
            #expect(try await client.isAtEnd())
        }
    }
}
