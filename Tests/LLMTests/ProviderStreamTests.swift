import Testing

@testable import HTTPClient
@testable import LLM

@Suite struct ProviderStreamTests {
    @Test(arguments: Fixture.allCases)
    func readsTheProvidersFormat(_ fixture: Fixture) throws {
        var stream = fixture.stream
        var text = ""
        for event in try fixture.events { text += try stream.take(event) }
        #expect(text == Fixture.text)
        #expect(
            stream.state
                == ProviderStreamState(
                    isOver: true, hasStopReason: true, isCut: false, inputTokens: 1200, outputTokens: 34))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let data: String
        var text = ""
        var failure: LanguageModelError.Code?
        var isCut = false

        var testDescription: String { data }
    }

    private func check(_ test: Case, _ stream: any ProviderStream) throws {
        var stream = stream
        let event = EventStreamDecoder.Event(data: test.data)
        if let code = test.failure {
            let failure = #expect(throws: ProviderFailure.self) { try stream.take(event) }
            #expect(failure?.code == code)
        } else {
            #expect(try stream.take(event) == test.text)
            #expect(stream.state.isCut == test.isCut)
        }
    }

    @Test(arguments: [
        Case(data: #"{"choices":[{"delta":{"content":"a \"error\" b"}}]}"#, text: "a \"error\" b"),
        Case(data: #"{"choices":[{"delta":{"content":null}}]}"#),
        Case(data: #"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#),
        Case(data: #"{"choices":[],"error":null}"#), Case(data: "{}"), Case(data: #"{"usage":{"prompt_tokens":-1}}"#),
        Case(data: #"{"choices":[{"delta":{"content":"x"},"finish_reason":"length"}]}"#, text: "x", isCut: true),
        Case(data: #"{"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#, failure: .refused),
        Case(data: #"{"error":{"message":"The server had an error","type":"server_error"}}"#, failure: .serverError),
        Case(data: #"{"error":{"message":"m","type":"tokens","code":"rate_limit_exceeded"}}"#, failure: .rateLimited),
        Case(data: #"{"error":"an error was encountered while running the model"}"#, failure: .serverError),
        Case(data: #"{"error":{"message":"Rate","code":429}}"#, failure: .serverError),
        Case(data: #"{"choices":[],"x_groq":{"error":"over capacity"}}"#, failure: .serverError),
        Case(data: "<html>", failure: .malformedResponse), Case(data: "", failure: .malformedResponse),
        Case(data: #"{"choices":[{"delta":{"content":7}}]}"#, failure: .malformedResponse),
        Case(data: #"{"usage":{"prompt_tokens":1e99}}"#, failure: .malformedResponse),
    ])
    func readsOpenAIChunks(_ test: Case) throws { try check(test, OpenAIStream()) }

    @Test(arguments: [
        Case(data: #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"x"}}"#, text: "x"),
        Case(data: #"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"hm"}}"#),
        Case(data: #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#, isCut: true),
        Case(data: #"{"type":"message_delta","delta":{"stop_reason":"refusal"}}"#, failure: .refused),
        Case(data: #"{"type":"ping"}"#), Case(data: #"{"type":"something_new"}"#),
        Case(
            data: #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, failure: .overloaded),
        Case(data: #"{"type":"error","error":{"type":"api_error","message":"m"}}"#, failure: .serverError),
        Case(data: #"{"type":"error","error":{"type":"new_error","message":"m"}}"#, failure: .serverError),
        Case(
            data: #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}}"#,
            failure: .contextTooLong), Case(data: #"{"type":"error"}"#, failure: .serverError),
        Case(data: "[]", failure: .malformedResponse), Case(data: "{}", failure: .malformedResponse),
        Case(
            data: #"{"type":"message_start","message":{"usage":{"input_tokens":9223372036854775807,"#
                + #""cache_read_input_tokens":9223372036854775807}}}"#),
    ])
    func readsAnthropicEvents(_ test: Case) throws { try check(test, AnthropicStream()) }

    @Test func nothingCountsAfterTheEnd() throws {
        var stream = OpenAIStream()
        #expect(try stream.take(.init(data: "[DONE]")).isEmpty)
        #expect(try stream.take(.init(data: "garbage")).isEmpty)
    }
}
