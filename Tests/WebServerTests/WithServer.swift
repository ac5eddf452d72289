import Support

@testable import WebServer

/// Runs a server on a free port for the time of `body`, then ends it hard.
func withServer<Result: Sendable>(
    _ router: Router, loops: Int = 2, _ change: (inout ServerConfiguration) -> Void = { _ in },
    _ body: @Sendable (WebServer) async throws -> Result
) async throws -> Result {
    var configuration = ServerConfiguration(port: 0, loops: loops)
    change(&configuration)
    let server = try WebServer(configuration, router: router, log: .silent)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            do { try await server.run() } catch is CancellationError {}
        }
        defer { group.cancelAll() }
        return try await body(server)
    }
}

/// The routes that most tests need.
func testRouter() -> Router {
    var router = Router()
    router.on(.get, "/hello") { _ in .text("hello") }
    router.on(.get, "/path/{name}") { .text("\($0.pathParameters["name"] ?? "") \($0.queryValue("q") ?? "-")") }
    router.on(.get, "/size/{count}") { request in
        HTTPResponse(
            status: 200, body: .bytes([UInt8](repeating: 0x61, count: Int(request.pathParameters["count"] ?? "") ?? 0)))
    }
    router.on(.post, "/echo", bodyLimit: 1 << 20) { request in
        HTTPResponse(status: 200, body: .bytes(try await request.body.collect(upTo: 1 << 20)))
    }
    router.on(.post, "/count", bodyLimit: 1 << 30) { request in
        var count = 0
        for try await piece in request.body { count += piece.count }
        return .text("\(count)")
    }
    router.on(.post, "/ignore", bodyLimit: 1 << 30) { _ in .text("not read") }
    router.on(.get, "/stream/{count}") { request in
        let count = Int(request.pathParameters["count"] ?? "") ?? 0
        return HTTPResponse(
            status: 200,
            body: .stream { stream in
                for number in 0..<count { try await stream.write(Array("\(number)\n".utf8)) }
            })
    }
    router.webSocket("/ws") { request in
        .accept(subprotocol: request.offeredSubprotocols.first) { socket in
            for await message in socket.messages {
                switch message {
                case .text(let text): socket.send(text)
                case .binary(let bytes): socket.send(.binary(bytes))
                }
            }
        }
    }
    return router
}
