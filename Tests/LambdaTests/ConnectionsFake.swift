import AWS
import HTTPClient
import Support
import WebServer

/// `@connections` of one stage, on a port of its own: keeps what it is told, and answers as a test has it: 410, 413, 429…
final class ConnectionsFake: Sendable {
    /// What to answer to a frame: the connection, how many frames it was told before, whatever their fate, and the frame.
    typealias Rule = @Sendable (_ connection: String, _ earlier: Int, _ frame: String) -> Int

    private struct State {
        var told: [String: Int] = [:]
        var frames: [String: [String]] = [:]
        var closed: [String] = []
        var rule: Rule
    }

    private let state: Locked<State>
    private let server: WebServer
    private let run: Task<Void, any Error>

    init(_ rule: @escaping Rule = { _, _, _ in 200 }) throws {
        let state = Locked(State(rule: rule))
        self.state = state
        var router = Router()
        router.on(.post, "/v1/@connections/{id}") { request in
            let frame = String(decoding: try await request.body.collect(upTo: 1 << 20), as: UTF8.self)
            let id = request.pathParameters["id"] ?? ""
            let status = state.withLock { state in
                let status = state.rule(id, state.told[id, default: 0], frame)
                state.told[id, default: 0] += 1
                // 500 says nothing about whether the client has it: here it has.
                if status == 200 || status == 500 { state.frames[id, default: []].append(frame) }
                return status
            }
            return HTTPResponse(status: status)
        }
        router.on(.delete, "/v1/@connections/{id}") { request in
            state.withLock { $0.closed.append(request.pathParameters["id"] ?? "") }
            return HTTPResponse(status: 204)
        }
        let server = try WebServer(ServerConfiguration(host: "127.0.0.1", port: 0), router: router, log: .silent)
        self.server = server
        run = Task { try await server.run() }
    }

    /// A client of it.
    func client() throws -> APIGatewayConnections {
        APIGatewayConnections(
            AWSClient(
                try AWSEndpoint(.executeAPI, region: "eu-west-1", url: "http://127.0.0.1:\(server.port)/v1"),
                credentials: FixedCredentials(AWSCredentials(accessKeyID: "test", secretAccessKey: "test")),
                http: HTTPClient(log: .silent)))
    }

    /// What reached the client of that connection.
    func frames(_ connection: String) -> [String] { state.withLock { $0.frames[connection] ?? [] } }
    /// How often it was posted to.
    func told(_ connection: String) -> Int { state.withLock { $0.told[connection] ?? 0 } }
    var closed: [String] { state.withLock { $0.closed } }
    func answer(_ rule: @escaping Rule) { state.withLock { $0.rule = rule } }

    func stop() async {
        run.cancel()
        _ = await run.result
    }
}
