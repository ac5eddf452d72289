import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// `POST /api/v1/chat/completions` and `GET /api/v1/models`; with OpenAI's own client: Tests/EndToEnd/openai_check.py.
@Suite("Completions", .timeLimit(.minutes(10)))
struct CompletionsTests {
    private static let path = "/api/v1/chat/completions"

    private func body(_ more: String = "") -> String {
        #"{"model": "course:algoritmos", "messages": [{"role": "user", "content": "O que é uma fila?"}]\#(more)}"#
    }

    private func object(_ reply: FrontDoor.Reply) throws -> [String: JSONValue] {
        try #require(JSONValue(text: reply.text)?.object, "\(reply.text)")
    }

    private func chunks(_ text: String) throws -> [[String: JSONValue]] {
        var lines = text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { $0.dropFirst(6) }
        #expect(lines.popLast() == "[DONE]")
        return try lines.map { try #require(JSONValue(text: String($0))?.object) }
    }

    private func code(_ reply: FrontDoor.Reply) throws -> JSONValue? { try object(reply)["error"]?.object?["code"] }

    @Test("A whole answer goes the way of every question")
    func whole() async throws {
        let door = try FrontDoor(perMinute: 20, burst: 5)
        let answering = ScriptedAnswering()
        let reply = try await door.house.working(answering) {
            try await door.send(
                .post, Self.path,
                """
                {"model": "algoritmos", "temperature": 0.5, "messages": [{"role": "system", "content": "Be a pirate."},
                {"role": "user", "content": "Oi"}, {"role": "assistant", "content": "Olá"},
                {"role": "user", "content": "O que é uma fila?"}]}
                """)
        }
        #expect(reply.status == 200 && reply.headers["ratelimit-remaining"] == "4")
        let answer = try object(reply)
        let message = try #require(answer["choices"]?.array?.first?.object?["message"]?.object)
        #expect(message["content"] == "Answer to: O que é uma fila?" && message["annotations"] == [])
        #expect(answer["model"] == "algoritmos" && answer["usage"]?.object?["total_tokens"] == 0)
        let own = try #require(answer["gepeto"]?.object)
        #expect(own["grounded"] == false && own["ignored"] == ["temperature", "messages[0] (system)"])
        let question = try #require(answering.questions.first)
        #expect(question.history == [Turn(role: .user, content: "Oi"), Turn(role: .assistant, content: "Olá")])
        let job = try #require(own["jobId"]?.text)
        #expect(answer["id"] == .string("chatcmpl-" + job))
        #expect(try await door.send(.get, "/api/jobs/\(job)").status == 200)
    }

    @Test("A streamed answer: role, pieces, end, usage")
    func streamed() async throws {
        let door = try FrontDoor()
        let script: [ScriptedAnswering.Step] = [.report(.delta(stream: 1, "Answer to: "))]
        let reply = try await door.house.working(ScriptedAnswering([script])) {
            try await door.send(
                .post, Self.path, body(#", "stream": true, "stream_options": {"include_usage": true}"#))
        }
        #expect(reply.headers["content-type"] == "text/event-stream")
        let chunks = try chunks(reply.text)
        func delta(_ index: Int) -> [String: JSONValue]? {
            chunks[index]["choices"]?.array?.first?.object?["delta"]?.object
        }
        #expect(delta(0) == ["role": "assistant", "content": ""])
        let text = (1..<chunks.count - 2).compactMap { delta($0)?["content"]?.text }.joined()
        #expect(text == "Answer to: O que é uma fila?")
        let end = chunks[chunks.count - 2]
        #expect(end["choices"]?.array?.first?.object?["finish_reason"] == "stop")
        #expect(end["gepeto"]?.object?["grounded"] == false && end["usage"] == .null)
        #expect(chunks.last?["choices"] == [] && chunks.last?["usage"]?.object?["total_tokens"] == 0)
    }

    @Test("A job that fails is an error, in a stream its last piece")
    func failed() async throws {
        let door = try FrontDoor()
        let failing = ScriptedAnswering([[.fail(AnsweringError(.courseUnavailable, "Not today.", cause: "gone"))]])
        try await door.house.working(failing) {
            let whole = try await door.send(.post, Self.path, body())
            #expect(whole.status == 503 && whole.headers["x-should-retry"] == "false")
            #expect(try code(whole) == "course_unavailable")
            let streamed = try await door.send(.post, Self.path, body(#", "stream": true"#))
            #expect(streamed.status == 200)
            let last = try #require(try chunks(streamed.text).last?["error"]?.object)
            #expect(last["message"] == "Not today." && last["code"] == "course_unavailable")
        }
    }

    @Test("A client that goes away takes its question back", arguments: [true, false])
    func left(streams: Bool) async throws {
        let door = try FrontDoor()
        let (working, never) = (Latch(), Latch())
        try await door.house.working(ScriptedAnswering([[.reach(working), .wait(never)]])) {
            let client = Task {
                try await door.send(.post, Self.path, body(streams ? #", "stream": true"# : ""))
            }
            await working.wait()
            client.cancel()
            _ = await client.result
            let listed = try await door.send(.get, "/api/conversations")
            let conversation = try #require(
                try object(listed)["conversations"]?.array?.first?.object?["id"]?.text)
            let said = try await door.send(.get, "/api/conversations/\(conversation)/messages")
            let job = try #require(try object(said)["messages"]?.array?.first?.object?["jobId"]?.text)
            #expect(try object(try await door.send(.get, "/api/jobs/\(job)"))["status"] == "cancelled")
        }
    }

    @Test("What is wrong is told in OpenAI's form")
    func wrong() async throws {
        let door = try FrontDoor(perMinute: 20, burst: 1)
        let cases: [(String, Int, JSONValue)] = [
            ("{", 400, "invalid_json"), ("{}", 400, "invalid_request"), (body(#", "n": 2"#), 400, "invalid_request"),
            (body().replacing("algoritmos", with: "nothing"), 404, "model_not_found"),
            (body().replacing("course:", with: "gpt 4"), 404, "model_not_found"),
        ]
        for (body, status, expected) in cases {
            let reply = try await door.send(.post, Self.path, body)
            #expect(reply.status == status, "\(body): \(reply.text)")
            #expect(try code(reply) == expected)
            #expect(reply.headers["content-type"] == "application/json")
        }
        #expect(try await door.send(.get, Self.path).status == 405)
        let key = try await door.send(.post, Self.path, body(), headers: ["authorization": "Bearer gepeto_bad"])
        #expect(key.status == 401)
        #expect(try code(key) == "invalid_api_key")
        try await door.house.working(ScriptedAnswering()) {
            #expect(try await door.send(.post, Self.path, body()).status == 200)
            let again = try await door.send(.post, Self.path, body())
            #expect(again.status == 429 && again.headers["retry-after"] == "3")
            #expect(try code(again) == "rate_limit_exceeded")
        }
    }

    @Test("Each course is a model")
    func models() async throws {
        let door = try FrontDoor(courses: ["algoritmos", "fisica"])
        let list = try object(try await door.send(.get, "/api/v1/models"))
        let names = try #require(list["data"]?.array).map { $0.object?["id"] }
        #expect(names == ["course:algoritmos", "course:fisica"])
        #expect(try await door.send(.get, "/api/v1/models/course:fisica").status == 200)
        #expect(try await door.send(.get, "/api/v1/models/fisica").status == 200)
        let none = try await door.send(.get, "/api/v1/models/gpt-4o")
        #expect(none.status == 404)
        #expect(try code(none) == "model_not_found")
    }
}
