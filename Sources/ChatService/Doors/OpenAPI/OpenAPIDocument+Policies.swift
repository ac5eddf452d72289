extension OpenAPIDocument {
    static let policies: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/policies", name: "policies", group: "policies",
            about: "The rules of a course; students see what concerns them",
            answers: [
                200: .json("They.", ["anyOf": [Schema.ref("Policy"), Schema.ref("StudentPolicy")]])
            ]),
        APIOperation(
            method: .put, pattern: "/api/courses/{course}/policies", name: "setPolicies", group: "policies",
            about: "Set all of the rules anew",
            more: "`If-Match` with the ETag of GET, or its `version`, says which ones they were made from: else 428.",
            query: [
                APIOperation.Parameter(
                    name: "If-Match", schema: ["type": "string", "examples": ["\"3\"", "*"]],
                    about: "The ETag of the rules that these were made from; `*` for whichever there are.",
                    isHeader: true)
            ],
            body: [
                APIOperation.Body(
                    schema: Schema.ref("PolicyChange"),
                    example: ["modes": ["answer", "hint"], "questionsPerDay": 40, "version": 0])
            ], answers: [200: .json("They are set.", Schema.ref("Policy"))], problems: [412, 428]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/budget", name: "budget", group: "policies",
            about: "What the caller has left in a course", answers: [200: .json("So much.", Schema.ref("Budget"))]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/flashcards", name: "flashcards", group: "policies",
            about: "The caller's own marked quiz questions as cards",
            query: [
                APIOperation.Parameter(
                    name: "format", schema: Schema.choice(["csv", "anki", "json"]), about: "`csv` where it is absent.")
            ],
            answers: [
                200: APIOperation.Answer(
                    about: "The cards.",
                    schema: Schema.object([
                        "cards": Schema.list(
                            Schema.object([
                                "front": Schema.text, "back": Schema.text, "source": Schema.text,
                                "reply": Schema.text, "mark": Schema.text,
                            ]))
                    ]), also: ["text/csv", "text/plain"])
            ]),
    ]

    static let policySchemas: [String: JSONValue] = [
        "Policy": Schema.object([
            "version": Schema.count, "language": Schema.choice(CoursePolicy.Language.self), "modes": modes,
            "unsupported": Schema.orNull(unsupported), "locks": Schema.list(Schema.ref("Lock"), most: 100),
            "documents": Schema.map(
                Schema.object(["availableFrom?": Schema.seconds, "quotable": Schema.flag])),
            "newDocuments": Schema.choice(CoursePolicy.NewDocuments.self),
            "assignments": Schema.list(
                Schema.object([
                    "id": Schema.assignment, "title": Schema.text, "documents": Schema.list(Schema.text),
                    "hintBudget?": Schema.count,
                ]), most: 100),
            "hintsPerDay": Schema.orNull(Schema.count), "questionsPerDay": Schema.orNull(Schema.count),
            "dailyCostUsd": Schema.orNull(Schema.number), "monthlyCostUsd": Schema.orNull(Schema.number),
            "whenCostReached": Schema.choice(CoursePolicy.CostReached.self),
        ]),
        "StudentPolicy": Schema.object([
            "language": Schema.choice(CoursePolicy.Language.self), "modes": modes,
            "locks": Schema.list(Schema.ref("Lock")),
            "assignments": Schema.list(
                Schema.object(["id": Schema.assignment, "title": Schema.text, "hintBudget?": Schema.count])),
            "hintsPerDay?": Schema.count, "questionsPerDay?": Schema.count,
        ]),
        "PolicyChange": Schema.object([
            "version?": Schema.orNull(Schema.count),
            "language?": Schema.orNull(Schema.choice(CoursePolicy.Language.self)),
            "modes?": Schema.orNull([
                "type": "array", "minItems": 1, "items": Schema.choice(AnswerMode.self), "maxItems": 4,
            ]),
            "unsupported?": Schema.orNull(unsupported),
            "locks?": Schema.orNull(Schema.list(Schema.ref("Lock"), most: 100)),
            "documents?": Schema.orNull([
                "type": "object", "maxProperties": 2_000, "propertyNames": documentID,
                "additionalProperties": Schema.object([
                    "availableFrom?": Schema.orNull(Schema.seconds), "quotable?": Schema.orNull(Schema.flag),
                ]),
            ]),
            "newDocuments?": Schema.orNull(Schema.choice(CoursePolicy.NewDocuments.self)),
            "assignments?": Schema.orNull(
                Schema.list(
                    Schema.object([
                        "id": Schema.assignment, "title?": Schema.orNull(Schema.text(1...120)),
                        "documents?": Schema.orNull(Schema.list(documentID, most: 200)),
                        "hintBudget?": Schema.orNull(limit),
                    ]), most: 100)),
            "hintsPerDay?": Schema.orNull(limit), "questionsPerDay?": Schema.orNull(limit),
            "dailyCostUsd?": Schema.orNull(cost), "monthlyCostUsd?": Schema.orNull(cost),
            "whenCostReached?": Schema.orNull(Schema.choice(CoursePolicy.CostReached.self)),
        ]),
        "Lock": Schema.object([
            "from": Schema.seconds, "until": Schema.seconds, "message?": Schema.orNull(Schema.text(1...300)),
        ]),
        "Budget": Schema.object([
            "hintsLeft": Schema.said("By assignment.", Schema.map(Schema.count)),
            "hintsLeftToday": Schema.orNull(Schema.count), "questionsLeft": Schema.orNull(Schema.count),
        ]),
        "Quiz": Schema.object([
            "questions": Schema.list(
                Schema.object([
                    "number": Schema.count, "question": Schema.text, "citation": Schema.ref("Citation"),
                    "solution?": Schema.said("Once it is marked.", Schema.text), "reply?": Schema.text,
                    "mark?": Schema.choice(["correct", "partly", "wrong"]),
                ]))
        ]),
    ]

    private static let modes = Schema.list(Schema.choice(AnswerMode.self), most: 4)
    private static let unsupported = Schema.choice(["mark", "regenerate"])
    private static let limit = Schema.whole(0...CoursePolicy.Bounds.count)
    private static let cost: JSONValue = ["type": "number", "minimum": 0, "maximum": .number(CoursePolicy.Bounds.cost)]
    private static let documentID: JSONValue = ["type": "string", "pattern": "^[0-9a-f]{32}$"]
}
