import Support
import Testing

@testable import WebServer

/// Start and end.
@Suite struct ServerLifetimeTests {
    private static func server(_ router: Router = testRouter()) throws -> WebServer {
        var configuration = ServerConfiguration(port: 0, loops: 2)
        // Longer than any test: no drain here may need the end of the lame-duck time.
        configuration.timeouts.lameDuck = .seconds(60)
        return try WebServer(configuration, router: router, log: .silent)
    }

    @Test func aPortInUseIsNamed() throws {
        let first = try Self.server()
        #expect {
            try WebServer(ServerConfiguration(port: first.port), router: Router(), log: .silent)
        } throws: { error in
            (error as? WebServerError)?.kind == .portInUse && error.sentence.contains("\(first.port)")
        }
    }

    @Test func addressesThatAreNotOursAreRefused() {
        for host in ["192.0.2.1", "no-such-host.invalid"] {
            #expect {
                try WebServer(ServerConfiguration(host: host, port: 0), router: Router(), log: .silent)
            } throws: {
                ($0 as? WebServerError)?.kind == .addressNotAvailable
            }
        }
        for port in [-1, 65_536] {
            #expect { try WebServer(ServerConfiguration(port: port), router: Router(), log: .silent) } throws: {
                ($0 as? WebServerError)?.kind == .badPort
            }
        }
    }

    @Test func aServerThatNeverRanFreesItsPort() throws {
        let port = try Self.server().port
        _ = try WebServer(ServerConfiguration(port: port), router: Router(), log: .silent)
    }

    @Test func drainAnswersWhatIsInHandAndRunReturns() async throws {
        let arrived = Latch()
        let gate = Latch()
        var router = testRouter()
        router.on(.get, "/slow") { _ in
            arrived.open()
            await gate.wait()
            return .text("done")
        }
        let server = try Self.server(router)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let slow = try TestClient(port: server.port)
            try await slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            let idle = try TestClient(port: server.port)
            #expect(try await idle.get("/hello").headers["connection"] == nil)
            let socket = try TestClient(port: server.port)
            _ = try await socket.upgrade()
            await arrived.wait()

            await server.shutDown()
            #expect(try await socket.closeCode() == 1001)
            try await socket.send(FrameDecoderTests.frame(8, [0x03, 0xE9]))
            #expect(try await socket.isAtEnd())
            // A late request on an idle connection is still answered, for the last time.
            let late = try await idle.get("/hello")
            #expect(late.text == "hello")
            #expect(late.headers["connection"] == "close")
            await idle.shutDownSending()
            gate.open()
            let response = try await slow.response()
            #expect(response.text == "done")
            #expect(response.headers["connection"] == "close")
            await slow.shutDownSending()
            #expect(throws: TestClient.Failure.self) { try TestClient(port: server.port) }
            try await group.waitForAll()
        }
    }

    @Test func drainUnderLoadLosesNoRequest() async throws {
        let server = try Self.server()
        let started = Locked(0)
        let busy = Latch()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await server.run()
                return 0
            }
            for _ in 0..<16 {
                let client = try TestClient(port: server.port)
                group.addTask {
                    // Asks until it is told that the connection ends; every question must have its answer.
                    var answered = 0
                    while true {
                        let response = try await client.get("/path/\(answered)")
                        #expect(response.text == "\(answered) -")
                        answered += 1
                        if started.withLock({ count in
                            count += 1
                            return count
                        }) == 500 {
                            busy.open()
                        }
                        if response.headers["connection"] == "close" {
                            await client.shutDownSending()
                            return answered
                        }
                    }
                }
            }
            await busy.wait()
            await server.shutDown()
            var answered = 0
            for try await count in group { answered += count }
            #expect(answered == started.withLock { $0 })
            #expect(answered >= 500)
        }
    }

    @Test func cancellationClosesHardAndCancelsHandlers() async throws {
        let arrived = Latch()
        let cancelled = Latch()
        var router = testRouter()
        router.on(.get, "/forever") { _ in
            arrived.open()
            await Latch().wait()
            #expect(Task.isCancelled)
            cancelled.open()
            return .text("")
        }
        let server = try Self.server(router)
        let client = try TestClient(port: server.port)
        let run = Task { try await server.run() }
        try await client.send("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n")
        await arrived.wait()
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(cancelled.isOpen, "run returns after its handlers")
        await #expect(throws: TestClient.Failure.self) { try await client.response() }
    }

    @Test func cancellationReachesAHandlerWhosePeerIsGone() async throws {
        let arrived = Latch()
        let closed = Latch()
        var router = Router()
        router.webSocket("/ws") { _ in
            .accept(subprotocol: nil) { socket in
                arrived.open()
                for await _ in socket.messages {}
                closed.open()
                await Latch().wait()
            }
        }
        let server = try Self.server(router)
        let run = Task { try await server.run() }
        let client = try TestClient(port: server.port)
        _ = try await client.upgrade()
        await arrived.wait()
        await server.shutDown()
        #expect(try await client.closeCode() == 1001)
        try await client.send(FrameDecoderTests.frame(8, [0x03, 0xE9]))
        await client.shutDownSending()
        await closed.wait()
        // The drained loops have nothing to do any more, but a handler is still at work.
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    @Test func anUpgradeOfAPeerThatIsGoneIsForgotten() async throws {
        let arrived = Latch()
        let gate = Latch()
        let wasOpened = Locked(false)
        var router = Router()
        router.webSocket("/ws") { _ in
            arrived.open()
            await gate.wait()
            return .accept(subprotocol: nil) { _ in wasOpened.withLock { $0 = true } }
        }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            try await client.send(
                "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            await arrived.wait()
            await client.shutDownSending()
            gate.open()
            // Throws when the connection is left open.
            _ = try await client.receiveAll()
            #expect(!wasOpened.withLock { $0 })
        }
    }

    @Test func socketsOutliveTheEndOfHTTPUntilTheirTimeIsOver() async throws {
        let server = try Self.server()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let socket = try TestClient(port: server.port)
            _ = try await socket.upgrade()
            let idle = try TestClient(port: server.port)
            _ = try await idle.get("/hello")

            server.stopAccepting(sockets: .seconds(3_600))
            let last = try await idle.get("/hello")
            #expect(last.headers["connection"] == "close")
            #expect(throws: TestClient.Failure.self) { try TestClient(port: server.port) }
            await idle.shutDownSending()
            // An answer under way still reaches its socket.
            try await socket.send(FrameDecoderTests.text("still there?"))
            #expect(try await socket.frame().payload == Array("still there?".utf8))

            server.stopAccepting(sockets: .zero)
            #expect(try await socket.closeCode() == 1001)
            try await socket.send(FrameDecoderTests.frame(8, [0x03, 0xE9]))
            #expect(try await socket.isAtEnd())
            await socket.shutDownSending()
            try await group.waitForAll()
        }
    }

    @Test func aPeerThatLeavesCancelsItsStream() async throws {
        let ended = Latch()
        var router = Router()
        router.on(.get, "/") { _ in
            HTTPResponse(
                status: 200,
                body: .stream { stream in
                    defer { ended.open() }
                    while true { try await stream.write([UInt8](repeating: 0, count: 1_000)) }
                })
        }
        try await withServer(router) { server in
            do {
                let client = try TestClient(port: server.port)
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.receive(5_000)
            }
            await ended.wait()
        }
    }

    @Test func shutDownBeforeRunEndsIt() async throws {
        let server = try Self.server()
        await server.shutDown()
        try await server.run()
    }
}
