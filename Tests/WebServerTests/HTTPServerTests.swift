import Support
import Testing

@testable import WebServer

/// HTTP/1.1 over real sockets.
@Suite struct HTTPServerTests {
    @Test func answersOnAKeptConnection() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            for _ in 0..<3 {
                let response = try await client.get("/path/a%20b?q=c+d")
                #expect(response.status == 200)
                #expect(response.text == "a b c d")
                #expect(response.headers["date"]?.hasSuffix(" GMT") == true)
                #expect(response.headers["connection"] == nil)
            }
        }
    }

    @Test func byteByByteIsTheSame() async throws {
        // However slow the machine is just now.
        try await withServer(testRouter(), { $0.timeouts.head = .seconds(600) }) { server in
            let client = try TestClient(port: server.port)
            for byte
                in "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX: y\r\n\r\n"
                .utf8
            {
                try await client.send([byte])
            }
            #expect(try await client.response().text == "abc")
            #expect(try await client.get("/hello").text == "hello")
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            let requests = (0..<500).map { number in
                number % 2 == 0
                    ? "GET /path/\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
                    : "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \("\(number)".count)\r\n\r\n\(number)"
            }
            try await client.send(requests.joined())
            for number in 0..<500 {
                let text = try await client.response().text
                #expect(text == (number % 2 == 0 ? "\(number) -" : "\(number)"))
            }
        }
    }

    @Test func pipelinedLargeAnswersToASlowReaderAreBounded() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4_096)
            try await client.send(String(repeating: "GET /size/200000 HTTP/1.1\r\nHost: a\r\n\r\n", count: 50))
            for _ in 0..<50 { #expect(try await client.response().body.count == 200_000) }
        }
    }

    @Test func headIsGetWithoutTheBody() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            try await client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nHEAD /stream/3 HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response(hasBody: false)
            #expect(response.headers["content-length"] == "5")
            #expect(try await client.response(hasBody: false).headers["transfer-encoding"] == "chunked")
            #expect(try await client.get("/hello").text == "hello")
        }
    }

    @Test func streamsInChunksAndToHTTP10UntilTheEnd() async throws {
        let expected = (0..<1_000).map { "\($0)\n" }.joined()
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            let response = try await client.get("/stream/1000")
            #expect(response.headers["transfer-encoding"] == "chunked")
            #expect(response.text == expected)
            #expect(try await client.get("/stream/0").body.isEmpty)

            let old = try TestClient(port: server.port)
            try await old.send("GET /stream/1000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let oldResponse = try await old.response()
            #expect(oldResponse.headers["connection"] == "close")
            #expect(oldResponse.text == expected)
        }
    }

    @Test func http10KeepsAliveOnRequestOnly() async throws {
        try await withServer(testRouter()) { server in
            let kept = try TestClient(port: server.port)
            for _ in 0..<2 {
                try await kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(try await kept.response().headers["connection"] == "keep-alive")
            }
            let closed = try TestClient(port: server.port)
            try await closed.send("GET /hello HTTP/1.0\r\n\r\n")
            #expect(try await closed.response().headers["connection"] == "close")
            #expect(try await closed.isAtEnd())
        }
    }

    @Test func connectionCloseIsHonoured() async throws {
        var router = testRouter()
        router.on(.get, "/bye") { _ in HTTPResponse(status: 204, headers: ["connection": "close"]) }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            #expect(try await client.get("/hello", "Connection: close\r\n").headers["connection"] == "close")
            #expect(try await client.isAtEnd())
            let other = try TestClient(port: server.port)
            let response = try await other.get("/bye")
            #expect(response.headers["connection"] == "close")
            #expect(response.headers["content-length"] == nil)
            #expect(try await other.isAtEnd())
        }
    }

    @Test func expectationIsMetWhenTheHandlerWantsTheBody() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.head() == ["HTTP/1.1 100 Continue"])
            try await client.send("abc")
            #expect(try await client.response().text == "abc")
        }
    }

    @Test func expectationIsNotMetWhenNobodyWantsTheBody() async throws {
        try await withServer(testRouter()) { server in
            for (path, length, status) in [("/ignore", 3, 200), ("/echo", 2_000_000, 413), ("/nowhere", 3, 404)] {
                let client = try TestClient(port: server.port)
                try await client.send(
                    "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n\r\n")
                let response = try await client.response()
                #expect(response.status == status)
                #expect(response.headers["connection"] == "close")
                #expect(try await client.isAtEnd())
            }
        }
    }

    @Test func halfCloseIsStillAnswered() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            await client.shutDownSending()
            let response = try await client.response()
            #expect(response.text == "abc")
            #expect(try await client.isAtEnd())
        }
    }

    @Test func aTornRequestReachesItsHandlerAsAnError() async throws {
        var router = Router()
        let seen = Locked<String?>(nil)
        let done = Latch()
        router.on(.post, "/") { request in
            defer { done.open() }
            do { _ = try await request.body.collect(upTo: 100) } catch { seen.withLock { $0 = error.label } }
            return .text("")
        }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            await client.shutDownSending()
            await done.wait()
            let label = seen.withLock { $0 }
            #expect(label == "incomplete_body" || label == "cancelled")
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx", 400),
        ("POST /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405), ("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        ("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n", 426),
    ]) func errorsAreProblems(_ request: String, _ status: Int) async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            try await client.send(request)
            let response = try await client.response()
            #expect(response.status == status)
            #expect(response.headers["content-type"] == "application/problem+json")
            #expect(response.text.contains("\"status\":\(status)"))
            if status == 405 { #expect(response.headers["allow"] == "GET, HEAD") }
        }
    }

    @Test func anEarly413CanBeReadWhileTheBodyIsStillComing() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n")
            try await client.send([UInt8](repeating: 0, count: 8_000_000))
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(try await client.isAtEnd())
        }
    }

    @Test func aChunkedBodyOverTheLimitIsRefusedAsItArrives() async throws {
        try await withServer(testRouter()) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "20000\r\n" + String(repeating: "x", count: 0x20000) + "\r\n"
            for _ in 0..<12 { try await client.send(chunk) }
            #expect(try await client.response().status == 413)
        }
    }

    @Test func aHandlerThatFailsIsA500AndTheConnectionGoesOn() async throws {
        struct Broken: Error {}
        var router = testRouter()
        router.on(.get, "/broken") { _ in throw Broken() }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            #expect(try await client.get("/broken").status == 500)
            #expect(try await client.get("/hello").text == "hello")
        }
    }

    @Test func aStreamThatFailsIsBrokenOff() async throws {
        struct Broken: Error {}
        var router = Router()
        router.on(.get, "/") { _ in
            HTTPResponse(
                status: 200,
                body: .stream { stream in
                    try await stream.write(Array("half".utf8))
                    throw Broken()
                })
        }
        try await withServer(router) { server in
            let client = try TestClient(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await #expect(throws: TestClient.Failure.self) { try await client.response() }
        }
    }

    @Test func thePeersAddressIsKnown() async throws {
        var router = Router()
        router.on(.get, "/") { .text($0.peerAddress) }
        try await withServer(router) { server in
            let response = try await TestClient(port: server.port).get("/")
            #expect(response.text == "127.0.0.1")
        }
    }
}
