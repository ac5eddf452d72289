import Support
import TestSupport
import Testing

@testable import HTTPClient

@Suite struct HTTPClientTests {
    private let client = HTTPClient(log: .silent)

    /// Long for all but what a test is about.
    private func timeouts(
        connect: Duration = .seconds(120), firstByte: Duration = .seconds(120), silence: Duration = .seconds(120),
        total: Duration = .seconds(120)
    ) -> HTTPTimeouts {
        HTTPTimeouts(connect: connect, firstByte: firstByte, silence: silence, total: total)
    }

    private func get(_ url: String, _ timeouts: HTTPTimeouts? = nil, responseLimit: Int = 16 << 20) -> HTTPClientRequest
    {
        HTTPClientRequest(.get, url, timeouts: timeouts ?? self.timeouts(), responseLimit: responseLimit)
    }

    /// The code of the error that reading the whole response throws.
    private func failure(of request: HTTPClientRequest) async -> HTTPClientError? {
        await #expect(throws: HTTPClientError.self) {
            _ = try await client.send(request).body.collect(upTo: 64 << 20)
        }
    }

    // MARK: Good calls

    @Test func sendsAndReceives() async throws {
        let server = try ScriptedServer([.response(201, headers: ["X-One: a", "x-one: b", "X-Two:"], "olá")])
        let request = HTTPClientRequest(
            .post, "\(server.url)/v1/x?y=z", headers: [("Authorization", "Bearer k"), ("X-Empty", "")],
            body: Array("corpo ção".utf8), timeouts: timeouts())
        let response = try await client.send(request)
        #expect(response.status == 201)
        #expect(response.head["X-ONE"] == "a")
        #expect(response.head["x-two"] == "")
        #expect(try await response.body.collect(upTo: 100) == Array("olá".utf8))
        let seen = try #require(server.requests.first)
        #expect(seen.line == "POST /v1/x?y=z HTTP/1.1")
        #expect(seen.header("Authorization") == "Bearer k")
        #expect(seen.header("X-Empty") == "")
        #expect(seen.header("Expect") == nil)
        #expect(seen.body == "corpo ção")
    }

    @Test(arguments: [
        (HTTPClientRequest.Method.get, "GET"), (.head, "HEAD"), (.post, "POST"), (.put, "PUT"), (.patch, "PATCH"),
        (.delete, "DELETE"),
    ])
    func sendsEachMethod(_ method: HTTPClientRequest.Method, _ name: String) async throws {
        let server = try ScriptedServer([.response()])
        let response = try await client.send(HTTPClientRequest(method, server.url, timeouts: timeouts()))
        #expect(try await response.body.collect(upTo: 10).isEmpty)
        #expect(server.requests.first?.line == "\(name) / HTTP/1.1")
        // RFC 9110, section 8.6: also without content, where the method is about one. S3 refuses a PUT that does not say.
        let saysLength = [.post, .put, .patch].contains(method)
        #expect(server.requests.first?.header("Content-Length") == (saysLength ? "0" : nil))
    }

    @Test func sendsAPathAsItIs() async throws {
        let server = try ScriptedServer([.response()])
        _ = try await client.send(HTTPClientRequest(.get, server.url + "/a/../b/./c//", timeouts: timeouts()))
        #expect(server.requests.first?.line == "GET /a/../b/./c// HTTP/1.1")
    }

    @Test func sendsLargeBodies() async throws {
        let server = try ScriptedServer([.response(200, "ok")])
        let body = [UInt8](repeating: 0x61, count: 3 << 20)
        let response = try await client.send(HTTPClientRequest(.put, server.url, body: body, timeouts: timeouts()))
        #expect(response.status == 200)
        #expect(server.requests.first?.body.utf8.count == body.count)
    }

    @Test func keepsConnections() async throws {
        let server = try ScriptedServer([.response(200, "one"), .chunked([Array("two".utf8)])])
        for _ in 0..<3 { _ = try await client.send(get(server.url)).body.collect(upTo: 10) }
        #expect(server.requests.map(\.connection) == [0, 0, 0])
    }

    @Test func doesNotFollowRedirects() async throws {
        let server = try ScriptedServer([.response(302, headers: ["Location: /elsewhere"])])
        #expect(try await client.send(get(server.url)).status == 302)
        #expect(server.requests.count == 1)
    }

    @Test func skipsInformationalResponses() async throws {
        let early = Array("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".utf8)
        let server = try ScriptedServer([[.send(early)] + .response(200, headers: ["X: y"], "body")])
        let response = try await client.send(get(server.url))
        #expect(response.head.fields.map(\.name) == ["Content-Length", "X"])
        #expect(try await response.body.collect(upTo: 10) == Array("body".utf8))
    }

    @Test func streamsBytesAsTheyCome() async throws {
        let gate = Gate()
        let server = try ScriptedServer([
            .openResponse() + [.send([1, 2]), .wait(gate), .sendBytewise([3, 4, 5]), .close]
        ])
        let response = try await client.send(get(server.url))
        var iterator = response.body.makeAsyncIterator()
        var bytes: [UInt8] = []
        while bytes.count < 2 { bytes += try await iterator.next() ?? [] }
        #expect(bytes == [1, 2])
        gate.open()
        while let piece = try await iterator.next() { bytes += piece }
        #expect(bytes == [1, 2, 3, 4, 5])
    }

    @Test func runsManyTransfersAtOnce() async throws {
        let gates = (0..<40).map { _ in Gate() }
        // No server answers before all forty calls have sent their heads' requests: one thread serves them all.
        let servers = try gates.map { gate in try ScriptedServer([[.wait(gate)] + .response(200, "x")]) }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for server in servers { group.addTask { [self] in try await client.send(get(server.url)).status } }
            for gate in gates.reversed() { gate.open() }
            for try await status in group { #expect(status == 200) }
        }
    }

    // MARK: Back-pressure

    @Test func makesThePeerWaitForASlowReader() async throws {
        let size = 24 << 20
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        let server = try ScriptedServer([
            .openResponse() + Array(repeating: .send(piece), count: size >> 20) + [.close]
        ])
        let response = try await client.send(get(server.url, responseLimit: 32 << 20))
        var iterator = response.body.makeAsyncIterator()
        var count = 0
        var largest = 0
        while let bytes = try await iterator.next() {
            count += bytes.count
            largest = max(largest, bytes.count)
        }
        #expect(count == size)
        #expect(largest <= Transfer.bufferLimit)
    }

    // MARK: Failures, each with its name

    @Test func refusedConnection() async throws {
        let free = try ClosedPort()
        #expect(await failure(of: get("http://127.0.0.1:\(free.port)"))?.code == .refused)
    }

    @Test func unknownHost() async {
        #expect(await failure(of: get("http://no-such-host.invalid/"))?.code == .resolve)
    }

    @Test func connectTimeout() async throws {
        let hole = try BlackHole()
        let request = get("http://127.0.0.1:\(hole.port)", timeouts(connect: .milliseconds(150)))
        #expect(await failure(of: request)?.code == .connectTimeout)
    }

    @Test func firstByteTimeout() async throws {
        let server = try ScriptedServer([[.untilPeerCloses]])
        let error = await failure(of: get(server.url, timeouts(firstByte: .milliseconds(150))))
        #expect(error?.code == .firstByteTimeout)
        #expect(error?.hadResponse == false)
        await server.peerClosed()
    }

    @Test func silenceInTheBody() async throws {
        let server = try ScriptedServer([.openResponse(200, [1]) + [.untilPeerCloses]])
        let error = await failure(of: get(server.url, timeouts(silence: .milliseconds(150))))
        #expect(error?.code == .stalled)
        #expect(error?.hadResponse == true)
        await server.peerClosed()
    }

    @Test func silenceInTheHead() async throws {
        let server = try ScriptedServer([[.send(Array("HTTP/1.1 200 OK\r\nX: y\r\n".utf8)), .untilPeerCloses]])
        #expect(await failure(of: get(server.url, timeouts(silence: .milliseconds(150))))?.code == .stalled)
    }

    @Test func trickleMeetsTheDeadline() async throws {
        let server = try ScriptedServer([.openResponse() + [.trickle([1], milliseconds: 5)]])
        let request = get(server.url, timeouts(silence: .seconds(10), total: .milliseconds(250)))
        #expect(await failure(of: request)?.code == .deadline)
    }

    @Test(arguments: [
        [ScriptedServer.Step.close], [.reset], [.send(Array("HTTP/1.1 200 OK\r\nContent-Le".utf8)), .close],
        [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc".utf8)), .close],
        .chunked([[1, 2]], isWhole: false) + [.close], .chunked([[1, 2]], isWhole: false) + [.reset],
    ])
    func earlyEnd(_ reply: [ScriptedServer.Step]) async throws {
        let server = try ScriptedServer([reply])
        #expect(await failure(of: get(server.url))?.code == .closed)
    }

    @Test(arguments: ["garbage without an end\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"])
    func notHTTP(_ garbage: String) async throws {
        let server = try ScriptedServer([[.send(Array(garbage.utf8)), .close]])
        #expect(await failure(of: get(server.url))?.code == .protocolViolation)
    }

    @Test func notTLS() async throws {
        let server = try ScriptedServer(greeting: Array("HTTP/1.1 400 Plain text here\r\n\r\n".utf8))
        #expect(await failure(of: get("https://127.0.0.1:\(server.port)"))?.code == .tls)
    }

    @Test func tooLargeABody() async throws {
        let server = try ScriptedServer([
            .openResponse() + [.trickle([UInt8](repeating: 1, count: 1000), milliseconds: 0)]
        ])
        #expect(await failure(of: get(server.url, responseLimit: 10_000))?.code == .tooLarge)
        await server.peerClosed()
    }

    @Test func tooLargeAHead() async throws {
        let field = Array("X-Field: \(String(repeating: "x", count: 1000))\r\n".utf8)
        let server = try ScriptedServer([
            [.send(Array("HTTP/1.1 200 OK\r\n".utf8)), .trickle(field, milliseconds: 0)]
        ])
        #expect(await failure(of: get(server.url))?.code == .tooLarge)
        await server.peerClosed()
    }

    @Test func tooManyFields() async throws {
        let fields = (0..<300).map { "X-\($0): y" }
        let server = try ScriptedServer([.response(200, headers: fields)])
        #expect(await failure(of: get(server.url))?.code == .tooLarge)
    }

    @Test func collectsNoMoreThanAsked() async throws {
        let server = try ScriptedServer([.response(200, "0123456789")])
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(get(server.url)).body.collect(upTo: 9)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func prefixOfABrokenBody() async throws {
        let server = try ScriptedServer([
            .chunked([Array("0123".utf8), Array("4567".utf8)], isWhole: false) + [.close]
        ])
        #expect(await (try client.send(get(server.url))).body.prefix(upTo: 6) == Array("012345".utf8))
        #expect(await (try client.send(get(server.url))).body.prefix(upTo: 60) == Array("01234567".utf8))
    }

    @Test(arguments: [
        ("file:///etc/passwd", "X", "y"), ("ftp://127.0.0.1/", "X", "y"), ("http://127.0.0.1/a b", "X", "y"),
        ("http://127.0.0.1/\r\nX: y", "X", "y"), ("", "X", "y"), ("http://127.0.0.1", "X", "y\r\nInjected: z"),
        ("http://127.0.0.1", "X Y", "z"), ("http://127.0.0.1", "", "z"), ("http://127.0.0.1", "X", "y\u{0}"),
    ])
    func unsendableRequests(_ url: String, _ name: String, _ value: String) async {
        let request = HTTPClientRequest(.get, url, headers: [(name, value)], timeouts: timeouts())
        #expect(await failure(of: request)?.code == .invalidRequest)
    }

    @Test func errorsNameTheHostOnly() async throws {
        let free = try ClosedPort()
        let error = await failure(of: get("http://user:password@127.0.0.1:\(free.port)/path?key=secret"))
        #expect(error?.host == "127.0.0.1:\(free.port)")
        #expect(error?.description.contains("secret") == false)
    }

    // MARK: Cancellation and shutting down

    @Test func cancellationBeforeTheHeadClosesTheConnection() async throws {
        let server = try ScriptedServer([[.untilPeerCloses]])
        let task = Task { try await client.send(get(server.url)).status }
        try await eventually { !server.requests.isEmpty }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await server.peerClosed()
    }

    @Test func cancellationWithinTheBodyClosesTheConnection() async throws {
        let started = Latch()
        let server = try ScriptedServer([.openResponse(200, [1]) + [.untilPeerCloses]])
        let task = Task {
            for try await _ in try await client.send(get(server.url)).body { started.open() }
        }
        await started.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await server.peerClosed()
    }

    @Test func lettingGoOfTheBodyClosesTheConnection() async throws {
        let server = try ScriptedServer([.openResponse(200, [1]) + [.untilPeerCloses]])
        do { _ = try await client.send(get(server.url)).status }
        await server.peerClosed()
    }

    /// The peer is stopped by back-pressure when the reader lets go: the paused transfer must still end.
    @Test func lettingGoOfAPausedBodyClosesTheConnection() async throws {
        let server = try ScriptedServer([
            .openResponse() + [.trickle([UInt8](repeating: 1, count: 1 << 20), milliseconds: 0)]
        ])
        do {
            let response = try await client.send(get(server.url))
            for try await _ in response.body { break }
        }
        await server.peerClosed()
    }

    @Test func shuttingDownEndsAllTransfers() async throws {
        let client = HTTPClient(log: .silent)
        let server = try ScriptedServer([.openResponse(200, [1]) + [.untilPeerCloses]])
        let response = try await client.send(get(server.url))
        var iterator = response.body.makeAsyncIterator()
        _ = try await iterator.next()
        await client.shutDown()
        let late = await #expect(throws: HTTPClientError.self) { try await iterator.next() }
        #expect(late?.code == .shutDown)
        await server.peerClosed()
        let next = await #expect(throws: HTTPClientError.self) { try await client.send(get(server.url)) }
        #expect(next?.code == .shutDown)
        await client.shutDown()
    }

    @Test func refusesMoreTransfersThanAllowed() async throws {
        let client = HTTPClient(log: .silent, limit: 1)
        let server = try ScriptedServer([.openResponse() + [.untilPeerCloses], .response(200, "free again")])
        do {
            let first = try await client.send(get(server.url))
            let second = await #expect(throws: HTTPClientError.self) { try await client.send(get(server.url)) }
            #expect(second?.code == .busy)
            _ = first
        }
        await server.peerClosed()
        // The place is free when the thread has removed the transfer; the server may see the end earlier.
        try await eventually {
            do {
                return try await client.send(get(server.url)).status == 200
            } catch let error as HTTPClientError where error.code == .busy {
                return false
            }
        }
        await client.shutDown()
    }

    @Test func everyErrorHasItsOwnNameAndSentence() {
        let errors = HTTPClientError.Code.allCases.map { HTTPClientError($0, host: "example.org") }
        #expect(Set(errors.map(\.label)).count == errors.count)
        #expect(Set(errors.map(\.description)).count == errors.count)
    }
}
