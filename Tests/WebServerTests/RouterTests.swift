import Support
import Testing

@testable import WebServer

@Suite struct RouterTests {
    private static func router() -> Router {
        var router = Router()
        let echo: Router.Handler = { request in
            let parameters = request.pathParameters.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
            return .text(([request.route] + parameters).joined(separator: " "))
        }
        for pattern in [
            "/", "/api/jobs/{jobId}", "/api/jobs/latest", "/api/jobs/{id}/events", "/api/{kind}/{id}/{part}",
            "/api/courses",
        ] { router.on(.get, pattern, echo) }
        router.on(.post, "/api/courses", echo)
        router.on(.delete, "/api/jobs/{jobId}", echo)
        router.on(.post, "/limited", bodyLimit: 3) { request in
            HTTPResponse(status: 200, body: .bytes(try await request.body.collect(upTo: 3)))
        }
        return router
    }

    private static func ask(
        _ method: HTTPMethod, _ target: String, body: [UInt8] = [], in router: Router = router()
    ) async throws -> (status: Int, text: String, headers: HTTPFields) {
        let response = await router.respond(to: try HTTPRequest(method, target, body: body))
        guard case .bytes(let bytes) = response.body else { return (response.status, "", response.headers) }
        return (response.status, String(decoding: bytes, as: UTF8.self), response.headers)
    }

    @Test(arguments: [
        ("/", "/"), ("/api/jobs/7", "/api/jobs/{jobId} jobId=7"), ("/api/jobs/latest", "/api/jobs/latest"),
        ("/api/jobs/a%2Fb", "/api/jobs/{jobId} jobId=a/b"),
        ("/api/jobs/latest/events", "/api/jobs/{id}/events id=latest"),
        ("/api/jobs/latest/other", "/api/{kind}/{id}/{part} id=latest kind=jobs part=other"),
    ]) func finds(_ path: String, _ expected: String) async throws {
        #expect(try await Self.ask(.get, path).text == expected)
        #expect(try await Self.ask(.head, path).status == 200)
    }

    @Test(arguments: ["/api", "/api/", "/api/jobs/", "/api//jobs/7", "/api/jobs/7/", "/API/courses", "/x"])
    func doesNotFind(_ path: String) async throws {
        let answer = try await Self.ask(.get, path)
        #expect(answer.status == 404)
        #expect(answer.headers["content-type"] == "application/problem+json")
    }

    @Test func anotherMethodIsToldWhichAreAllowed() async throws {
        let answer = try await Self.ask(.put, "/api/courses")
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "GET, HEAD, POST")
        #expect(try await Self.ask(.post, "/api/jobs/7").headers["allow"] == "GET, HEAD, DELETE")
    }

    @Test func theGuardStandsBeforeEverything() async throws {
        var router = Self.router()
        router.guard = { request in
            if request.headers["origin"] != nil {
                throw HTTPError(403, .forbidden, "Foreign origin: use the server's own page.")
            }
        }
        for path in ["/", "/x"] {
            let request = try HTTPRequest(.get, path, headers: ["origin": "https://evil.example"])
            #expect(await router.respond(to: request).status == 403)
        }
        #expect(try await Self.ask(.get, "/", in: router).status == 200)
    }

    @Test func errorsTakeTheFormOfTheRouter() async throws {
        var router = Self.router()
        router.errorResponse = { error, request in .text("\(error.label) \(request?.route ?? "-")", status: 418) }
        #expect(try await Self.ask(.get, "/x", in: router).text == "not_found ")
        #expect(
            try await Self.ask(.post, "/limited", body: [1, 2, 3, 4], in: router).text == "content_too_large /limited")
        #expect(try await Self.ask(.post, "/limited", body: [1, 2, 3], in: router).status == 200)
    }

    @Test func aWebSocketRouteAsksForAnUpgrade() async throws {
        var router = Router()
        router.webSocket("/ws") { _ in .accept(subprotocol: nil) { _ in } }
        let answer = try await Self.ask(.get, "/ws", in: router)
        #expect(answer.status == 426)
        #expect(answer.headers["upgrade"] == "websocket")
        let request = try HTTPRequest(.get, "/ws", headers: WebSocketProtocolTests.handshake)
        #expect(await router.respond(to: request).status == 101)
    }
}
