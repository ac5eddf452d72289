import Support
import Testing

@testable import ChatService

/// How an answer looks to OpenAI's clients.
@Suite struct CompletionFormTests {
    private func delta(_ content: String, attempt: Int = 1, stream: Int = 0, index: Int = 0) -> ChatEvent.Delta {
        ChatEvent.Delta(jobId: "j", attempt: attempt, stream: stream, index: index, content: content)
    }

    @Test func textIsSentOnce() {
        var text = CompletionText()
        #expect(text.take(delta("Recur")) == "Recur")
        #expect(text.take(delta("são [1]")) == "são [1]")
        #expect(text.finish("Recursão [1].") == ".")
        #expect(text.before == 0)
    }

    @Test func whatIsRepeatedByANewAttemptIsNotSentAgain() {
        var text = CompletionText()
        #expect(text.take(delta("Uma fila é")) == "Uma fila é")
        #expect(text.take(delta("Uma ", attempt: 2)) == "")
        #expect(text.take(delta("late", attempt: 1)) == "")
        #expect(text.take(delta("fila é uma ordem", attempt: 2)) == " uma ordem")
        #expect(text.finish("Uma fila é uma ordem.") == ".")
    }

    @Test func whatBeginsAnewStandsBelowARule() {
        var text = CompletionText()
        #expect(text.take(delta("Não ç")) == "Não ç")
        #expect(text.take(delta("Sim", stream: 1)) == CompletionText.rule + "Sim")
        #expect(text.finish("Sim.") == ".")
        #expect(text.before == ("Não ç" + CompletionText.rule).unicodeScalars.count)
        #expect(text.finish("Si") == CompletionText.rule + "Si")
    }

    @Test func anAnswerThatCameWithoutPiecesIsSentWhole() {
        var text = CompletionText()
        #expect(text.finish("O curso não trata disso.") == "O curso não trata disso.")
    }

    private func answer(_ content: String, _ markers: [Int]) throws -> Answer {
        let citations = markers.map { marker in
            """
            {"marker":\(marker),"documentId":"d","title":"Aula","page":3,"section":"Filas","pageUnit":"page",
            "url":"/api/courses/a/documents/d/content#page=3","quote":"q","score":1,"supported":true,
            "verdict":"supported","passage":"q"}
            """
        }
        return try JSONText.decode(
            Answer.self,
            from: """
                {"content":\(JSONText.encode(content)),"citations":[\(citations.joined(separator: ","))],
                "grounded":true,"metadata":\(JSONText.encode(AnswerMetadata(model: "m", provider: "p")))}
                """)
    }

    @Test func annotationsStandAtTheirMarkers() throws {
        let content = "Não é 👩‍🏫 uma pilha [1], mas [2][1] [9] a[1] x [ 1]."
        let found = CompletionAnnotation.all(in: try answer(content, [1, 2]), base: "https://t.example", offset: 5)
        let scalars = Array(content.unicodeScalars)
        let texts = found.map { annotation in
            String(
                String.UnicodeScalarView(scalars[(annotation.place.start - 5)..<(annotation.place.end - 5)]))
        }
        #expect(texts == ["[1]", "[2]", "[1]", "[1]"])
        #expect(found[0].place.url == "https://t.example/api/courses/a/documents/d/content#page=3")
        #expect(found[0].place.title == "Aula › Filas, p. 3")
        let none = CompletionAnnotation.all(in: try answer("[1] [x] []", []), base: "")
        #expect(none.isEmpty)
    }

    @Test(arguments: [
        (400, "invalid_request", "invalid_request_error", "invalid_request"),
        (401, "token_missing", "invalid_request_error", "invalid_api_key"),
        (403, "policy_denied", "permission_error", "policy_denied"),
        (404, "model_not_found", "invalid_request_error", "model_not_found"),
        (429, "rate_limited", "rate_limit_error", "rate_limit_exceeded"),
        (503, "llm_unavailable", "server_error", "llm_unavailable"),
    ]) func problemsInTheirForm(status: Int, label: String, type: String, code: String) throws {
        let problem = Problem(
            status, label, "T", "Say it.",
            errors: [Problem.FieldError(pointer: "/messages/0/content", detail: "Say it.")],
            headers: ["retry-after": "3"])
        let response = CompletionProblem.response(problem, traceID: "t")
        #expect(response.status == status && response.headers["retry-after"] == "3")
        guard case .bytes(let bytes) = response.body else {
            Issue.record("no body")
            return
        }
        let error = JSONValue(text: String(decoding: bytes, as: UTF8.self))?.object?["error"]?.object
        #expect(error?["message"] == "Say it." && error?["type"] == .string(type) && error?["code"] == .string(code))
        #expect(error?["param"] == "messages[0].content" && error?["trace_id"] == "t")
    }
}
