import Support
import WebServer

extension ChatAPI {
    func installInsights(in router: inout MeasuredRouter) {
        router.on(.post, "/api/messages/{id}/feedback", .signedIn, timed(rate))
        router.on(.delete, "/api/messages/{id}/feedback", .signedIn, timed(withdrawRating))
        router.on(.get, "/api/courses/{course}/insights", .staff, timed(insights))
        router.on(.get, "/api/courses/{course}/insights/digest", .staff, timed(digest))
        router.on(.post, "/api/courses/{course}/insights/topics/{id}/answer", .staff, timed(answerTopic))
    }

    // MARK: - Students

    /// `POST /api/messages/{id}/feedback`: one rating an answer, its owner's.
    func rate(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let object = try await object(request)
        var fields = FieldReader(object)
        var verdict: Rating.Verdict?
        if case .number(let number)? = object["rating"] { verdict = Int(exactly: number).flatMap(Rating.Verdict.init) }
        if verdict == nil { fields.fail("rating", "'rating' must be 1 or -1.") }
        var comment: String?
        if let text = fields.string("comment")?.trimmed, !text.isEmpty {
            if text.unicodeScalars.count > Rating.longestComment {
                fields.fail("comment", "'comment' has more than \(Rating.longestComment) characters; shorten it.")
            }
            comment = text
        }
        try fields.check()
        guard let verdict,
            try await ports.feedback.rate(
                message: parameter("id", request), Rating(verdict, comment: comment), user: caller.user)
        else { throw Problem.unknown("answer") }
        return HTTPResponse(status: 204)
    }

    /// `DELETE /api/messages/{id}/feedback`
    func withdrawRating(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        guard try await ports.feedback.withdrawRating(ofMessage: parameter("id", request), user: caller.user) else {
            throw Problem.unknown("answer")
        }
        return HTTPResponse(status: 204)
    }

    // MARK: - Staff

    /// `GET /api/courses/{course}/insights`
    func insights(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let days = try number("days", in: 1...InsightReport.mostDays, default: 30, request)
        let now = ports.time.now
        var report = try await InsightReport.make(
            of: course, span: now.day - days + 1...now.day, reader: caller.user, insights: ports.insights,
            board: ports.topics, at: now)
        try await report.keepAnswers { try await isThere($0, in: course) }
        return .json(200, InsightReportView(report))
    }

    /// `GET /api/courses/{course}/insights/digest`: Markdown; of the last week that is over unless another is named.
    func digest(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let now = ports.time.now
        var week = ISOWeek(of: now.day).before
        if let text = request.queryValue("week") {
            guard let named = ISOWeek(text) else {
                throw Problem.invalid("?week", "'week' must be an ISO week such as 2026-W47.")
            }
            week = named
        }
        var digest = try await Digest.make(
            of: course, title: try await ports.documents.directory.titles()[course] ?? course.name, week: week,
            reader: caller.user, insights: ports.insights, board: ports.topics,
            language: try await ports.topics.language(of: course), at: now)
        try await digest.report.keepAnswers { try await isThere($0, in: course) }
        return HTTPResponse(
            status: 200,
            headers: [
                "content-type": "text/markdown; charset=utf-8", "cache-control": "no-store",
                "x-content-type-options": "nosniff",
            ], body: .bytes(Array(digest.markdown.utf8)))
    }

    /// `POST /api/courses/{course}/insights/topics/{id}/answer`: what staff write becomes a document of the course, like
    /// an upload.
    func answerTopic(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try await knownCourse(request)
        let topic = parameter("id", request)
        var fields = FieldReader(try await object(request))
        let title = fields.text("title", limit: AnswerDocument.longestTitle)
        let text = fields.text("text", limit: AnswerDocument.longestText)
        try fields.check()
        guard RandomIdentifier.isWellFormed(topic), try await ports.topics.has(topic, in: course) else {
            throw Problem.unknown("topic")
        }
        var former = try await ports.insights.topicAnswers(in: course)[topic]
        if let answer = former, try await !isThere(answer, in: course) { former = nil }
        let now = ports.time.now
        var language = LanguageGuess.of(text).flatMap(TextLanguage.init(code:))
        if language == nil { language = try await ports.topics.language(of: course) }
        let document = AnswerDocument(
            title: title, text: text, topic: topic, former: former?.name,
            language: language ?? .english, at: now)
        let outcome = try await ports.documents.receive { spool in
            try await spool.write(Array(document.text.utf8))
            return try await ports.documents.take(
                try await spool.finish(), as: document.name, in: course, for: caller.user, sessionID: nil,
                traceID: TraceContext.traceID(request), key: nil)
        }
        let (id, name) =
            switch outcome {
            case .accepted(let accepted): (accepted.document.documentID, accepted.document.name)
            case .known(let known, _): (known.id, known.name)
            }
        try await ports.insights.setAnswer(
            TopicAnswer(documentID: id, name: name, at: now), toTopic: topic, in: course)
        await audit("topic.answered", by: caller, in: course, subject: topic, details: ["document": id])
        return try await response(to: outcome, in: course)
    }

    /// Whether the answer is in the course, or on its way there.
    private func isThere(_ answer: TopicAnswer, in course: CourseID) async throws -> Bool {
        guard let found = try await ports.documents.find(answer.documentID, in: course) else { return false }
        return found.stored != nil || found.stage != .failed
    }
}
