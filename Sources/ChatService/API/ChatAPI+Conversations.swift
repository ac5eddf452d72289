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
            let page = try await ports.conversationSearch.conversations(
                of: caller.user, holding: phrase, after: cursor(request), limit: limit)
            var views: [ConversationView] = []
            for found in page.items where caller.principal.reaches(found.conversation.course) {
                var snippet = found.snippet
                if snippet != nil, try await !showsAll(of: found.conversation.course, caller) { snippet = nil }
                views.append(ConversationView(found.conversation, snippet: snippet))
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

    /// Whether the course's rules keep nothing back just now: else a snippet might be of an answer that draws on it.
    private func showsAll(of course: CourseID, _ caller: Caller) async throws -> Bool {
        let rules = try await view(of: course, caller.principal)
        return rules.isOpen && rules.hidden.isEmpty
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
        let view = try await view(of: conversation.course, caller.principal)
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

/// A message as clients see it; the last five fields with an assistant's only.
struct MessageView: Encodable, Sendable {
    let id: String
    let role: Turn.Role
    let content: String
    let createdAt: Int64
    let jobId: String
    let traceId: String
    let citations: [Citation]?
    let claims: [AnswerClaim]?
    let grounded: Bool?
    let metadata: AnswerMetadata?
    /// With a quiz only.
    let quiz: Quiz?
    /// 1 or -1; absent where its reader did not rate it.
    let rating: Rating.Verdict?

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
    }
}

struct MessagesView: Encodable, Sendable {
    let messages: [MessageView]
    /// Absent on the last page.
    let nextCursor: String?
}
