import ChatService
import Support
import TestSupport
import Testing
import WebServer

/// One request that must be refused, and how.
struct BadRequest: Sendable, CustomTestStringConvertible {
    let what: String
    var method = HTTPMethod.post
    var target = "/api/chat"
    var body: [UInt8]?
    var headers: HTTPFields = [:]
    let status: Int
    let label: String
    var pointer: String?

    init(
        _ what: String, _ method: HTTPMethod = .post, _ target: String = "/api/chat", body: String? = nil,
        bytes: [UInt8]? = nil, headers: HTTPFields = [:], _ status: Int, _ label: String, at pointer: String? = nil
    ) {
        self.what = what
        self.method = method
        self.target = target
        self.body = bytes ?? body.map { Array($0.utf8) }
        self.headers = headers
        self.status = status
        self.label = label
        self.pointer = pointer
    }

    var testDescription: String { what }
}

@Suite("Bad input", .timeLimit(.minutes(10)))
struct BadInputTests {
    static let questions = [
        BadRequest("empty object", body: "{}", 400, "invalid_request", at: "/message"),
        BadRequest("empty question", body: #"{"message": ""}"#, 400, "invalid_request", at: "/message"),
        BadRequest(
            "blank question", body: #"{"message": " \n\t\u00a0\u3000 "}"#, 400, "invalid_request", at: "/message"),
        BadRequest(
            "invisible question", body: #"{"message": "\u200b\u0000\ufeff"}"#, 400, "invalid_request", at: "/message"),
        BadRequest("question of null", body: #"{"message": null}"#, 400, "invalid_request", at: "/message"),
        BadRequest("question of a number", body: #"{"message": 7}"#, 400, "invalid_request", at: "/message"),
        BadRequest("question of an array", body: #"{"message": ["a"]}"#, 400, "invalid_request", at: "/message"),
        BadRequest("question of an object", body: #"{"message": {"a": 1}}"#, 400, "invalid_request", at: "/message"),
        BadRequest("question of true", body: #"{"message": true}"#, 400, "invalid_request", at: "/message"),
        BadRequest(
            "too long", body: "{\"message\": \"\(String(repeating: "á", count: 8001))\"}", 400, "invalid_request",
            at: "/message"),
        BadRequest(
            "one megabyte", body: "{\"message\": \"\(String(repeating: "a", count: 1 << 20))\"}", 413,
            "content_too_large"),
        BadRequest(
            "course of a number", body: #"{"message": "a", "course": 1}"#, 400, "invalid_request", at: "/course"),
        BadRequest("bad course", body: #"{"message": "a", "course": "../etc"}"#, 400, "invalid_request", at: "/course"),
        BadRequest(
            "unknown course", body: #"{"message": "a", "course": "fisica"}"#, 404, "unknown_course", at: "/course"),
        BadRequest("bad mode", body: #"{"message": "a", "mode": "shout"}"#, 400, "invalid_request", at: "/mode"),
        BadRequest(
            "mode of null is the default, trace id is bad", body: #"{"message": "a", "mode": null, "traceId": "a b"}"#,
            400, "invalid_request", at: "/traceId"),
        BadRequest(
            "conversation of a number", body: #"{"message": "a", "conversationId": 1}"#, 400, "invalid_request",
            at: "/conversationId"),
        BadRequest(
            "unknown conversation", body: #"{"message": "a", "conversationId": "x"}"#, 404, "unknown_conversation",
            at: "/conversationId"),
        BadRequest(
            "unknown session", body: #"{"message": "a", "sessionId": "0123456789abcdef0123456789abcdef"}"#, 404,
            "unknown_session", at: "/sessionId"),
        BadRequest("no body", bytes: [], 400, "invalid_json", at: ""),
        BadRequest("broken JSON", body: #"{"message": "a"#, 400, "invalid_json", at: ""),
        BadRequest("two values", body: #"{"message": "a"} {}"#, 400, "invalid_json", at: ""),
        BadRequest("an array", body: "[]", 400, "invalid_request", at: ""),
        BadRequest("a text", body: "\"message\"", 400, "invalid_request", at: ""),
        BadRequest("deep nesting", body: String(repeating: "[", count: 100_000), 400, "invalid_json", at: ""),
        BadRequest(
            "invalid UTF-8", bytes: Array("{\"message\": \"".utf8) + [0xff, 0xfe] + Array("\"}".utf8), 400,
            "invalid_utf8"),
        BadRequest("UTF-8 cut short", bytes: Array("{\"message\": \"".utf8) + [0xe2, 0x82], 400, "invalid_utf8"),
        BadRequest("a lone surrogate", body: #"{"message": "\ud800"}"#, 400, "invalid_json"),
        BadRequest(
            "form", body: "message=a", headers: ["content-type": "application/x-www-form-urlencoded"], 415,
            "unsupported_media_type"),
        BadRequest(
            "plain text", body: #"{"message": "a"}"#, headers: ["content-type": "text/plain"], 415,
            "unsupported_media_type"),
        BadRequest("no type", body: #"{"message": "a"}"#, headers: ["content-type": ""], 415, "unsupported_media_type"),
        BadRequest(
            "other charset", body: #"{"message": "a"}"#, headers: ["content-type": "application/json; charset=latin1"],
            415, "unsupported_media_type"),
        BadRequest(
            "bad key", body: #"{"message": "a"}"#, headers: ["idempotency-key": "a b"], 400, "invalid_idempotency_key"),
        BadRequest("foreign host", body: #"{"message": "a"}"#, headers: ["host": "evil.example"], 403, "foreign_host"),
        BadRequest("no host", body: #"{"message": "a"}"#, headers: ["host": ""], 403, "foreign_host"),
        BadRequest(
            "foreign origin", body: #"{"message": "a"}"#, headers: ["origin": "https://evil.example"], 403,
            "foreign_origin"),
        BadRequest(
            "another port's page", body: #"{"message": "a"}"#, headers: ["origin": "http://localhost:3000"], 403,
            "foreign_origin"),
        BadRequest("opaque origin", body: #"{"message": "a"}"#, headers: ["origin": "null"], 403, "foreign_origin"),
    ]

    static let others = [
        BadRequest("unknown path", .get, "/api/nothing", 404, "not_found"),
        BadRequest("documents of no course", .get, "/api/courses/fisica/documents", 404, "unknown_course"),
        BadRequest("no such document", .get, "/api/courses/algoritmos/documents/x", 404, "not_found"),
        BadRequest("no such original", .get, "/api/courses/algoritmos/documents/x/content", 404, "not_found"),
        BadRequest("deleting no document", .delete, "/api/courses/algoritmos/documents/x", 404, "not_found"),
        BadRequest("retrying no document", .post, "/api/courses/algoritmos/documents/x/retry", 404, "not_found"),
        BadRequest("wrong method", .get, "/api/chat", 405, "method_not_allowed"),
        BadRequest("wrong method on health", .post, "/api/health", body: "{}", 405, "method_not_allowed"),
        BadRequest("unknown job", .get, "/api/jobs/x", 404, "not_found"),
        BadRequest("well-formed unknown job", .get, "/api/jobs/0123456789abcdef0123456789abcdef", 404, "not_found"),
        BadRequest("cancel of an unknown job", .delete, "/api/jobs/0123456789abcdef0123456789abcdef", 404, "not_found"),
        BadRequest(
            "events of an unknown job", .get, "/api/jobs/0123456789abcdef0123456789abcdef/events", 404, "not_found"),
        BadRequest("job of quotes", .get, "/api/jobs/%27%3B--", 404, "not_found"),
        BadRequest("unknown conversation", .get, "/api/conversations/x", 404, "not_found"),
        BadRequest("messages of an unknown one", .get, "/api/conversations/x/messages", 404, "not_found"),
        BadRequest(
            "renaming an unknown one", .patch, "/api/conversations/x", body: #"{"title": "a"}"#, 404, "not_found"),
        BadRequest("deleting an unknown one", .delete, "/api/conversations/x", 404, "not_found"),
        BadRequest(
            "asking in an unknown one", .post, "/api/conversations/x/messages", body: #"{"message": "a"}"#, 404,
            "unknown_conversation"),
        BadRequest("limit of zero", .get, "/api/conversations?limit=0", 400, "invalid_request", at: "?limit"),
        BadRequest("limit of words", .get, "/api/conversations?limit=ten", 400, "invalid_request", at: "?limit"),
        BadRequest(
            "huge limit", .get, "/api/conversations?limit=99999999999999999999", 400, "invalid_request", at: "?limit"),
        BadRequest("bad cursor", .get, "/api/conversations?cursor=x", 400, "invalid_request", at: "?cursor"),
        BadRequest(
            "conversation of an unknown course", .post, "/api/conversations", body: #"{"course": "fisica"}"#, 404,
            "unknown_course"),
        BadRequest(
            "blank title", .post, "/api/conversations", body: #"{"title": " "}"#, 400, "invalid_request", at: "/title"),
        BadRequest(
            "long title", .post, "/api/conversations", body: "{\"title\": \"\(String(repeating: "a", count: 121))\"}",
            400, "invalid_request", at: "/title"),
        BadRequest("unknown course", .get, "/api/courses/fisica", 404, "unknown_course"),
        BadRequest("bad course", .get, "/api/courses/..%2Fetc", 400, "invalid_course_id"),
        BadRequest("search without a query", .get, "/api/courses/algoritmos/search", 400, "invalid_request", at: "?q"),
        BadRequest("blank search", .get, "/api/courses/algoritmos/search?q=%20", 400, "invalid_request", at: "?q"),
        BadRequest("k too large", .get, "/api/courses/algoritmos/search?q=a&k=51", 400, "invalid_request", at: "?k"),
        BadRequest("search in an unknown course", .get, "/api/courses/fisica/search?q=a", 404, "unknown_course"),
        BadRequest("socket without a handshake", .get, "/api/ws", 426, "upgrade_required"),
    ]

    @Test("Each gets one clear problem, and nothing is stored", arguments: questions + others)
    func refused(bad: BadRequest) async throws {
        let door = try FrontDoor()
        let trace = "0af7651916cd43dd8448eb211c80319c"
        var headers = bad.headers
        headers["traceparent"] = "00-\(trace)-b7ad6b7169203331-01"
        let reply = try await door.send(bad.method, bad.target, bytes: bad.body, headers: headers)
        #expect(reply.status == bad.status, "\(reply.text)")
        #expect(reply.headers["content-type"] == "application/problem+json")
        let problem = try reply.json(ProblemReply.self)
        #expect(problem.status == bad.status && problem.type == "urn:gepeto:problem:\(bad.label)")
        #expect(problem.traceId == trace)
        #expect(!problem.title.isEmpty && problem.detail.count > 15)
        if let pointer = bad.pointer { #expect(problem.errors?.map(\.pointer) == [pointer]) }
        #expect(try await door.house.store.depth() == 0)
        #expect(try await door.house.store.conversations(user: .local, after: nil, limit: 1).items.isEmpty)
    }

    @Test("All that is wrong is told at once")
    func allAtOnce() async throws {
        let door = try FrontDoor()
        let body = #"{"message": "", "course": "UPPER", "mode": 3, "sessionId": [], "traceId": ""}"#
        let problem = try await door.send(.post, "/api/chat", body).json(ProblemReply.self)
        #expect(problem.errors?.map(\.pointer) == ["/message", "/course", "/sessionId", "/mode", "/traceId"])
    }

    @Test("405 names what is allowed")
    func allow() async throws {
        let reply = try await FrontDoor().send(.put, "/api/conversations", "{}")
        #expect(reply.status == 405)
        #expect(reply.headers["allow"] == "GET, HEAD, POST")
    }

    @Test("Several courses: one must be named; none: staff must add one")
    func courses() async throws {
        let several = try FrontDoor(courses: ["algoritmos", "fisica"])
        let reply = try await several.send(.post, "/api/chat", #"{"message": "a"}"#)
        #expect(reply.status == 400)
        #expect(try reply.json(ProblemReply.self).errors?.map(\.pointer) == ["/course"])
        #expect(try await several.send(.post, "/api/chat", #"{"message": "a", "course": "fisica"}"#).status == 202)
        let none = try await FrontDoor(courses: []).send(.post, "/api/chat", #"{"message": "a"}"#)
        #expect(none.status == 503)
        #expect(none.headers["retry-after"] == "60")
    }

    @Test("A full backlog is 503 with a time to come back, and stores nothing")
    func backlog() async throws {
        var limits = JobLimits()
        limits.backlog = 1
        let door = try FrontDoor(limits: limits)
        _ = try await door.ask()
        let reply = try await door.send(.post, "/api/chat", #"{"message": "a"}"#)
        #expect(reply.status == 503)
        #expect(reply.headers["retry-after"] == "30")
        #expect(try await door.house.store.conversations(user: .local, after: nil, limit: 9).items.count == 1)
    }

    @Test("Too many questions are 429 with the limits in the headers")
    func rateLimit() async throws {
        let door = try FrontDoor(perMinute: 20, burst: 5)
        for left in (0..<5).reversed() {
            let reply = try await door.send(.post, "/api/chat", #"{"message": "a"}"#)
            #expect(reply.status == 202 && reply.headers["ratelimit-remaining"] == "\(left)")
        }
        let refused = try await door.send(.post, "/api/chat", #"{"message": "a"}"#)
        #expect(refused.status == 429)
        #expect(refused.headers["retry-after"] == "3")
        #expect(refused.headers["ratelimit-limit"] == "20")
        #expect(refused.headers["ratelimit-remaining"] == "0")
        #expect(refused.headers["ratelimit-reset"] == "3")
        #expect(try await door.house.store.depth() == 5)
        door.house.time.advance(by: .seconds(3))
        #expect(try await door.send(.post, "/api/chat", #"{"message": "a"}"#).status == 202)
    }

    @Test("A store that fails is 503 and shows nothing of itself")
    func storeDown() async throws {
        let door = try FrontDoor()
        await door.house.store.close()
        let reply = try await door.send(.post, "/api/chat", #"{"message": "a"}"#)
        #expect(reply.status == 503)
        #expect(!reply.text.contains("sqlite") && !reply.text.contains(door.house.folder.path))
        #expect(try await door.send(.get, "/api/ready").status == 503)
        #expect(try await door.send(.get, "/api/health").status == 200)
    }
}
