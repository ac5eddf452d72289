import Support

extension OpenAPIDocument {
    /// The forms of what is sent and answered, by the names under which operations refer to them.
    static let schemas: [String: JSONValue] =
        [common, courseSchemas, policySchemas, doorSchemas, peopleSchemas, insightSchemas, platformSchemas]
        .reduce(into: [:]) { all, more in all.merge(more) { $1 } }

    private static let common: [String: JSONValue] = [
        "Problem": Schema.object([
            "type": ["type": "string", "pattern": "^urn:gepeto:problem:"], "title": Schema.text,
            "status": Schema.count, "detail": Schema.text, "traceId": Schema.text,
            "errors?": Schema.list(
                Schema.object([
                    "pointer": Schema.said(
                        "A JSON pointer into the body, `?name` for a parameter, or the name of a header.", Schema.text),
                    "detail": Schema.text,
                ])),
            "denial?": Schema.said("With `policy_denied`.", Schema.ref("Denial")),
        ]),
        "Denial": Schema.object([
            "cause": Schema.text, "until?": Schema.seconds, "message?": Schema.text,
            "mode?": Schema.choice(AnswerMode.self), "modes?": Schema.list(Schema.choice(AnswerMode.self), most: 4),
            "assignments?": Schema.list(Schema.text), "assignment?": Schema.text, "limit?": Schema.count,
            "span?": Schema.choice(DenialFacts.Span.self),
        ]),
        "Readiness": Schema.object([
            "status": Schema.choice(["ready", "draining", "unavailable"]),
            "checks": Schema.map(Schema.choice(["ok", "degraded", "down"])),
        ]),
        "Ask": Schema.object(
            [
                "message": Schema.text(1...8_000, "The question."),
                "course?": Schema.orNull(
                    Schema.said("Required unless there is one course only.", Schema.course)),
                "conversationId?": Schema.orNull(Schema.said("A new one is made when it is absent.", Schema.text)),
                "sessionId?": Schema.orNull(Schema.said("A new one is made when it is absent.", Schema.text)),
                "mode?": Schema.orNull(Schema.choice(AnswerMode.self)),
                "assignment?": Schema.orNull(
                    Schema.said("What a hint is for, where assignments have budgets.", Schema.assignment)),
                "traceId?": Schema.orNull(Schema.id),
            ], isOpen: true),
        "Accepted": Schema.object([
            "jobId": Schema.id, "conversationId": Schema.id, "sessionId": Schema.id, "traceId": Schema.id,
            "status": Schema.choice(["queued"]), "timestamp": Schema.seconds,
        ]),
        "Job": Schema.object([
            "jobId": Schema.id, "kind": Schema.choice(JobKind.self), "conversationId?": Schema.id,
            "documentId?": Schema.text, "sessionId": Schema.id, "traceId": Schema.id, "course": Schema.course,
            "status": Schema.choice(["queued", "running", "retrying", "completed", "failed", "cancelled"]),
            "redriveOf?": Schema.id, "attempt": Schema.count, "createdAt": Schema.seconds,
            "updatedAt": Schema.seconds, "answer?": answer,
            "error?": Schema.object([
                "jobId": Schema.id, "code": Schema.choice(JobErrorCode.self), "message": Schema.text,
                "details": Schema.object([
                    "attempts": Schema.count, "cause": Schema.text, "denial?": Schema.ref("Denial"),
                ]), "retryable": Schema.flag,
            ]),
            "document?": Schema.object([
                "jobId": Schema.id, "documentId": Schema.text, "state": Schema.choice(DocumentStage.self),
                "pagesDone?": Schema.count, "pagesTotal?": Schema.count, "chunks?": Schema.count,
                "label?": Schema.text, "reason?": Schema.text,
            ]),
        ]),
        "Citation": Schema.object([
            "marker": Schema.said("2 for `[2]` in the text.", Schema.count), "documentId": Schema.text,
            "title": Schema.text, "page?": Schema.count, "section?": Schema.text,
            "pageUnit?": Schema.choice(["page", "slide"]), "place?": Schema.text, "ocr?": Schema.flag,
            "url?": Schema.said("Where the original can be read.", Schema.text),
            "quote": Schema.said("A verbatim span of the passage.", Schema.text), "score": Schema.number,
            "supported": Schema.flag, "verdict": Schema.choice(ClaimVerdict.self), "passage": Schema.text,
        ]),
        "Claim": Schema.object([
            "start": Schema.said("In bytes of UTF-8.", Schema.count), "end": Schema.count,
            "verdict": Schema.choice(ClaimVerdict.self),
        ]),
        "Metadata": Schema.object([
            "model": Schema.text, "provider": Schema.text, "tokens": Schema.count, "tokensInput": Schema.count,
            "tokensOutput": Schema.count, "latencyMs": Schema.count, "timeToFirstTokenMs": Schema.count,
            "costUsd?": Schema.number, "degraded": Schema.flag, "evidence?": Schema.number,
        ]),
        "Conversation": Schema.object([
            "id": Schema.id, "course": Schema.course, "title": Schema.text, "createdAt": Schema.seconds,
            "updatedAt": Schema.seconds,
            "snippet?": Schema.said("Where the words stand that were looked for.", Schema.text),
        ]),
        "Conversations": Schema.object([
            "conversations": Schema.list(Schema.ref("Conversation")), "nextCursor?": Schema.cursor,
        ]),
        "Message": Schema.object([
            "id": Schema.id, "role": Schema.choice(["user", "assistant"]), "content": Schema.text,
            "createdAt": Schema.seconds, "jobId": Schema.id, "traceId": Schema.id,
            "citations?": Schema.list(Schema.ref("Citation")), "claims?": Schema.list(Schema.ref("Claim")),
            "grounded?": Schema.flag, "metadata?": Schema.ref("Metadata"), "quiz?": Schema.ref("Quiz"),
            "rating?": Schema.said("The reader's own.", ["enum": [1, -1]]), "comment?": Schema.text,
            "mode?": Schema.said("How a user's message was asked.", Schema.choice(AnswerMode.self)),
            "assignment?": Schema.assignment, "withheld?": withheld,
        ]),
        "Messages": Schema.object([
            "messages": Schema.list(Schema.ref("Message")), "nextCursor?": Schema.cursor,
        ]),
    ]

    private static let answer = Schema.object([
        "messageId": Schema.id, "content": Schema.text, "citations": Schema.list(Schema.ref("Citation")),
        "claims": Schema.list(Schema.ref("Claim")), "grounded": Schema.flag, "metadata": Schema.ref("Metadata"),
        "quiz?": Schema.ref("Quiz"), "withheld?": withheld,
    ])
    private static let withheld = Schema.said("True where the rules of the course keep the answer back.", Schema.flag)
}
