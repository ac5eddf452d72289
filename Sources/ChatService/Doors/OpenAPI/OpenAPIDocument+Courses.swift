extension OpenAPIDocument {
    static let courses: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/courses", name: "courses", group: "courses",
            about: "The courses that the caller belongs to",
            answers: [200: .json("They.", Schema.object(["courses": Schema.list(Schema.ref("Course"))]))]),
        APIOperation(
            method: .post, pattern: "/api/courses", name: "createCourse", group: "courses",
            about: "Make an empty course",
            body: [
                APIOperation.Body(
                    schema: Schema.object(
                        ["id": Schema.course, "title?": Schema.orNull(Schema.text(1...120))], isOpen: true),
                    example: ["id": "algoritmos", "title": "Algoritmos I"])
            ],
            answers: [201: .json("It is there.", Schema.ref("Course"))], problems: [409]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}", name: "course", group: "courses", about: "One course",
            answers: [200: .json("It.", Schema.ref("Course"))]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/search", name: "search", group: "courses",
            about: "Ranked passages, no language model",
            more: "Staff also see what the scores are made of: `parts`.",
            query: [
                APIOperation.Parameter(
                    name: "q", schema: Schema.text(1...8_000), about: "What to search for.", isRequired: true),
                APIOperation.Parameter(
                    name: "k", schema: Schema.whole(1...50, default: 8), about: "How many passages."),
            ],
            answers: [200: .json("The passages, best first.", Schema.ref("Search"))], problems: [429]),
    ]

    static let documents: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/documents", name: "documents", group: "documents",
            about: "The documents, by name", query: APIOperation.page + [APIOperation.limit(1...1_000, default: 200)],
            answers: [200: .json("A page.", Schema.ref("Documents"))]),
        APIOperation(
            method: .post, pattern: "/api/courses/{course}/documents", name: "upload", group: "documents",
            about: "Upload a document",
            more: "The file is the body, named by `Content-Disposition`, or one part of a form; at most 100 MB.",
            query: [
                APIOperation.Parameter(name: "folder", schema: Schema.text, about: "Before the name, `aulas/semana1`."),
                APIOperation.Parameter(
                    name: "sessionId", schema: Schema.text,
                    about: "The caller's session that shall be told how it goes."),
                APIOperation.Parameter(
                    name: "Content-Disposition",
                    schema: ["type": "string", "examples": ["attachment; filename=\"aula.pdf\""]],
                    about: "Names the file, unless it is a part of a form.", isHeader: true),
                APIOperation.Parameter(
                    name: "availableFrom", schema: Schema.seconds, about: "Students see it from then on."),
                APIOperation.Parameter(
                    name: "quotable", schema: Schema.flag, about: "false: none of its text reaches a student."),
                APIOperation.Parameter(
                    name: "hidden", schema: Schema.flag,
                    about: "Until staff release it, or not; the course's `newDocuments` where it is absent."),
                APIOperation.idempotencyKey,
            ],
            body: [
                APIOperation.Body(
                    type: "application/octet-stream", schema: ["type": "string", "format": "binary"], isRequired: false),
                APIOperation.Body(
                    type: "multipart/form-data",
                    schema: Schema.object(
                        [
                            "file": ["type": "string", "format": "binary"], "folder?": Schema.text,
                            "availableFrom?": Schema.seconds, "quotable?": Schema.flag, "hidden?": Schema.flag,
                        ], isOpen: true)),
            ],
            answers: [
                200: .json("The course has this content under another name.", Schema.ref("KnownDocument")),
                202: .json("On disk, and waiting to be read.", Schema.ref("AcceptedDocument")),
            ], problems: [409, 411, 422]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/documents/{id}", name: "document", group: "documents",
            about: "A document with what was found in it", answers: [200: .json("It.", Schema.ref("Document"))]),
        APIOperation(
            method: .delete, pattern: "/api/courses/{course}/documents/{id}", name: "deleteDocument",
            group: "documents", about: "Take a document out of the course",
            more:
                "Of a document with an upload beside the version that students see only the upload, unless all is said.",
            query: [
                APIOperation.Parameter(name: "version", schema: Schema.choice(["all"]), about: "Both versions.")
            ], answers: [204: .none("It is gone.")]),
        APIOperation(
            method: .post, pattern: "/api/courses/{course}/documents/{id}/retry", name: "retryDocument",
            group: "documents", about: "Read a document again that failed",
            query: [
                APIOperation.Parameter(name: "sessionId", schema: Schema.text, about: "The session that shall be told.")
            ],
            answers: [202: .json("It waits to be read.", Schema.ref("AcceptedDocument"))], problems: [409]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/documents/{id}/content", name: "content",
            group: "documents", about: "The original file",
            more: "`Range` and `If-None-Match` are understood.",
            answers: [
                200: APIOperation.Answer(
                    about: "The file.", type: "*/*", schema: ["type": "string", "format": "binary"]),
                206: APIOperation.Answer(
                    about: "The range.", type: "*/*", schema: ["type": "string", "format": "binary"]),
                304: .none("It is as it was."),
            ], problems: [416]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/documents/{id}/chunks", name: "chunks", group: "documents",
            about: "The pieces into which a document was cut, in their order",
            query: APIOperation.page + [APIOperation.limit(1...100, default: 20)],
            answers: [200: .json("A page.", Schema.ref("Chunks"))]),
    ]

    static let staff: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/dead-letters", name: "deadLetters", group: "staff",
            about: "Questions that failed for good, the last one first",
            query: APIOperation.page + [APIOperation.limit(1...200, default: 50)],
            answers: [
                200: .json(
                    "A page.",
                    Schema.object(
                        ["deadLetters": Schema.list(Schema.ref("DeadLetter")), "nextCursor?": Schema.cursor]))
            ]),
        APIOperation(
            method: .get, pattern: "/api/dead-letters/{id}", name: "deadLetter", group: "staff",
            about: "One of them, with the question", answers: [200: .json("It.", Schema.ref("DeadLetter"))]),
        APIOperation(
            method: .post, pattern: "/api/dead-letters/{id}/redrive", name: "redriveDeadLetter", group: "staff",
            about: "Try it again", answers: [202: .json("A new job.", Schema.ref("Accepted"))], problems: [409, 429]),
    ]
}
