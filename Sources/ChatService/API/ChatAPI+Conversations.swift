import Support
import WebServer

extension ChatAPI {
    /// `GET /api/conversations`: the last used first; with `?q=` those in which words stand.
    func conversations(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let limit = try number("limit", in: 1...100, default: 20, request)
        if let text = request.queryValue("q") {
            guard text.count <= SearchPhrase.longest, let phrase = SearchPhrase(text) else {
                throw Problem.invalid("?q", "'q' must be a few words, at most \(SearchPhrase.longest) characters.")
            }
            try takeSearch(caller.user)
            let page = try await ports.conversationSearch.conversations(
                of: caller.user, holding: phrase, answersIn: try await coursesShownWhole(caller),
                after: cursor(request), limit: limit)
            let views = page.items.filter { caller.principal.reaches($0.conversation.course) }.map {
                ConversationView($0.conversation, snippet: $0.snippet)
            }
            return .json(200, ConversationsView(conversations: views, nextCursor: page.next?.text))
        }
        let page = try await ports.history.conversations(user: caller.user, after: cursor(request), limit: limit)
        let own = page.items.filter { caller.principal.reaches($0.course) }
        return .json(
            200, ConversationsView(conversations: own.map { ConversationView($0) }, nextCursor: page.next?.text))
    }

    /// The caller's conversation of the path, in a course that their token reaches.
    /// - Throws: `Problem` 404.
    private func ownConversation(_ request: HTTPRequest, _ caller: Caller) async throws -> Conversation {
        guard let own = try await ports.history.conversation(parameter("id", request), user: caller.user),
            caller.principal.reaches(own.course)
        else { throw Problem.unknown("conversation") }
        return own
    }

    /// The caller's courses whose rules keep nothing back from them just now, nil for all there are. In others a search
    /// does not look into answers: that one is found would tell what it says, with or without a snippet.
    private func coursesShownWhole(_ caller: Caller) async throws -> Set<CourseID>? {
        guard let courses = try await access.courses(of: caller.principal) else { return nil }
        var whole: Set<CourseID> = []
        for (course, role) in courses {
            let rules = try await ports.gate.view(of: course, isStaff: role == .staff)
            if rules.isOpen, rules.hidden.isEmpty { whole.insert(course) }
        }
        return whole
    }

    /// - Throws: `Problem` 429 for who searches so often that others would wait.
    func takeSearch(_ user: UserID) throws {
        let verdict = searches.take(user)
        if let wait = verdict.wait { throw Self.tooMany("searches", verdict, wait) }
    }

    /// `POST /api/conversations`
    func createConversation(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let object = try await object(request)
        var fields = FieldReader(object)
        let named = fields.course()
        let title =
            object["title"].map { $0 != .null } == true ? fields.text("title", limit: Conversation.longestTitle) : ""
        try fields.check()
        let conversation = try await ports.history.createConversation(
            user: caller.user, course: try await course(named, of: caller.principal), title: title)
        var response = HTTPResponse.json(201, ConversationView(conversation))
        response.headers["location"] = "/api/conversations/\(conversation.id)"
        return response
    }

    /// `GET /api/conversations/{id}`
    func conversation(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        .json(200, ConversationView(try await ownConversation(request, caller)))
    }

    /// `PATCH /api/conversations/{id}`: the title.
    func renameConversation(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var fields = FieldReader(try await object(request))
        let title = fields.text("title", limit: Conversation.longestTitle)
        try fields.check()
        let id = try await ownConversation(request, caller).id
        let renamed = try await ports.history.rename(id, user: caller.user, title: title)
        guard let renamed else { throw Problem.unknown("conversation") }
        return .json(200, ConversationView(renamed))
    }

    /// `DELETE /api/conversations/{id}`: for good.
    func deleteConversation(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let id = try await ownConversation(request, caller).id
        guard let ended = try await ports.history.delete(id, user: caller.user) else {
            throw Problem.unknown("conversation")
        }
        ports.metrics.cancelled(.question, count: ended.count)
        for job in ended {
            ports.running.cancel(job)
            await publisher.publish(job: job)
        }
        return HTTPResponse(status: 204)
    }

    /// `GET /api/conversations/{id}/messages`: oldest first.
    func messages(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let limit = try number("limit", in: 1...200, default: 100, request)
        let conversation = try await ownConversation(request, caller)
        let page = try await ports.history.messages(
            of: conversation.id, user: caller.user, after: cursor(request), limit: limit)
        guard let page else { throw Problem.unknown("conversation") }
        let view = try await view(of: conversation.course, caller)
        try view.checkOpen()
        let messages = page.items.map { MessageView($0, view) }
        return .json(200, MessagesView(messages: messages, nextCursor: page.next?.text))
    }
}

/// A conversation as clients see it; times in seconds since 1970.
struct ConversationView: Encodable, Sendable {
    let id: String
    let course: CourseID
    let title: String
    let createdAt: Int64
    let updatedAt: Int64
    /// Where the words stand that were looked for; absent where they stand in the title.
    let snippet: String?

    init(_ conversation: Conversation, snippet: String? = nil) {
        self.snippet = snippet
        id = conversation.id
        course = conversation.course
        title = conversation.title
        createdAt = conversation.createdAt.seconds
        updatedAt = conversation.updatedAt.seconds
    }
}

struct ConversationsView: Encodable, Sendable {
    let conversations: [ConversationView]
    /// Absent on the last page.
    let nextCursor: String?
}

/// A message as clients see it.
struct MessageView: Encodable, Sendable {
    let id: String
    let role: Turn.Role
    let content: String
    let createdAt: Int64
    let jobId: String
    let traceId: String
    /// With a user's only, and not for ever: how it was asked.
    let mode: AnswerMode?
    let assignment: String?
    // With an assistant's only, all of these.
    let citations: [Citation]?
    let claims: [AnswerClaim]?
    let grounded: Bool?
    let metadata: AnswerMetadata?
    /// With a quiz only.
    let quiz: Quiz?
    /// 1 or -1; absent where its reader did not rate it.
    let rating: Rating.Verdict?
    /// What its reader said of it.
    let comment: String?
    /// True where the rules keep it back just now; absent else.
    let withheld: Bool?

    init(_ message: Message, _ view: CourseView) {
        let answer = message.answer.map(view.shown)
        id = message.id
        role = message.role
        content = answer?.content ?? message.content
        createdAt = message.createdAt.seconds
        jobId = message.jobID
        traceId = message.traceID
        citations = answer?.citations
        claims = answer?.claims
        grounded = answer?.grounded
        metadata = answer?.metadata
        quiz = answer?.quiz
        rating = message.rating
        comment = message.comment
        withheld = answer?.withheld
        mode = message.mode
        assignment = message.assignment
    }
}

struct MessagesView: Encodable, Sendable {
    let messages: [MessageView]
    /// Absent on the last page.
    let nextCursor: String?
}
