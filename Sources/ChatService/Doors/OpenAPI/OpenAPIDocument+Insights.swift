extension OpenAPIDocument {
    static let insights: [APIOperation] = [
        APIOperation(
            method: .post, pattern: "/api/messages/{id}/feedback", name: "rate", group: "conversations",
            about: "Rate an answer",
            body: [
                APIOperation.Body(
                    schema: Schema.object(
                        ["rating": ["enum": [1, -1]], "comment?": Schema.orNull(Schema.text(0...2_000))], isOpen: true),
                    example: ["rating": 1])
            ], answers: [204: .none("Rated.")]),
        APIOperation(
            method: .delete, pattern: "/api/messages/{id}/feedback", name: "withdrawRating", group: "conversations",
            about: "Take a rating back", answers: [204: .none("Taken back.")]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/insights", name: "insights", group: "staff",
            about: "How questions fared, and which topics went badly",
            query: [
                APIOperation.Parameter(
                    name: "days", schema: Schema.whole(1...InsightReport.mostDays, default: 30),
                    about: "Days, to today.")
            ], answers: [200: .json("The report.", Schema.ref("Insights"))]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/insights/digest", name: "digest", group: "staff",
            about: "A week as Markdown",
            query: [
                APIOperation.Parameter(
                    name: "week",
                    schema: ["type": "string", "pattern": "^[0-9]{4}-W[0-9]{2}$", "examples": ["2026-W47"]],
                    about: "An ISO week; the last one that is over where it is absent.")
            ], answers: [200: APIOperation.Answer(about: "The digest.", type: "text/markdown", schema: [:])]),
        APIOperation(
            method: .post, pattern: "/api/courses/{course}/insights/topics/{id}/answer", name: "answerTopic",
            group: "staff", about: "Write an answer to a topic; it becomes a document of the course",
            body: [
                APIOperation.Body(
                    schema: Schema.object(
                        [
                            "title": Schema.text(1...AnswerDocument.longestTitle),
                            "text": Schema.text(1...AnswerDocument.longestText, "Markdown."),
                        ], isOpen: true))
            ],
            answers: [
                200: .json("The course has this text already.", Schema.ref("KnownDocument")),
                202: .json("It waits to be read.", Schema.ref("AcceptedDocument")),
            ], problems: [409]),
    ]

    static let insightSchemas: [String: JSONValue] = [
        "Insights": Schema.object([
            "course": Schema.course, "from": Schema.seconds, "until": Schema.seconds, "questions": Schema.count,
            "answered": Schema.count, "refused": Schema.count, "ungrounded": Schema.count, "degraded": Schema.count,
            "withdrawn": Schema.count, "failed": Schema.count, "failures": Schema.map(Schema.count),
            "answerRate?": Schema.number, "medianSeconds?": Schema.number, "p95Seconds?": Schema.number,
            "costUsd": Schema.number, "ratings": Schema.object(["up": Schema.count, "down": Schema.count]),
            "days": Schema.list(
                Schema.object([
                    "day": Schema.text, "questions": Schema.count, "answered": Schema.count, "refused": Schema.count,
                    "ungrounded": Schema.count, "degraded": Schema.count, "failed": Schema.count,
                    "withdrawn": Schema.count, "medianSeconds?": Schema.number, "p95Seconds?": Schema.number,
                    "costUsd": Schema.number, "up": Schema.count, "down": Schema.count,
                ])),
            "topics": Schema.list(
                Schema.object([
                    "id": Schema.id, "name": Schema.text, "words": Schema.list(Schema.text),
                    "questions": Schema.count, "students": Schema.count, "refused": Schema.count,
                    "badlyRated": Schema.count, "lastAskedAt": Schema.seconds, "examples": Schema.list(Schema.text),
                    "comments": Schema.said("What was said of the answers.", Schema.list(Schema.text)),
                    "answeredBy": Schema.said("A document's id.", Schema.orNull(Schema.text)),
                    "askedSinceAnswer": Schema.count,
                ])),
        ])
    ]
}
