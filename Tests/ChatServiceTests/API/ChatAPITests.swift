import ChatService
import Support
import TestSupport
import Testing
import WebServer

@Suite("API", .timeLimit(.minutes(10)))
struct ChatAPITests {
    @Test("A question gets its 202, its state and its answer")
    func question() async throws {
        let door = try FrontDoor()
        let reply = try await door.send(
            .post, "/api/chat", #"{"message": "  O que é recursão? ", "course": "algoritmos", "mode": "answer"}"#,
            headers: ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
        #expect(reply.status == 202)
        let accepted = try reply.json(AcceptedReply.self)
        #expect(accepted.status == "queued" && accepted.timestamp == 1_733_788_120)
        #expect(accepted.traceId == "0af7651916cd43dd8448eb211c80319c")
        #expect(reply.headers["location"] == "/api/jobs/\(accepted.jobId)")
        let queued = try await door.send(.get, "/api/jobs/\(accepted.jobId)")
        #expect(queued.status == 200 && queued.text.contains(#""status":"queued""#))

        try await door.house.working(ScriptedAnswering()) { try await door.end(of: accepted) }
        struct Done: Decodable {
            struct Answer: Decodable {
                let messageId: String
                let content: String
                let grounded: Bool
            }
            let status: String
            let answer: Answer
        }
        let done = try await door.send(.get, "/api/jobs/\(accepted.jobId)").json(Done.self)
        #expect(done.status == "completed" && done.answer.content == "Answer to: O que é recursão?")
    }

    @Test("The body's traceId goes before the header's")
    func traceID() async throws {
        let door = try FrontDoor()
        #expect(try await door.ask(more: #", "traceId": "my-trace_1""#).traceId == "my-trace_1")
    }

    @Test("A repeated Idempotency-Key returns the first 202; with another body it is 422")
    func idempotency() async throws {
        let door = try FrontDoor()
        let key: HTTPFields = ["idempotency-key": "8e03978e-40d5-43dd-bc93-6894a57f9324"]
        let first = try await door.send(.post, "/api/chat", #"{"message": "a"}"#, headers: key)
        let again = try await door.send(.post, "/api/chat", #"{"message": "a"}"#, headers: key)
        #expect(try again.json(AcceptedReply.self) == first.json(AcceptedReply.self))
        #expect(try await door.house.store.depth() == 1)
        let other = try await door.send(.post, "/api/chat", #"{"message": "b"}"#, headers: key)
        #expect(other.status == 422)
    }

    @Test("A repeat spends nothing of the rate limit, needs no course, and is logged with the job's own trace")
    func repeats() async throws {
        let lines = LogLines()
        let door = try FrontDoor(perMinute: 20, burst: 1, log: lines.log)
        func ask(_ key: String, trace: String) async throws -> FrontDoor.Reply {
            try await door.send(
                .post, "/api/chat", #"{"message": "a", "traceId": "\#(trace)"}"#, headers: ["idempotency-key": "\(key)"]
            )
        }
        let first = try await ask("k", trace: "first").json(AcceptedReply.self)
        for number in 0..<6 {
            let again = try await ask("k", trace: "again\(number)")
            #expect(again.status == 202)
            #expect(try again.json(AcceptedReply.self) == first && first.traceId == "first")
            #expect(again.headers["ratelimit-remaining"] == "0" && again.headers["ratelimit-reset"] == "3")
        }
        #expect(try await ask("other", trace: "t").status == 429)
        #expect(lines.all.filter { $0.contains("question accepted") }.count == 1)
        let repeats = lines.all.filter { $0.contains("question repeated") }
        #expect(repeats.count == 6)
        #expect(repeats.allSatisfy { $0.contains(#""traceId":"first""#) && !$0.contains("again") })
    }

    @Test("An Idempotency-Key counts for its route only")
    func idempotencyOfARoute() async throws {
        let door = try FrontDoor()
        let first = try await door.ask()
        let key: HTTPFields = ["idempotency-key": "k"]
        let body = #"{"message": "a", "conversationId": "\#(first.conversationId)"}"#
        let chat = try await door.send(.post, "/api/chat", body, headers: key)
        let path = "/api/conversations/\(first.conversationId)/messages"
        let message = try await door.send(.post, path, body, headers: key)
        #expect(chat.status == 202 && message.status == 202)
        #expect(try chat.json(AcceptedReply.self).jobId != message.json(AcceptedReply.self).jobId)
        let again = try await door.send(.post, path, body, headers: key)
        #expect(try again.json(AcceptedReply.self) == message.json(AcceptedReply.self))
    }

    @Test("Cancelling ends a job once; a second time changes nothing")
    func cancelling() async throws {
        let door = try FrontDoor()
        let accepted = try await door.ask()
        for _ in 0..<2 {
            let reply = try await door.send(.delete, "/api/jobs/\(accepted.jobId)")
            #expect(reply.status == 200 && reply.text.contains(#""status":"cancelled""#))
            #expect(reply.text.contains(#""code":"cancelled""#))
        }
        let events = try await door.send(.get, "/api/jobs/\(accepted.jobId)/events")
        #expect(events.text.ranges(of: "event: error").count == 1)
    }

    @Test("Conversations: made, listed, renamed, asked in, read, deleted for good")
    func conversations() async throws {
        struct One: Decodable {
            let id: String
            let title: String
            let course: String
        }
        struct Many: Decodable {
            let conversations: [One]
            let nextCursor: String?
        }
        struct Messages: Decodable {
            struct Message: Decodable {
                let role: String
                let content: String
            }
            let messages: [Message]
        }
        let door = try FrontDoor()
        let made = try await door.send(.post, "/api/conversations", #"{"title": "Árvores"}"#)
        #expect(made.status == 201)
        let one = try made.json(One.self)
        #expect(made.headers["location"] == "/api/conversations/\(one.id)")
        #expect(one.title == "Árvores" && one.course == "algoritmos")
        door.house.time.advance(by: .seconds(1))
        let second = try await door.ask("Segunda")
        let first = try await door.send(.get, "/api/conversations?limit=1").json(Many.self)
        #expect(first.conversations.map(\.id) == [second.conversationId])
        let cursor = try #require(first.nextCursor)
        let rest = try await door.send(.get, "/api/conversations?limit=1&cursor=\(cursor)").json(Many.self)
        #expect(rest.conversations.map(\.id) == [one.id] && rest.nextCursor == nil)

        let path = "/api/conversations/\(one.id)"
        let renamed = try await door.send(.patch, path, #"{"title": " Grafos "}"#).json(One.self)
        #expect(renamed.title == "Grafos")
        #expect(try await door.send(.post, "\(path)/messages", #"{"message": "E aqui?"}"#).status == 202)
        let messages = try await door.send(.get, "\(path)/messages").json(Messages.self)
        #expect(messages.messages.map(\.content) == ["E aqui?"])
        #expect(try await door.send(.delete, path).status == 204)
        for target in [path, "\(path)/messages"] { #expect(try await door.send(.get, target).status == 404) }
        #expect(try await door.send(.delete, path).status == 404)
    }

    @Test("A conversation made without a title takes that of its first question")
    func laterTitle() async throws {
        let door = try FrontDoor()
        let made = try await door.send(.post, "/api/conversations", "{}")
        struct One: Decodable {
            let id: String
            let title: String
        }
        let one = try made.json(One.self)
        #expect(one.title.isEmpty)
        _ = try await door.ask("Primeira", more: ", \"conversationId\": \"\(one.id)\"")
        #expect(try await door.send(.get, "/api/conversations/\(one.id)").json(One.self).title == "Primeira")
    }

    @Test("Courses can be listed and looked at")
    func courses() async throws {
        let door = try FrontDoor(courses: ["fisica", "algoritmos"])
        struct Many: Decodable { let courses: [CourseSummary] }
        let all = try await door.send(.get, "/api/courses").json(Many.self)
        #expect(all.courses.map(\.id.name) == ["algoritmos", "fisica"])
        #expect(try await door.send(.get, "/api/courses/fisica").json(CourseSummary.self) == all.courses[1])
    }

    @Test("Ready tells what is degraded and turns to 503 while draining")
    func readiness() async throws {
        let door = try FrontDoor()
        let ready = try await door.send(.get, "/api/ready")
        #expect(
            ready.status == 200 && ready.text.contains(#""model":"degraded""#) && ready.text.contains(#""store":"ok""#))
        await door.readiness.shutDown()
        let draining = try await door.send(.get, "/api/ready")
        #expect(draining.status == 503 && draining.text.contains("draining"))
        #expect(try await door.send(.get, "/api/health").status == 200)
    }

    @Test("What belongs to another user answers 404")
    func ownership() async throws {
        let time = ManualTime()
        let secret = String(repeating: "s", count: 32)
        let door = try FrontDoor(
            authenticator: JWTAuthenticator(secret: secret, issuer: "i", audience: "a", time: time))
        func token(_ user: String) -> HTTPFields {
            let courses = #"{"algoritmos":"student"}"#
            let claims = #"{"sub":"\#(user)","exp":1733789000,"iss":"i","aud":"a","courses":\#(courses)}"#
            return ["authorization": "Bearer \(TestToken.make(secret: secret, claims: claims))"]
        }
        let reply = try await door.send(.post, "/api/chat", #"{"message": "a"}"#, headers: token("ana"))
        let mine = try reply.json(AcceptedReply.self)
        for (method, target) in [
            (HTTPMethod.get, "/api/jobs/\(mine.jobId)"), (.delete, "/api/jobs/\(mine.jobId)"),
            (.get, "/api/jobs/\(mine.jobId)/events"), (.get, "/api/conversations/\(mine.conversationId)"),
            (.delete, "/api/conversations/\(mine.conversationId)"),
            (.get, "/api/conversations/\(mine.conversationId)/messages"),
        ] {
            #expect(try await door.send(method, target, headers: token("bia")).status == 404, "\(method) \(target)")
            let anonymous = try await door.send(method, target)
            #expect(anonymous.status == 401 && anonymous.headers["www-authenticate"] == "Bearer")
        }
        for field in ["conversationId\": \"\(mine.conversationId)", "sessionId\": \"\(mine.sessionId)"] {
            let body = "{\"message\": \"a\", \"\(field)\"}"
            #expect(try await door.send(.post, "/api/chat", body, headers: token("bia")).status == 404)
            #expect(try await door.send(.post, "/api/chat", body, headers: token("ana")).status == 202)
        }
        #expect(try await door.send(.get, "/api/jobs/\(mine.jobId)", headers: token("ana")).status == 200)
    }
}

extension FrontDoor {
    /// Returns when the job's terminal event is in the log.
    func end(of accepted: AcceptedReply) async throws {
        var subscription = try #require(try await house.store.subscribe(to: accepted.sessionId, after: nil))
        while try await !subscription.next().contains(where: { $0.isTerminal && $0.jobID == accepted.jobId }) {}
    }
}
