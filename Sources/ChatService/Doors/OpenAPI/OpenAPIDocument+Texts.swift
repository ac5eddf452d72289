extension OpenAPIDocument {
    static let introduction = """
        Answers students' questions from the course's own documents, with citations.

        `POST /api/chat` takes a question and answers 202 at once; the answer comes as events over the WebSocket \
        `/api/ws`, as Server-Sent Events of the job, or is read with `GET /api/jobs/{jobId}`. Programs that speak \
        OpenAI's chat completions use `/api/v1` with an API token of `POST /api/tokens`. Times are seconds since 1970. \
        What is wrong is told as `application/problem+json` (RFC 9457); in `/api/v1` in OpenAI's form.

        `x-access` says who may use a route: anyone; signed in (what belongs to somebody is found by its owner only); \
        member or staff of the course in the path, to all others it does not exist; staff of some course; course maker; \
        admin.
        """

    static let groups: [(name: String, about: String)] = [
        ("service", "Whether it serves, and this document."),
        ("questions", "Asking, and following the answer."),
        ("conversations", "What was asked and answered before."),
        ("courses", "The unit of isolation: documents, members, search."),
        ("documents", "Loading documents into a course and looking at them."),
        ("staff", "For the staff of courses."),
        ("account", "Signing in, one's own data."),
        ("tokens", "Tokens for programs."),
        ("completions", "The OpenAI-compatible door."),
        ("lti", "Opening gepeto inside Moodle, Canvas and other platforms (LTI 1.3)."),
    ]

    /// Of problems, by status.
    static let reasons: [Int: String] = [
        400: "The request is malformed, or a field is wrong.", 401: "No token, or none that is good.",
        403: "Not allowed to this caller, or a foreign `Host` or `Origin`.",
        404: "There is nothing of that name, or it is not the caller's.", 408: "The request came too slowly.",
        409: "It does not fit what is there.", 411: "A length is needed.", 413: "The body is too large.",
        414: "The address is too long.", 415: "The body is of another media type.", 416: "There is no such range.",
        422: "The idempotency key was used for another request.", 426: "This is a WebSocket.",
        429: "Too many requests; `Retry-After` says when to come back.", 431: "The head of the request is too large.",
        503: "Something that is needed is down, or the backlog is full; `Retry-After` says when to come back.",
        504: "The answer was not there in time.",
    ]
}
