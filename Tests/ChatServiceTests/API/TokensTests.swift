import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

@Suite("API tokens", .timeLimit(.minutes(10)))
struct TokensTests {
    private static let secret = String(repeating: "0123456789abcdef", count: 2)

    private static func header(for user: String) -> HTTPFields {
        let claims = #"{"sub":"\#(user)","iss":"i","aud":"a","exp":99999999999}"#
        return ["authorization": "Bearer " + TestToken.make(secret: secret, claims: claims)]
    }

    private struct Made: Decodable {
        let id: String
        let token: String?
        let course: String
        let expiresAt: Int64
        let lastUsedAt: Int64?
    }

    private struct List: Decodable { let tokens: [Made] }

    private func make(
        _ door: FrontDoor, _ who: HTTPFields = [:], days: Int = 90, course: String = "algoritmos"
    ) async throws -> Made {
        let reply = try await door.send(
            .post, "/api/tokens", #"{"name": "editor", "course": "\#(course)", "expiresInDays": \#(days)}"#,
            headers: who)
        #expect(reply.status == 201, "\(reply.text)")
        return try reply.json(Made.self)
    }

    private func status(_ door: FrontDoor, _ token: String?, _ path: String = "/api/v1/models") async throws -> Int {
        try await door.send(.get, path, headers: ["authorization": "Bearer \(token ?? "")"]).status
    }

    @Test("Shown once, listed without the secret, good until it is revoked")
    func life() async throws {
        let door = try FrontDoor()
        let made = try await make(door)
        let secret = try #require(made.token)
        #expect(secret.hasPrefix("gepeto_") && secret.utf8.count == 7 + 64)
        #expect(try await status(door, secret) == 200)
        let listed = try await door.send(.get, "/api/tokens")
        #expect(!listed.text.contains(secret))
        let token = try #require(try listed.json(List.self).tokens.first)
        #expect(token.id == made.id && token.token == nil && token.lastUsedAt.map { $0 % 86_400 } == 0)
        #expect(try await door.send(.delete, "/api/tokens/\(made.id)").status == 204)
        #expect(try await door.send(.delete, "/api/tokens/\(made.id)").status == 404)
        #expect(try await status(door, secret) == 401)
    }

    @Test("It opens answers and search of its course, and nothing else")
    func limits() async throws {
        let door = try FrontDoor(courses: ["algoritmos", "fisica"])
        let secret = try await make(door).token
        #expect(try await status(door, secret, "/api/v1/models/algoritmos") == 200)
        #expect(try await status(door, secret, "/api/v1/models/fisica") == 404)
        #expect(try await status(door, secret, "/api/courses/fisica/search?q=x") == 404)
        for path in ["/api/courses", "/api/conversations", "/api/tokens", "/api/courses/algoritmos/documents"] {
            #expect(try await status(door, secret, path) == 401, "\(path)")
        }
    }

    @Test("Programs search only so often")
    func searches() async throws {
        let door = try FrontDoor()
        let secret = try await make(door).token
        var refused: FrontDoor.Reply?
        for _ in 0..<30 where refused == nil {
            let reply = try await door.send(
                .get, "/api/courses/algoritmos/search?q=x", headers: ["authorization": "Bearer \(secret ?? "")"])
            if reply.status == 429 { refused = reply }
        }
        #expect(refused?.headers["retry-after"] == "1" && refused?.text.contains("too many searches") == true)
        #expect(try await door.send(.get, "/api/courses/algoritmos/search?q=x").status != 429, "a person may")
        door.house.time.advance(by: .seconds(1))
        #expect(try await status(door, secret, "/api/courses/algoritmos/search?q=x") != 429)
    }

    @Test("The directory is asked at each use")
    func membership() async throws {
        let door = try FrontDoor(
            authenticator: try JWTAuthenticator(secret: Self.secret, issuer: "i", audience: "a"))
        let course = try CourseID("algoritmos")
        let ana = UserID("ana")
        _ = try await door.directory.enrol([Enrolment(user: ana, role: .student)], in: course)
        let made = try await make(door, Self.header(for: "ana"), days: 366)
        #expect(made.expiresAt == door.house.time.now.seconds + 366 * 86_400)
        #expect(try await status(door, made.token, "/api/v1/models/algoritmos") == 200)
        _ = try await door.directory.remove(ana, from: course)
        door.house.time.advance(by: .seconds(120))
        #expect(try await status(door, made.token, "/api/v1/models/algoritmos") == 404)
        _ = try await door.directory.enrol([Enrolment(user: ana, role: .student)], in: course)
        door.house.time.advance(by: .seconds(367 * 86_400))
        #expect(try await status(door, made.token) == 401)
    }

    @Test("They are in their owner's export, without the secret, and go with him and with their course")
    func goWithTheirOwner() async throws {
        let door = try FrontDoor(courses: ["algoritmos", "fisica"])
        let (first, second) = (try await make(door), try await make(door, course: "fisica"))
        let export = try await door.send(.get, "/api/account/export").text
        #expect(export.contains(first.id) && export.contains("apiTokens"))
        #expect(!export.contains(try #require(first.token)))
        #expect(try await door.send(.delete, "/api/courses/fisica").status == 204)
        #expect(try await status(door, second.token) == 401)
        #expect(try await status(door, first.token) == 200)
        #expect(try await door.send(.delete, "/api/account", #"{"confirm": true}"#).status == 204)
        #expect(try await status(door, first.token) == 401)
    }

    @Test("Where only the sign-in says what somebody is, a token is short")
    func granted() async throws {
        let door = try FrontDoor()
        let made = try await make(door, days: 366)
        #expect(made.expiresAt == door.house.time.now.seconds + 30 * 86_400)
    }

    @Test(
        "Twenty a user; bad requests",
        arguments: [
            #"{"name": ""}"#, #"{"course": "algoritmos"}"#, #"{"name": "a", "expiresInDays": 0}"#,
            #"{"name": "a", "expiresInDays": 367}"#, #"{"name": "a", "expiresInDays": "9"}"#, "[]",
        ]) func bounds(body: String) async throws
    {
        let door = try FrontDoor()
        #expect(try await door.send(.post, "/api/tokens", body).status == 400)
        for _ in 0..<APIToken.most { _ = try await make(door) }
        let reply = try await door.send(.post, "/api/tokens", #"{"name": "one more"}"#)
        #expect(reply.status == 409 && reply.text.contains("too_many_tokens"))
    }
}
