import Support
import Testing

@testable import WebServer

/// Many peers, large bodies, slow peers.
@Suite struct ServerLoadTests {
    @Test func twoHundredConnectionsAtOnce() async throws {
        let gate = Latch()
        let arrived = Locked(0)
        let all = Latch()
        var router = Router()
        router.on(.get, "/{number}") { request in
            let count = arrived.withLock { count in
                count += 1
                return count
            }
            if count == 200 { all.open() }
            await gate.wait()
            return .text(request.pathParameters["number"] ?? "")
        }
        try await withServer(router) { server in
            let clients = try (0..<200).map { _ in try TestClient(port: server.port) }
            for (number, client) in clients.enumerated() {
                try await client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            // Every one of them is with its handler, and none is answered, before the first answer goes out.
            await all.wait()
            gate.open()
            for (number, client) in clients.enumerated() { #expect(try await client.response().text == "\(number)") }
        }
    }

    @Test(arguments: [false, true]) func aLargeUploadIsStreamed(_ isChunked: Bool) async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            let piece = [UInt8](repeating: 0x62, count: 1 << 20)
            let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(piece.count * 32)"
            try await client.send("POST /count HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            for _ in 0..<32 { try await client.send(isChunked ? ResponseHead.chunk(piece) : piece) }
            if isChunked { try await client.send("0\r\n\r\n") }
            #expect(try await client.response().text == "\(piece.count * 32)")
            #expect(try await client.get("/hello").text == "hello")
        }
    }

    @Test func aHandlerThatDoesNotReadMakesThePeerWait() async throws {
        let gate = Latch()
        var router = Router()
        router.on(.post, "/", bodyLimit: 1 << 30) { request in
            await gate.wait()
            var (count, largest) = (0, 0)
            for try await piece in request.body {
                count += piece.count
                largest = max(largest, piece.count)
            }
            return .text("\(count)")
        }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            let total = 64 << 20
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(total)\r\n\r\n")
            // More than the kernel's buffers and the server's high mark together cannot be sent before the gate opens.
            let sent = try await client.sendUntilFull(limit: total)
            #expect(sent < total)
            gate.open()
            try await client.send([UInt8](repeating: 0, count: total - sent))
            #expect(try await client.response().text == "\(total)")
        }
    }

    @Test func aSlowReaderSuspendsTheStream() async throws {
        let written = Locked(0)
        let ended = Latch()
        var router = Router()
        router.on(.get, "/") { _ in
            HTTPResponse(
                status: 200,
                body: .stream { stream in
                    defer { ended.open() }
                    for _ in 0..<1_000 {
                        try await stream.write([UInt8](repeating: 0, count: 64 << 10))
                        written.withLock { $0 += 1 }
                    }
                })
        }
        try await withServer(router, { $0.timeouts.writeStall = .milliseconds(300) }) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4_096)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // Nothing is read: the writer is suspended, and woken with an error when the stall has lasted too long.
            await ended.wait()
            #expect(written.withLock { $0 } < 1_000)
        }
    }

    @Test func aWholeStreamReachesASlowReader() async throws {
        var router = Router()
        router.on(.get, "/") { _ in
            HTTPResponse(
                status: 200,
                body: .stream { stream in
                    for number in 0..<400 {
                        try await stream.write([UInt8](repeating: UInt8(number & 255), count: 10_000))
                    }
                })
        }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4_096)
            let body = try await client.get("/").body
            #expect(body == (0..<400).flatMap { [UInt8](repeating: UInt8($0 & 255), count: 10_000) })
        }
    }

    @Test func oneConnectionTooManyIsTold() async throws {
        try await withServer(testRouter(), loops: 1, { $0.limits.connections = 2 }) { server in
            let first = try TestClient(port: server.port)
            let second = try TestClient(port: server.port)
            #expect(try await first.get("/hello").status == 200)
            #expect(try await second.get("/hello").status == 200)
            let third = try TestClient(port: server.port)
            let response = try await third.response()
            #expect(response.status == 503)
            #expect(response.headers["retry-after"] == "5")
            // A place that becomes free can be taken.
            #expect(try await first.get("/hello", "Connection: close\r\n").status == 200)
            #expect(try await first.isAtEnd())
        }
    }

    @Test func aSlowHeadIsA408AndAnIdleConnectionIsClosed() async throws {
        try await withServer(
            testRouter(),
            {
                $0.timeouts.head = .milliseconds(100)
                $0.timeouts.idle = .milliseconds(100)
            }
        ) { server in
            let slow = try TestClient(port: server.port)
            try await slow.send("GET / HT")
            #expect(try await slow.response().status == 408)
            let idle = try TestClient(port: server.port)
            #expect(try await idle.isAtEnd())
        }
    }

    @Test func aRequestBehindAnAnswerThatIsReadSlowlyIsNotSlow() async throws {
        var router = testRouter()
        router.on(.get, "/large") { _ in
            HTTPResponse(status: 200, body: .bytes([UInt8](repeating: 7, count: 12 << 20)))
        }
        try await withServer(router, loops: 1, { $0.timeouts.head = .milliseconds(100) }) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4_096)
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.head().first == "HTTP/1.1 200 OK")
            // Begun later, and its time is over.
            let slow = try TestClient(port: server.port)
            try await slow.send("GET / HT")
            #expect(try await slow.response().status == 408)
            #expect(try await client.receive(12 << 20).allSatisfy { $0 == 7 })
            #expect(try await client.response().status == 200)
        }
    }

    @Test func aBodyBelowItsMinimumRateIsA408() async throws {
        try await withServer(testRouter(), { $0.timeouts.bodyProgress = .milliseconds(100) }) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
            #expect(try await client.response().status == 408)
        }
    }
}
