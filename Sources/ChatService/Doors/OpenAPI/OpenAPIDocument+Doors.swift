extension OpenAPIDocument {
    static let tokens: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/tokens", name: "tokens", group: "tokens",
            about: "The caller's API tokens, without their secrets",
            answers: [200: .json("They.", Schema.object(["tokens": Schema.list(Schema.ref("Token"), most: 20)]))],
            problems: [403]),
        APIOperation(
            method: .post, pattern: "/api/tokens", name: "createToken", group: "tokens",
            about: "Make an API token for one course",
            more: """
                The answer is the only one that ever has the secret. At most 20 a user, each good for at most 366 days (30, \
                where the directory does not hold the membership). The token asks and searches in its course, in its \
                maker's name, and opens nothing else.
                """,
            body: [
                APIOperation.Body(
                    schema: Schema.object(
                        [
                            "name": Schema.text(1...80), "course?": Schema.orNull(Schema.course),
                            "expiresInDays?": Schema.orNull(Schema.whole(1...366, default: 90)),
                        ], isOpen: true), example: ["name": "My editor", "course": "algoritmos", "expiresInDays": 90])
            ],
            answers: [201: .json("It is there.", Schema.ref("Token"))], problems: [403, 404, 409]),
        APIOperation(
            method: .delete, pattern: "/api/tokens/{id}", name: "revokeToken", group: "tokens",
            about: "Revoke an API token, at once", answers: [204: .none("It opens nothing any more.")], problems: [403]),
    ]

    static let completions: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/v1/models", name: "models", group: "completions",
            about: "The models: one a course",
            answers: [
                200: .json(
                    "They.",
                    Schema.object(["object": Schema.choice(["list"]), "data": Schema.list(Schema.ref("Model"))]))
            ]),
        APIOperation(
            method: .get, pattern: "/api/v1/models/{model}", name: "model", group: "completions", about: "One model",
            answers: [200: .json("It.", Schema.ref("Model"))]),
        APIOperation(
            method: .post, pattern: "/api/v1/chat/completions", name: "complete", group: "completions",
            about: "Ask as with OpenAI's chat completions",
            more: """
                The last message is the question, the user's and assistant's before it the conversation so far; `system` \
                and `developer` messages are left aside. With `stream` the answer comes as `chat.completion.chunk` events \
                and ends with `[DONE]`. A refusal is an answer like others, with `gepeto.grounded` false. A client that goes \
                away takes its question back.
                """,
            query: [APIOperation.idempotencyKey],
            body: [
                APIOperation.Body(
                    schema: Schema.ref("CompletionRequest"),
                    example: [
                        "model": "course:algoritmos",
                        "messages": [["role": "user", "content": "O que é recursão?"]],
                    ])
            ],
            answers: [
                200: .json("The answer; with `stream` it is `text/event-stream`.", Schema.ref("Completion"))
            ], problems: [404, 409, 422, 429, 500, 504]),
    ]

    static let doorSchemas: [String: JSONValue] = [
        "Token": Schema.object([
            "id": Schema.id, "token?": Schema.said("The secret, once.", Schema.text), "name": Schema.text,
            "course": Schema.course, "createdAt": Schema.seconds, "expiresAt": Schema.seconds,
            "lastUsedAt?": Schema.said("The day of its last use, in seconds since 1970.", ["type": "integer"]),
        ]),
        "Model": Schema.object([
            "id": ["type": "string", "examples": ["course:algoritmos"]], "object": Schema.choice(["model"]),
            "created": Schema.count, "owned_by": Schema.text, "name": Schema.text,
        ]),
        "CompletionRequest": Schema.object(
            [
                "model": Schema.said("`course:<id>`, or the id alone.", Schema.text(1...80)),
                "messages": [
                    "type": "array", "minItems": 1, "maxItems": .number(Double(CompletionRequest.mostMessages)),
                    "items": Schema.object(
                        [
                            "role": Schema.choice(["user", "assistant", "system", "developer"]),
                            "content": ["anyOf": [Schema.text, Schema.list(textPart)]],
                        ], isOpen: true),
                ],
                "stream?": Schema.orNull(Schema.flag),
                "stream_options?": Schema.orNull(
                    Schema.object(["include_usage?": Schema.orNull(Schema.flag)], isOpen: true)),
                "gepeto?": Schema.orNull(
                    Schema.object(
                        [
                            "mode?": Schema.orNull(Schema.choice(AnswerMode.self)),
                            "conversationId?": Schema.orNull(Schema.text),
                        ], isOpen: true)),
            ], isOpen: true),
        "Completion": Schema.object([
            "id": Schema.text, "object": Schema.choice(["chat.completion"]), "created": Schema.seconds,
            "model": Schema.text,
            "choices": Schema.list(
                Schema.object([
                    "index": Schema.count, "finish_reason": Schema.choice(["stop"]), "logprobs": Schema.null,
                    "message": Schema.object([
                        "role": Schema.choice(["assistant"]), "content": Schema.text, "refusal": Schema.null,
                        "annotations": Schema.list(annotation, most: CompletionAnnotation.most),
                    ]),
                ])),
            "usage": Schema.object([
                "prompt_tokens": Schema.count, "completion_tokens": Schema.count, "total_tokens": Schema.count,
            ]),
            "gepeto": Schema.object([
                "jobId": Schema.id, "conversationId": Schema.id, "messageId": Schema.id, "traceId": Schema.id,
                "grounded": Schema.flag, "citations": Schema.list(Schema.ref("Citation")),
                "claims": Schema.list(Schema.ref("Claim")), "metadata": Schema.ref("Metadata"),
                "ignored": Schema.said("What of the request was left aside.", Schema.list(Schema.text, most: 32)),
            ]),
        ]),
        "CompletionProblem": Schema.object([
            "error": Schema.object([
                "message": Schema.text, "type": Schema.text, "param": Schema.orNull(Schema.text),
                "code": Schema.text, "trace_id": Schema.text,
            ])
        ]),
    ]

    private static let textPart = Schema.object(
        ["type": Schema.choice(["text"]), "text": Schema.text], isOpen: true)

    private static let annotation = Schema.object([
        "type": Schema.choice(["url_citation"]),
        "url_citation": Schema.object([
            "start_index": Schema.count, "end_index": Schema.count, "title": Schema.text, "url": Schema.text,
        ]),
    ])
}
