import ChatService
import Foundation
import Support
import TestSupport
import Testing

@testable import Lambda

@Suite(.timeLimit(.minutes(5)), .enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)))
struct GatewayFunctionTests {
    /// A question over HTTP, its answer over a socket that was opened before, another question over that socket, and the
    /// socket again: all through events as API Gateway makes them.
    @Test func questionsAreTakenAndAnswersTold() async throws {
        let bench = try await FunctionBench()
        let worker = bench.work()
        let token = try bench.token()
        let connected = try await bench.invoke(
            "socket-connect", Self.handshake(token, ["sessionId": nil, "after": nil]))
        #expect(connected.statusCode == 200)
        #expect(connected.headers == ["sec-websocket-protocol": "gepeto.v1"])
        let connection = "CMkUVd1zoAMCJrg="
        try await eventually { bench.redis.fake.frames(connection).count == 1 }
        let session = try #require(try await bench.redis.sockets.reader(of: connection)?.session)

        let trace = TracingHeader("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
        let question = "{\"message\": \"O que é recursão?\", \"sessionId\": \"\(session)\"}"
        let asked = try await bench.invoke(
            "http-2.0", ["headers.authorization": "Bearer \(token)", "body": question], trace: trace)
        #expect(asked.statusCode == 202)
        #expect(try asked.json("traceId") == "5759e988bd862e3fe1be46a994272793")
        #expect(asked.headers["ratelimit-limit"] == "20")
        let job = try #require(try asked.json("jobId"))
        #expect(asked.headers["location"] == "/api/jobs/\(job)")
        func completed() throws -> [PusherBench.Frame] {
            try bench.redis.frames(connection).filter { $0.event == "message_completed" }
        }
        try await eventually { try completed().count == 1 }
        let frames = try bench.redis.frames(connection)
        #expect(frames.map(\.seq) == (0..<Int64(frames.count)).map { $0 })
        #expect(Set(frames.compactMap(\.jobId)) == [job])
        #expect(bench.redis.fake.frames(connection).last?.contains("Answer to: O que é recursão?") == true)
        // The same key is the same question; this is format 1.0, behind a stage.
        let repeated = try await bench.invoke(
            "http-1.0",
            [
                "body": question, "isBase64Encoded": false,
                "multiValueHeaders": [
                    "Authorization": ["Bearer \(token)"], "Content-Type": ["application/json"],
                    "Idempotency-Key": ["k-1"],
                ],
            ])
        #expect(repeated.statusCode == 202)
        #expect(try repeated.json("jobId") == job)

        #expect(try await bench.invoke("socket-message", [:]).statusCode == 200)
        try await eventually { try completed().count == 2 }
        // What is wrong is told outside the log.
        let seen = bench.redis.fake.frames(connection).count
        _ = try await bench.invoke("socket-message", ["body": "{\"action\": \"ask\"}"])
        _ = try await bench.invoke("socket-message", ["body": String(repeating: "x", count: 65_537)])
        try await eventually { bench.redis.fake.frames(connection).count == seen + 2 }
        let rejected = bench.redis.fake.frames(connection).suffix(2)
        #expect(rejected.first?.contains("\"event\":\"rejected\"") == true)
        #expect(rejected.first?.contains("/message") == true)
        #expect(rejected.last?.contains("content_too_large") == true)

        // Away and back: only what was missed.
        #expect(try await bench.invoke("socket-disconnect", [:]).statusCode == 200)
        #expect(try await bench.redis.sockets.reader(of: connection) == nil)
        let back = Self.handshake(token, ["sessionId": session, "after": "2"])
        let changes = back.merging(["requestContext.connectionId": "again="]) { $1 }
        #expect(try await bench.invoke("socket-connect", changes).statusCode == 200)
        let last = try #require(try completed().last?.seq)
        try await bench.redis.until("again=", last)
        #expect(try bench.redis.frames("again=").map(\.seq) == Array(2...last))
        worker.cancel()
        _ = await worker.result
        await bench.stop()
    }

    @Test func whatMayNotPassIsRefused() async throws {
        let bench = try await FunctionBench()
        let token = try bench.token()
        func status(_ name: String, _ changes: [String: Any?]) async throws -> Int {
            try await bench.invoke(name, changes).statusCode
        }
        let unknown = try await bench.invoke("http-2.0", [:])
        #expect(unknown.statusCode == 401)
        #expect(unknown.headers["content-type"] == "application/problem+json")
        #expect(unknown.headers["www-authenticate"] == "Bearer")
        func refusal(_ changes: [String: Any?]) async throws -> Int {
            try await status("http-2.0", changes.merging(["headers.authorization": "Bearer \(token)"]) { $1 })
        }
        #expect(try await refusal(["headers.origin": "https://evil.example"]) == 403)
        #expect(try await refusal(["body": "{}"]) == 400)
        #expect(try await refusal(["body": "%", "isBase64Encoded": true]) == 400)
        #expect(try await refusal(["headers.content-type": "text/plain"]) == 415)
        #expect(try await refusal(["requestContext.http.method": "GET"]) == 405)
        #expect(try await refusal(["requestContext.http.method": "BREW"]) == 501)
        // Only questions come through here.
        for path in ["/api/courses", "/api/chat/", "/chat/x", "/", "/metrics"] {
            #expect(try await refusal(["rawPath": path]) == 404)
        }
        // Sockets: no token, another site's page, somebody else's session, nonsense.
        #expect(try await status("socket-connect", [:]) == 401)
        let own = try await bench.sessions.createSession(owner: UserID("ana"))
        var handshake = Self.handshake(token, ["sessionId": own])
        #expect(try await status("socket-connect", handshake) == 200)
        handshake["multiValueHeaders.Origin"] = ["https://evil.example"]
        #expect(try await status("socket-connect", handshake) == 403)
        let stranger = Self.handshake(try bench.token("bia"), ["sessionId": own])
        #expect(try await status("socket-connect", stranger) == 404)
        #expect(try await status("socket-connect", Self.handshake(token, ["sessionId": own, "after": "x"])) == 400)
        await #expect(throws: RuntimeError.unknownEvent) {
            try await bench.function.answer(Invocation(id: "1", event: Array("{}".utf8)))
        }
        // A socket that nobody knows is closed, so that its reader comes again.
        let lost: [String: Any?] = ["requestContext.connectionId": "lost="]
        #expect(try await status("socket-message", lost) == 200)
        try await eventually { bench.redis.fake.closed == ["lost="] }
        await bench.stop()
    }

    private static func handshake(_ token: String, _ query: [String: String?]) -> [String: Any?] {
        [
            "multiValueHeaders.Sec-WebSocket-Protocol": ["gepeto.v1, bearer.\(token)"],
            "multiValueQueryStringParameters": query.compactMapValues { $0 }.mapValues { [$0] },
        ]
    }
}
