import Foundation
import Support
import TestSupport
import Testing

@testable import HTTPClient
@testable import LLM

/// The providers' models against a server that speaks their formats, well and badly.
@Suite struct ProviderCallTests {
    private let client = HTTPClient(log: .silent)
    private let eventStream = ["Content-Type: text/event-stream; charset=utf-8"]

    private func check(_ events: [GenerationEvent], _ fixture: Fixture) {
        #expect(events.text == Fixture.text)
        let usage = events.usage
        #expect(usage?.provider == fixture.rawValue)
        #expect(usage?.inputTokens == 1200)
        #expect(usage?.outputTokens == 34)
        #expect(usage?.truncated == false)
        let price: (Double, Double) =
            switch fixture {
            case .openai: (0.15, 0.60)
            case .groq: (0.59, 0.79)
            case .ollama: (0, 0)
            case .anthropic: (1, 5)
            }
        let cost = (1200 * price.0 + 34 * price.1) / 1e6
        #expect(abs((usage?.costUSD ?? -1) - cost) < 1e-12)
    }

    // MARK: Good streams, cut badly

    @Test(arguments: Fixture.allCases)
    func readsAWholeStream(_ fixture: Fixture) async throws {
        let server = try ScriptedServer([.chunked([fixture.bytes], headers: eventStream)])
        check(try await fixture.model(at: server.url, client: client).events(), fixture)
    }

    @Test(arguments: Fixture.allCases)
    func readsAStreamSentByteByByte(_ fixture: Fixture) async throws {
        let server = try ScriptedServer([.openResponse() + [.sendBytewise(fixture.bytes), .close]])
        check(try await fixture.model(at: server.url, client: client).events(), fixture)
    }

    @Test(arguments: Fixture.allCases)
    func readsAStreamInChunksOfThreeBytes(_ fixture: Fixture) async throws {
        let bytes = try fixture.bytes
        let pieces = stride(from: 0, to: bytes.count, by: 3).map { Array(bytes[$0..<min($0 + 3, bytes.count)]) }
        let server = try ScriptedServer([.chunked(pieces, headers: eventStream)])
        check(try await fixture.model(at: server.url, client: client).events(), fixture)
    }

    @Test(arguments: Fixture.allCases)
    func readsOtherLineEnds(_ fixture: Fixture) async throws {
        let text = String(decoding: try fixture.bytes, as: UTF8.self)
        let server = try ScriptedServer(
            ["\r\n", "\r"].map { .chunked([[UInt8]("\u{feff}\(text.replacing("\n", with: $0))".utf8)]) })
        for _ in 0..<2 { check(try await fixture.model(at: server.url, client: client).events(), fixture) }
    }

    /// The stream stops within an emoji until the text before it has been shown.
    @Test(arguments: Fixture.allCases)
    func showsTextBeforeTheStreamGoesOn(_ fixture: Fixture) async throws {
        let bytes = try fixture.bytes
        let emoji = try #require(bytes.firstIndex(of: 0xf0))
        let gate = Gate()
        let server = try ScriptedServer([
            .chunked([Array(bytes[...emoji])], isWhole: false) + [.wait(gate)]
                + .chunkedRest([Array(bytes[(emoji + 1)...])])
        ])
        var events: [GenerationEvent] = []
        for try await event in try fixture.model(at: server.url, client: client).generate(.sample) {
            events.append(event)
            if events.text == "Uma função recursiva chama a si mesma [1]. " { gate.open() }
        }
        check(events, fixture)
    }

    @Test(arguments: Fixture.allCases)
    func keepsTheConnectionForTheNextQuestion(_ fixture: Fixture) async throws {
        let server = try ScriptedServer([.chunked([fixture.bytes])])
        let model = try fixture.model(at: server.url, client: client)
        for _ in 0..<3 {
            check(try await model.events(), fixture)
            // Reading the rest goes on beside us.
            try await eventually { !client.hasCallsUnderWay }
        }
        #expect(server.requests.map(\.connection) == [0, 0, 0])
    }

    // MARK: What is asked

    @Test(arguments: [Fixture.openai, .groq, .ollama])
    func asksInOpenAIsForm(_ fixture: Fixture) async throws {
        let server = try ScriptedServer([.chunked([fixture.bytes])])
        _ = try await fixture.model(at: server.url, client: client).events()
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /v1/chat/completions HTTP/1.1")
        #expect(request.header("Authorization") == "Bearer sk-very-secret")
        #expect(request.header("Content-Type") == "application/json")
        let body = try #require(JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
        #expect(body["model"] as? String == ModelProvider(named: fixture.rawValue).defaultModel)
        #expect(body["stream"] as? Bool == true)
        #expect(body["stream_options"] as? [String: Bool] == ["include_usage": true])
        #expect(body["temperature"] as? Double == 0.3)
        #expect(body[fixture == .ollama ? "max_tokens" : "max_completion_tokens"] as? Int == 300)
        #expect(body[fixture == .ollama ? "max_completion_tokens" : "max_tokens"] == nil)
        let messages = try #require(body["messages"] as? [[String: String]])
        #expect(messages.map { $0["role"] } == ["system", "user", "assistant", "user"])
        #expect(messages.last?["content"] == "O que é recursão? \"aspas\" 👩‍🏫")
    }

    @Test func asksInAnthropicsForm() async throws {
        let server = try ScriptedServer([.chunked([Fixture.anthropic.bytes])])
        var question = GenerationRequest.sample
        question.messages = [
            .init(.assistant, "Uma resposta antiga."), .init(.system, "S1"), .init(.user, "A"), .init(.user, "B"),
            .init(.assistant, ""), .init(.system, "S2"),
        ]
        _ = try await Fixture.anthropic.model(at: server.url + "/", client: client).events(question)
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /v1/messages HTTP/1.1")
        #expect(request.header("x-api-key") == "sk-very-secret")
        #expect(request.header("anthropic-version") == "2023-06-01")
        #expect(request.header("Authorization") == nil)
        let body = try #require(JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
        #expect(body["system"] as? String == "S1\n\nS2")
        #expect(body["max_tokens"] as? Int == 300)
        #expect(
            body["messages"] as? [[String: String]] == [
                ["role": "user", "content": "…"], ["role": "assistant", "content": "Uma resposta antiga."],
                ["role": "user", "content": "A\n\nB"],
            ])
    }

    // MARK: Errors by status

    struct Refusal: Sendable, CustomTestStringConvertible {
        let status: Int
        var headers: [String] = []
        var body = ""
        let code: LanguageModelError.Code
        var isRetryable = false
        var retryAfter: Duration?

        var testDescription: String { "\(status) \(body) \(headers)" }
    }

    static let refusals = [
        Refusal(status: 401, body: #"{"error":{"message":"Invalid key sk-very-secret"}}"#, code: .badKey),
        Refusal(status: 403, code: .forbidden), Refusal(status: 402, code: .quotaExceeded),
        Refusal(status: 404, body: #"{"error":{"code":"model_not_found"}}"#, code: .modelNotFound),
        Refusal(status: 400, body: #"{"error":{"code":"context_length_exceeded"}}"#, code: .contextTooLong),
        Refusal(
            status: 400, body: #"{"error":{"type":"invalid_request_error","message":"prompt is too long: 9"}}"#,
            code: .contextTooLong),
        Refusal(
            status: 400,
            body: #"{"error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
            code: .quotaExceeded),
        Refusal(status: 400, body: #"{"error":{"code":"model_decommissioned"}}"#, code: .modelNotFound),
        Refusal(status: 400, body: "<html>no</html>", code: .invalidRequest),
        Refusal(status: 400, body: #"{"error":{"type":"of tomorrow"}}"#, code: .invalidRequest),
        Refusal(status: 302, headers: ["Location: https://example.org"], code: .invalidRequest),
        Refusal(status: 413, code: .contextTooLong),
        Refusal(
            status: 429, headers: ["Retry-After: 7"], code: .rateLimited, isRetryable: true, retryAfter: .seconds(7)),
        Refusal(
            status: 429, headers: ["retry-after-ms: 250", "Retry-After: 1"], code: .rateLimited, isRetryable: true,
            retryAfter: .milliseconds(250)),
        Refusal(status: 429, headers: ["Retry-After: soon"], code: .rateLimited, isRetryable: true),
        Refusal(status: 429, body: #"{"error":{"code":"insufficient_quota"}}"#, code: .quotaExceeded),
        Refusal(status: 500, body: "garbage \u{0}", code: .serverError, isRetryable: true),
        Refusal(status: 502, code: .serverError, isRetryable: true),
        Refusal(
            status: 503, headers: ["Retry-After: 2"], code: .overloaded, isRetryable: true, retryAfter: .seconds(2)),
        Refusal(status: 529, body: #"{"error":{"type":"overloaded_error"}}"#, code: .overloaded, isRetryable: true),
    ]

    @Test(arguments: refusals, [Fixture.groq, .anthropic])
    func namesRefusals(_ refusal: Refusal, _ fixture: Fixture) async throws {
        let server = try ScriptedServer([.response(refusal.status, headers: refusal.headers, refusal.body)])
        let (events, error) = await (try fixture.model(at: server.url, client: client)).failure()
        #expect(events.isEmpty)
        #expect(error?.code == refusal.code)
        #expect(error?.status == refusal.status)
        #expect(error?.isRetryable == refusal.isRetryable)
        #expect(error?.retryAfter == refusal.retryAfter)
        #expect(error?.provider == fixture.rawValue)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func saysWhichVariableToCheck() async throws {
        let server = try ScriptedServer([.response(401)])
        let (_, error) = await (try Fixture.groq.model(at: server.url, client: client)).failure()
        #expect(error?.description == "groq did not accept its key: check GROQ_API_KEY.")
    }

    @Test func readsOnlyTheBeginningOfAnErrorsBody() async throws {
        let server = try ScriptedServer([
            .openResponse(500) + [.trickle([UInt8](repeating: 0x61, count: 10_000), milliseconds: 0)]
        ])
        let (_, error) = await (try Fixture.groq.model(at: server.url, client: client)).failure()
        #expect(error?.code == .serverError)
        await server.peerClosed()
    }

    // MARK: Errors on the way

    /// The stream up to and including the second piece of text.
    private func beginning(of fixture: Fixture) throws -> [UInt8] {
        let bytes = try fixture.bytes
        let text = String(decoding: bytes, as: UTF8.self)
        let piece = try #require(text.range(of: "\"recursiva\""))
        let end = try #require(text.range(of: "\n\n", range: piece.upperBound..<text.endIndex))
        return Array(text[..<end.upperBound].utf8)
    }

    @Test(arguments: Fixture.allCases)
    func aStreamThatBreaksOff(_ fixture: Fixture) async throws {
        let start = try beginning(of: fixture)
        let server = try ScriptedServer([
            .chunked([start]), .chunked([start], isWhole: false) + [.close], .openResponse() + [.send(start), .close],
        ])
        for _ in 0..<3 {
            let (events, error) = await (try fixture.model(at: server.url, client: client)).failure()
            #expect(events.text == "Uma função recursiva")
            #expect(error?.code == .truncatedStream)
            #expect(error?.isRetryable == true)
        }
    }

    /// A reset makes the client's system forget what it had not read: it comes when the text has been shown.
    @Test(arguments: Fixture.allCases)
    func aConnectionThatIsReset(_ fixture: Fixture) async throws {
        let gate = Gate()
        let server = try ScriptedServer([
            .chunked([try beginning(of: fixture)], isWhole: false) + [.wait(gate), .reset]
        ])
        let error = await #expect(throws: LanguageModelError.self) {
            for try await event in try fixture.model(at: server.url, client: client).generate(.sample)
            where event == .text("recursiva") { gate.open() }
        }
        #expect(error?.code == .truncatedStream)
    }

    @Test(arguments: [
        (Fixture.openai, #"data: {"error":{"message":"oops","type":"server_error","code":null}}"#),
        (.groq, "event: error\ndata: {\"error\":{\"message\":\"x\",\"type\":\"internal_server_error\"}}"),
        (.anthropic, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}"),
    ])
    func anErrorInTheMiddle(_ fixture: Fixture, _ event: String) async throws {
        let server = try ScriptedServer([.chunked([try beginning(of: fixture), Array("\(event)\n\n".utf8)])])
        let (events, error) = await (try fixture.model(at: server.url, client: client)).failure()
        #expect(events.text == "Uma função recursiva")
        #expect(error?.code == (fixture == .anthropic ? .overloaded : .serverError))
    }

    /// The provider has said that the model stopped; only the count of tokens is missing.
    @Test(arguments: [Fixture.openai, .ollama])
    func missingUsage(_ fixture: Fixture) async throws {
        let text = String(decoding: try fixture.bytes, as: UTF8.self)
        let stop = try #require(text.range(of: "\"finish_reason\":\"stop\""))
        let end = try #require(text.range(of: "\n\n", range: stop.upperBound..<text.endIndex))
        let whole = Array(text[..<end.upperBound].utf8)
        let server = try ScriptedServer([
            .chunked([whole]), .chunked([whole], isWhole: false) + [.close],
            .chunked([whole, Array("data: [DONE]\n\n".utf8)]),
        ])
        for _ in 0..<3 {
            let events = try await fixture.model(at: server.url, client: client).events()
            #expect(events.text == Fixture.text)
            #expect(events.usage?.inputTokens == 0)
            #expect(events.usage?.costUSD == nil)
        }
    }

    @Test(arguments: [
        ("<html><body>Welcome</body></html>", LanguageModelError.Code.malformedResponse),
        ("data: {\"choices\":\n\n", .malformedResponse), ("", .malformedResponse), ("data: [DONE]\n\n", .emptyAnswer),
        ("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", .emptyAnswer),
        (": only a comment\n\n", .malformedResponse),
    ])
    func garbage(_ body: String, _ code: LanguageModelError.Code) async throws {
        let server = try ScriptedServer([.response(200, body)])
        let (events, error) = await (try Fixture.openai.model(at: server.url, client: client)).failure()
        #expect(events.isEmpty)
        #expect(error?.code == code)
    }

    @Test func anAnswerWithoutEnd() async throws {
        let text = String(repeating: "x", count: 10_000)
        let chunk = Array("data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"}}]}\n\n".utf8)
        let server = try ScriptedServer([.openResponse() + [.trickle(chunk, milliseconds: 0)]])
        let (_, error) = await (try Fixture.openai.model(at: server.url, client: client)).failure()
        #expect(error?.code == .malformedResponse)
        await server.peerClosed()
    }

    @Test func nobodyListens() async throws {
        let port = try ClosedPort()
        let (_, error) = await (try Fixture.ollama.model(at: "http://127.0.0.1:\(port.port)", client: client)).failure()
        #expect(error?.code == .unreachable)
        #expect(error?.description.contains("127.0.0.1:\(port.port)") == true)
    }

    @Test func aKeyWithALineBreakIsNeverSent() async throws {
        let server = try ScriptedServer([.response()])
        let model = try Fixture.groq.model(at: server.url, client: client, key: "sk-very-secret\nX-Evil: 1")
        let (_, error) = await model.failure()
        #expect(error?.code == .misconfigured)
        #expect(error?.description.contains("secret") == false)
        #expect(server.requests.isEmpty)
    }

    // MARK: Time

    @Test(arguments: [Fixture.openai, .anthropic])
    func silenceBeforeTheFirstByte(_ fixture: Fixture) async throws {
        let server = try ScriptedServer([[.untilPeerCloses]])
        let timeouts = ProviderTimeouts.long.with { $0.firstByte = .milliseconds(150) }
        let (_, error) = await (try fixture.model(at: server.url, client: client, timeouts: timeouts)).failure()
        #expect(error?.code == .timeout)
        await server.peerClosed()
    }

    @Test(arguments: Fixture.allCases)
    func silenceInTheMiddle(_ fixture: Fixture) async throws {
        let server = try ScriptedServer([.openResponse(200, try beginning(of: fixture)) + [.untilPeerCloses]])
        let timeouts = ProviderTimeouts.long.with { $0.silence = .milliseconds(150) }
        let (events, error) = await (try fixture.model(at: server.url, client: client, timeouts: timeouts)).failure()
        #expect(events.text == "Uma função recursiva")
        #expect(error?.code == .timeout)
        await server.peerClosed()
    }

    /// Comments keep a connection from being silent, but not a call from being endless.
    @Test(arguments: [false, true])
    func aTrickleOfComments(hasJobDeadline: Bool) async throws {
        let server = try ScriptedServer([.openResponse() + [.trickle(Array(": wait\n\n".utf8), milliseconds: 5)]])
        let timeouts = ProviderTimeouts.long.with { if !hasJobDeadline { $0.total = .milliseconds(250) } }
        var request = GenerationRequest.sample
        if hasJobDeadline { request.deadline = SystemTime().elapsed + .milliseconds(250) }
        let model = try Fixture.openai.model(at: server.url, client: client, timeouts: timeouts)
        let (_, error) = await model.failure(request)
        #expect(error?.code == (hasJobDeadline ? .deadlineExceeded : .timeout))
    }

    @Test func aDeadlineThatIsOverSendsNothing() async throws {
        let server = try ScriptedServer([.response()])
        var request = GenerationRequest.sample
        request.deadline = SystemTime().elapsed
        let (_, error) = await (try Fixture.openai.model(at: server.url, client: client)).failure(request)
        #expect(error?.code == .deadlineExceeded)
        #expect(server.requests.isEmpty)
    }

    // MARK: Cancellation

    @Test(arguments: Fixture.allCases)
    func cancellingTheTaskClosesTheConnection(_ fixture: Fixture) async throws {
        let server = try ScriptedServer([.openResponse(200, try beginning(of: fixture)) + [.untilPeerCloses]])
        let model = try fixture.model(at: server.url, client: client)
        let shown = Latch()
        let task = Task { for try await _ in model.generate(.sample) { shown.open() } }
        await shown.wait()
        task.cancel()
        await server.peerClosed()
    }

    @Test func leavingTheLoopClosesTheConnection() async throws {
        let server = try ScriptedServer([
            .openResponse(200, try beginning(of: .openai)) + [.untilPeerCloses]
        ])
        for try await _ in try Fixture.openai.model(at: server.url, client: client).generate(.sample) { break }
        await server.peerClosed()
    }
}

extension [ScriptedServer.Step] {
    /// More chunks of a chunked response, and its end.
    fileprivate static func chunkedRest(_ pieces: [[UInt8]]) -> Self { Array(chunked(pieces).dropFirst()) }
}
