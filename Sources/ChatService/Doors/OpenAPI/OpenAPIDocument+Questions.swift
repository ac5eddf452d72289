extension OpenAPIDocument {
    static let service: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/health", name: "health", group: "service", about: "Whether the process serves",
            answers: [200: .json("It does.", Schema.object(["status": Schema.choice(["ok"])]))]),
        APIOperation(
            method: .get, pattern: "/api/ready", name: "ready", group: "service",
            about: "Whether the process shall get requests",
            answers: [
                200: .json("It shall.", Schema.ref("Readiness")), 503: .json("It shall not.", Schema.ref("Readiness")),
            ]),
        APIOperation(
            method: .get, pattern: "/api/openapi.json", name: "openapi", group: "service", about: "This document",
            answers: [200: .json("OpenAPI 3.1.", Schema.object(["openapi": Schema.text], isOpen: true))]),
    ]

    static let questions: [APIOperation] = [
        APIOperation(
            method: .post, pattern: "/api/chat", name: "ask", group: "questions",
            about: "Ask a question; the answer comes as events",
            more: "The job it makes ends in exactly one answer or error, within five minutes.",
            query: [APIOperation.idempotencyKey],
            body: [APIOperation.Body(schema: Schema.ref("Ask"), example: askExample)],
            answers: [202: .json("Accepted, and on disk.", Schema.ref("Accepted"), example: acceptedExample)],
            problems: [404, 409, 422, 429]),
        APIOperation(
            method: .get, pattern: "/api/jobs/{jobId}", name: "job", group: "questions",
            about: "How a job stands, with the answer once there is one",
            answers: [200: .json("The job.", Schema.ref("Job"))]),
        APIOperation(
            method: .delete, pattern: "/api/jobs/{jobId}", name: "cancelJob", group: "questions",
            about: "Cancel a job; one that is over stays as it is",
            answers: [200: .json("The job.", Schema.ref("Job"))]),
        APIOperation(
            method: .get, pattern: "/api/jobs/{jobId}/events", name: "jobEvents", group: "questions",
            about: "The job's events as Server-Sent Events, to its end",
            more: "Those of the WebSocket. `Last-Event-ID`, or `after`, resumes behind an event.",
            query: [
                APIOperation.Parameter(
                    name: "after", schema: Schema.count, about: "The `seq` of the last event that is known.")
            ],
            answers: [
                200: .events("The events."),
                204: .none("All of them are known."),
            ]),
        APIOperation(
            method: .get, pattern: "/api/ws", name: "socket", group: "questions", about: "The WebSocket",
            more: """
                Events as JSON text frames: `connected`, `status`, `message_delta`, `message_completed`, `error`, \
                `document_status`, each with `seq` and `timestamp`. To the server: `{"action": "ask", …}` with the fields of \
                `POST /api/chat`, and `{"action": "cancel", "jobId"}`. The token stands in `Authorization`, or in the \
                sub-protocols `gepeto.v1, bearer.<token>`.
                """,
            query: [
                APIOperation.Parameter(
                    name: "sessionId", schema: Schema.text, about: "One that is known; else a new one."),
                APIOperation.Parameter(
                    name: "after", schema: Schema.count, about: "Replays the events after this `seq`."),
            ], answers: [101: .none("A WebSocket.")], problems: [404, 426]),
    ]

    private static let askExample: JSONValue = [
        "message": "O que é recursão?", "course": "algoritmos", "mode": "answer",
    ]
    private static let acceptedExample: JSONValue = [
        "jobId": "0193c4f0a1b2c3d4e5f60718293a4b5c", "conversationId": "0193c4f0a1b2d4e5f60718293a4b5c6d",
        "sessionId": "67584c1e0a1b2c3d4e5f60718293a4b5c6d7e8f9", "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "status": "queued", "timestamp": 1_733_788_120,
    ]

    static let conversations: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/conversations", name: "conversations", group: "conversations",
            about: "The caller's conversations, the last used first",
            query: APIOperation.page + [APIOperation.limit(1...100, default: 20)],
            answers: [200: .json("A page.", Schema.ref("Conversations"))], problems: [429]),
        APIOperation(
            method: .post, pattern: "/api/conversations", name: "createConversation", group: "conversations",
            about: "Begin an empty conversation",
            body: [
                APIOperation.Body(
                    schema: Schema.object(
                        ["course?": Schema.orNull(Schema.course), "title?": Schema.orNull(Schema.text(1...120))],
                        isOpen: true))
            ],
            answers: [201: .json("It is there.", Schema.ref("Conversation"))], problems: [404]),
        APIOperation(
            method: .get, pattern: "/api/conversations/{id}", name: "conversation", group: "conversations",
            about: "One conversation", answers: [200: .json("It.", Schema.ref("Conversation"))]),
        APIOperation(
            method: .patch, pattern: "/api/conversations/{id}", name: "renameConversation", group: "conversations",
            about: "Give a conversation another title",
            body: [APIOperation.Body(schema: Schema.object(["title": Schema.text(1...120)], isOpen: true))],
            answers: [200: .json("Renamed.", Schema.ref("Conversation"))]),
        APIOperation(
            method: .delete, pattern: "/api/conversations/{id}", name: "deleteConversation", group: "conversations",
            about: "Delete a conversation for good", answers: [204: .none("It is gone.")]),
        APIOperation(
            method: .get, pattern: "/api/conversations/{id}/messages", name: "messages", group: "conversations",
            about: "What was said in a conversation, the oldest first",
            query: APIOperation.page + [APIOperation.limit(1...200, default: 100)],
            answers: [200: .json("A page.", Schema.ref("Messages"))]),
        APIOperation(
            method: .post, pattern: "/api/conversations/{id}/messages", name: "askInConversation",
            group: "conversations",
            about: "`POST /api/chat` in this conversation", query: [APIOperation.idempotencyKey],
            body: [APIOperation.Body(schema: Schema.ref("Ask"), example: askExample)],
            answers: [202: .json("Accepted.", Schema.ref("Accepted"))], problems: [409, 422, 429]),
        APIOperation(
            method: .post, pattern: "/api/conversations/{id}/messages/stream", name: "askAndStream",
            group: "conversations", about: "Ask, and follow the answer in the response",
            query: [APIOperation.idempotencyKey],
            body: [APIOperation.Body(schema: Schema.ref("Ask"), example: askExample)],
            answers: [
                200: .events("The events."),
                202: .json("Accepted, but it cannot be streamed just now.", Schema.ref("Accepted")),
            ], problems: [409, 422, 429]),
    ]
}
