import Support
import WebServer

extension ChatAPI {
    func installAccount(in router: inout MeasuredRouter) {
        router.on(.get, "/api/account/export", .signedIn, timed(exportOwn))
        router.on(.delete, "/api/account", .signedIn, timed(eraseOwn))
        router.on(.get, "/api/users/{user}/export", .admin, timed(exportUser))
        router.on(.delete, "/api/users/{user}", .admin, timed(eraseUser))
    }

    /// `GET /api/account/export`: all that is kept of the caller, as one JSON file.
    private func exportOwn(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        guard caller.principal.limitedTo == nil else { throw Self.notOfAnAccount }
        return try await export(caller.user)
    }

    /// `GET /api/users/{user}/export`
    private func exportUser(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let user = try await knownUser(request)
        await audit("user.exported", by: caller, in: nil, subject: user.name)
        return try await export(user)
    }

    /// `DELETE /api/account`: all of it. Who has an account here shows the password, anybody else says `"confirm": true`.
    private func eraseOwn(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        guard caller.principal.limitedTo == nil else { throw Self.notOfAnAccount }
        let object = try await object(request)
        if caller.principal.session != nil, let desk = ports.identity.accounts {
            var fields = FieldReader(object)
            let password = fields.required("password")
            try fields.check()
            _ = try await desk.confirm(password, of: caller.user, from: clientAddress(request))
        } else if object["confirm"] != .bool(true) {
            throw Problem.invalid("/confirm", "Say \"confirm\": true, for nothing of it can be brought back.")
        }
        try await erase(caller.user)
        return HTTPResponse(status: 204)
    }

    /// `DELETE /api/users/{user}`: the account and all that is kept of the user.
    private func eraseUser(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let user = try await knownUser(request)
        try await erase(user)
        await audit("user.removed", by: caller, in: nil, subject: Self.erased)
        return HTTPResponse(status: 204)
    }

    /// What is kept of a person beside conversations, memberships and the account.
    private var personalData: [any PersonalData] {
        ports.identity.personalData + [TokensOfPerson(tokens: ports.tokens)]
    }

    /// Stands in the trail for who is not there any more.
    static let erased = "(erased)"

    /// Somebody with an account, a membership or a conversation.
    /// - Throws: `Problem` 404 for anybody else.
    private func knownUser(_ request: HTTPRequest) async throws -> UserID {
        let user = UserID(parameter("user", request))
        if try await ports.identity.accounts?.accounts.account(user) != nil { return user }
        if try await !ports.memberships.courses(of: user).isEmpty { return user }
        if try await !ports.history.conversations(user: user, after: nil, limit: 1).items.isEmpty { return user }
        throw Problem.unknown("user")
    }

    /// The account last: whoever is cut off half way can sign in and begin again.
    private func erase(_ user: UserID) async throws {
        let ended = try await ports.identity.erasure.erase(user)
        for job in ended {
            ports.running.cancel(job)
            await publisher.publish(job: job)
        }
        // Once more, now that the ends are told.
        _ = try await ports.identity.erasure.erase(user)
        for part in personalData { try await part.erase(user) }
        try await ports.memberships.removeAll(of: user)
        try await ports.audit.forget(user, as: Self.erased)
        _ = try await ports.identity.accounts?.remove(user)
        ports.metrics.cancelled(.question, count: ended.count)
        ports.log.info("a user was erased", ["jobs": "\(ended.count)"])
    }

    // MARK: - Export

    private struct AccountExport: Encodable {
        let name: String
        let standing: Standing
        /// Seconds since 1970.
        let createdAt: Int64
    }

    /// Written as it is read: what somebody asked in years need not fit into memory.
    private func export(_ user: UserID) async throws -> HTTPResponse {
        let account = try await ports.identity.accounts?.accounts.account(user).map {
            AccountExport(name: $0.name, standing: $0.standing, createdAt: $0.createdAt.seconds)
        }
        let roles = try await ports.memberships.courses(of: user)
        let memberships = Dictionary(uniqueKeysWithValues: roles.map { ($0.key.name, $0.value.rawValue) })
        var head = "{\"user\":\(JSONText.encode(user)),\"exportedAt\":\(ports.time.now.seconds)"
        head += ",\"account\":\(account.map { JSONText.encode($0) } ?? "null")"
        head += ",\"memberships\":\(JSONText.encode(memberships))"
        for part in personalData {
            let value = JSONText.encode(AnyView(try await part.export(of: user)))
            head += ",\(JSONText.encode(part.exportName)):\(value)"
        }
        head += ",\"conversations\":["
        return HTTPResponse(
            status: 200,
            headers: [
                "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff",
                "content-disposition": HeaderParameters.disposition("attachment", fileName: "gepeto-export.json"),
            ],
            body: .stream { [head] stream in
                try await stream.write(Array(head.utf8))
                try await writeConversations(of: user, roles, to: stream)
                try await stream.write(Array("]}".utf8))
            })
    }

    private func writeConversations(
        of user: UserID, _ roles: [CourseID: CourseRole], to stream: ResponseStream
    ) async throws {
        var (cursor, separator): (PageCursor?, String) = (nil, "")
        repeat {
            let page = try await ports.history.conversations(user: user, after: cursor, limit: 50)
            for conversation in page.items {
                let view = JSONText.encode(ConversationView(conversation))
                // The messages stand within the conversation's own object.
                try await stream.write(Array("\(separator)\(view.dropLast()),\"messages\":[".utf8))
                // What the course's rules keep back from students now, an export keeps back too.
                let role = roles[conversation.course]
                let rules = try await ports.gate.view(of: conversation.course, isStaff: role == .staff)
                try await writeMessages(of: conversation.id, user, rules, to: stream)
                try await stream.write(Array("]}".utf8))
                separator = ","
            }
            cursor = page.next
        } while cursor != nil
    }

    private func writeMessages(
        of conversation: String, _ user: UserID, _ view: CourseView, to stream: ResponseStream
    ) async throws {
        var (cursor, separator): (PageCursor?, String) = (nil, "")
        repeat {
            // Deleted meanwhile: then there is no more of it.
            let page = try await ports.history.messages(of: conversation, user: user, after: cursor, limit: 100)
            for message in page?.items ?? [] {
                try await stream.write(Array("\(separator)\(JSONText.encode(MessageView(message, view)))".utf8))
                separator = ","
            }
            cursor = page?.next
        } while cursor != nil
    }
}
